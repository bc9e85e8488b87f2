import { start } from '../src/ui/start';
import { MePage } from './MePage';
import './consumers.css';

start(<MePage />);

import { start } from '../src/ui/start';
import { OperatorsPage } from './OperatorsPage';
import './operators.css';

start(<OperatorsPage />);

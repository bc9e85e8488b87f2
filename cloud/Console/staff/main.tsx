import { start } from '../src/ui/start';
import { StaffPage } from './StaffPage';
import './staff.css';

start(<StaffPage />);

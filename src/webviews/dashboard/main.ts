import type { VsCode } from '../shared/connection';
import { App } from './app';
import './dashboard.css';

declare function acquireVsCodeApi(): VsCode;

const root = document.createElement('div');
root.className = 'root';
document.body.append(root);
new App(root, acquireVsCodeApi());

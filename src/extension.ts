import * as vscode from 'vscode';
import { type Development, readDevelopment } from './development';

/** The composition root. */
export function activate(context: vscode.ExtensionContext): void {
	let development: Development | undefined;
	if (__DEV__ && context.extensionMode !== vscode.ExtensionMode.Production) {
		development = readDevelopment(process.env);
	}
	const status = vscode.window.createStatusBarItem('keypool.status', vscode.StatusBarAlignment.Right, 100);
	status.name = 'Keypool';
	status.text = `$(key) ${String(development?.keys.length ?? 0)}`;
	status.show();
	context.subscriptions.push(status);
}

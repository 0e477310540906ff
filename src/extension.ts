import * as vscode from 'vscode';
import { type Development, readDevelopment } from './development';

/** The composition root. */
export function activate(context: vscode.ExtensionContext): void {
	let development: Development | undefined;
	if (__DEV__ && context.extensionMode !== vscode.ExtensionMode.Production) {
		development = readDevelopment(process.env);
	}
	const status = vscode.window.createStatusBarItem('keypool.status', vscode.StatusBarAlignment.Right, 100);
	status.name = vscode.l10n.t('Keypool');
	status.text = `$(key) ${String(development?.keys.length ?? 0)}`;
	status.command = 'keypool.ask';
	status.show();
	context.subscriptions.push(
		status,
		vscode.commands.registerCommand('keypool.ask', () => vscode.window.showInputBox({ prompt: vscode.l10n.t('Ask') })),
	);
}

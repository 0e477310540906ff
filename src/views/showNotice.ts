import * as vscode from 'vscode';
import type { Notice } from './notices';

/** Shows a notice, and runs its action when the person chooses it. */
export async function showNotice({ severity, text, action }: Notice): Promise<void> {
	const chosen =
		severity === 'error'
			? await vscode.window.showErrorMessage(text, action.title)
			: await vscode.window.showWarningMessage(text, action.title);
	if (chosen === action.title) await vscode.commands.executeCommand(action.command);
}

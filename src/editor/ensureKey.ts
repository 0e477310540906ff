import * as vscode from 'vscode';

/** False when there is no key; then the user was offered the two ways in. */
export async function ensureKey(anyKey: () => boolean): Promise<boolean> {
	if (anyKey()) {
		return true;
	}
	const add = vscode.l10n.t('Add Keys');
	const simulate = vscode.l10n.t('Try the Simulator');
	const chosen = await vscode.window.showInformationMessage(
		vscode.l10n.t('Keypool has no Gemini key yet. Add one, and it can answer.'),
		add,
		simulate,
	);
	// What was begun goes on here: nothing else may take the focus.
	if (chosen === add) {
		await vscode.commands.executeCommand('keypool.addKey', 'stay');
	} else if (chosen === simulate) {
		await vscode.commands.executeCommand('keypool.trySimulator', 'stay');
	}
	return anyKey();
}

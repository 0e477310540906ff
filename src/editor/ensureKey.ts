import * as vscode from 'vscode';

/** False when there is no key; then the user was offered to add one. */
export async function ensureKey(anyKey: () => boolean): Promise<boolean> {
	if (anyKey()) {
		return true;
	}
	const add = vscode.l10n.t('Add a Key');
	const chosen = await vscode.window.showInformationMessage(
		vscode.l10n.t('Keypool has no Gemini key yet. Add one, and it can answer.'),
		add,
	);
	if (chosen === add) {
		await vscode.commands.executeCommand('keypool.addKey');
	}
	return anyKey();
}

import * as vscode from 'vscode';
import { showInformation } from '../../ui/messages';

/** What is known of the keys. */
export interface KeysAtHand {
	/** Resolves to whether they could be read; where they could not, the user was told. */
	load(): Promise<boolean>;
	readonly hasKeys: boolean;
}

/** False when there is no key; then the user was told that the keys are locked, or offered the two ways in. */
export async function ensureKey(keys: KeysAtHand): Promise<boolean> {
	if (!(await keys.load())) return false;
	if (keys.hasKeys) return true;
	const add = vscode.l10n.t('Add Keys');
	const simulate = vscode.l10n.t('Try the Simulator');
	const chosen = await showInformation(vscode.l10n.t('There is no Gemini API key yet.'), add, simulate);
	// What was begun goes on here: nothing else may take the focus.
	if (chosen === add) {
		await vscode.commands.executeCommand('keypool.addKey', 'stay');
	} else if (chosen === simulate) {
		await vscode.commands.executeCommand('keypool.trySimulator', 'stay');
	}
	return keys.hasKeys;
}

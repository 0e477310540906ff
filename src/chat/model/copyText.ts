import * as vscode from 'vscode';
import { invisibleNames, withoutInvisible } from '../../common/invisible';
import { showWarning } from '../../ui/messages';

/** Copies a text of an answer, and says where it holds characters that nobody sees. */
export async function copyText(text: string, onError: (error: unknown) => void): Promise<void> {
	await vscode.env.clipboard.writeText(text);
	const found = invisibleNames(text);
	if (found !== undefined) offerCleanCopy(text, found).catch(onError);
}

async function offerCleanCopy(text: string, found: string): Promise<void> {
	const clean = vscode.l10n.t('Copy Without Them');
	const chosen = await showWarning(
		vscode.l10n.t(
			'The copied text contains invisible characters, or characters that change the order of others: {0}.',
			found,
		),
		clean,
	);
	if (chosen === clean) await vscode.env.clipboard.writeText(withoutInvisible(text));
}

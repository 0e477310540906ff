import * as vscode from 'vscode';
import type { ChatApi } from '../context/chatApi';
import type { Assistant } from '../ask/assistant';
import { ensureKey } from '../ask/ensureKey';
import type { Excerpt } from '../context/excerpt';
import { codeSelection } from '../context/codeSelection';

/** `Keypool: Explain Selection`: the answer comes in the chat. */
export async function explainSelection(
	chat: ChatApi,
	{ keys, files }: Pick<Assistant, 'keys' | 'files'>,
): Promise<void> {
	if (!(await ensureKey(keys))) return;
	const snippet = await codeSelection(files, 'exact');
	if (!snippet) return;
	const { document, excerpt, label, file, text } = snippet;
	await chat.ask({
		text: questionFor(excerpt),
		origin: 'selection',
		attachments: [{ label, file, language: document.languageId, text }],
	});
}

/** Says what is explained, since without a selection the user did not choose it. */
function questionFor({ kind, name }: Excerpt): string {
	switch (kind) {
		case 'selection':
			return vscode.l10n.t('Explain the selected code.');
		case 'symbol':
			return vscode.l10n.t('Explain “{0}”, where the cursor is.', name ?? '');
		case 'visible':
			return vscode.l10n.t('Explain the lines that are visible in the editor.');
	}
}

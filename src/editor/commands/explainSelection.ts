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
	const selection = await codeSelection(files, 'exact');
	if (!selection) return;
	const { document, excerpt, label, file, text } = selection;
	await chat.ask({
		text: questionFor(excerpt, label),
		origin: 'selection',
		attachments: [{ label, file, language: document.languageId, text }],
	});
}

/** Names file and lines: it becomes the conversation's title, and without a selection the user did not choose them. */
function questionFor({ kind, name }: Excerpt, label: string): string {
	switch (kind) {
		case 'selection':
		case 'visible':
			return vscode.l10n.t('Explain {0}.', label);
		case 'symbol':
			return vscode.l10n.t('Explain “{0}” ({1}).', name ?? '', label);
	}
}

import * as vscode from 'vscode';
import { askText } from '../../ui/inputBox';
import type { ChatApi } from '../context/chatApi';
import { ensureKey, type KeysAtHand } from './ensureKey';

/** `Keypool: Ask…`: an input box; the answer comes in the chat. `text` skips the box, for key bindings and tests. */
export async function ask(chat: ChatApi, keys: KeysAtHand, given?: unknown): Promise<void> {
	if (!(await ensureKey(keys))) {
		return;
	}
	const text = typeof given === 'string' ? given : await askUser();
	if (text !== undefined && text.trim() !== '') {
		await chat.ask({ text, origin: 'palette', attachments: [] });
	}
}

function askUser(): Promise<string | undefined> {
	return askText({
		title: vscode.l10n.t('Ask Gemini'),
		prompt: vscode.l10n.t('The answer will appear in Keypool’s chat.'),
		placeHolder: vscode.l10n.t('Ask Gemini…'),
		ignoreFocusOut: true,
	});
}

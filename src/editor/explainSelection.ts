import * as vscode from 'vscode';
import type { ChatDoor } from './chatDoor';
import { ensureKey } from './ensureKey';
import { excerptOf, type Excerpt } from './excerpt';

/** The most that is sent along, in UTF-8 bytes. */
const maxBytes = 256 * 1024;

/** `Keypool: Explain Selection`: the answer comes in the chat. */
export async function explainSelection(chat: ChatDoor, anyKey: () => boolean): Promise<void> {
	const editor = vscode.window.activeTextEditor;
	if (!editor) {
		void vscode.window.showInformationMessage(vscode.l10n.t('Open a file first: there is no code to explain.'));
	} else if (await ensureKey(anyKey)) {
		await explain(editor, chat);
	}
}

async function explain(editor: vscode.TextEditor, chat: ChatDoor): Promise<void> {
	const { document } = editor;
	const excerpt = await excerptOf(editor);
	const text = document.getText(excerpt.range);
	const bytes = new TextEncoder().encode(text).length;
	if (text.trim() === '') {
		void vscode.window.showInformationMessage(vscode.l10n.t('There is no code to explain here.'));
		return;
	}
	if (bytes > maxBytes) {
		const size = Math.ceil(bytes / 1024);
		void vscode.window.showWarningMessage(
			vscode.l10n.t('The code is {0} KB long; at most {1} KB can be explained. Select less.', size, maxBytes / 1024),
		);
		return;
	}
	const file = fileOf(document);
	await chat.ask({
		text: questionFor(excerpt),
		origin: 'selection',
		attachments: [{ label: labelFor(document, excerpt.range), file, language: document.languageId, text }],
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

function labelFor(document: vscode.TextDocument, { start, end }: vscode.Range): string {
	const name = document.uri.path.split('/').at(-1) ?? '';
	// A selection that ends before the first character of a line does not mean that line.
	const last = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
	return start.line + 1 === last
		? vscode.l10n.t('{0}, line {1}', name, last)
		: vscode.l10n.t('{0}, lines {1}–{2}', name, start.line + 1, last);
}

/** Outside the workspace the path would tell the service about the user's machine: the name must do. */
function fileOf(document: vscode.TextDocument): string {
	const inside = vscode.workspace.getWorkspaceFolder(document.uri);
	return inside ? vscode.workspace.asRelativePath(document.uri, false) : (document.uri.path.split('/').at(-1) ?? '');
}

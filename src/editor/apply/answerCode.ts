import * as vscode from 'vscode';
import { showInformation, showWarning } from '../../ui/messages';
import type { ApplyDiff } from './applyDiff';
import { codeToUse } from './codeToUse';
import { excerptOf } from '../context/excerpt';
import { reindent } from './reindent';
import { languageIdOf } from '../context/languageId';

/** What can be done with the code of an answer in the editor that was used last. */
export interface AnswerCode {
	insert(code: string): Promise<void>;
	/** As a diff over the selection, or over the symbol at the cursor, to be accepted or rejected. */
	apply(code: string): Promise<void>;
	/** `language` as the answer named it. */
	newFile(code: string, language: string): Promise<void>;
}

export function createAnswerCode(diff: Pick<ApplyDiff, 'propose'>): AnswerCode {
	return {
		insert: async (written) => {
			const code = await codeToUse(written);
			const editor = code === undefined ? undefined : activeEditor();
			if (code !== undefined && editor) await insert(editor, code);
		},
		apply: async (written) => {
			const code = await codeToUse(written);
			const editor = code === undefined ? undefined : activeEditor();
			if (code !== undefined && editor) await apply(editor, code, diff);
		},
		newFile: async (written, name) => {
			const content = await codeToUse(written);
			if (content === undefined) return;
			const language = languageIdOf(name, await vscode.languages.getLanguages());
			const document = await vscode.workspace.openTextDocument({ language, content });
			await vscode.window.showTextDocument(document, { preview: false });
		},
	};
}

function activeEditor(): vscode.TextEditor | undefined {
	const editor = vscode.window.activeTextEditor;
	if (!editor) {
		void showInformation(vscode.l10n.t('Open a file first: the code goes where its cursor is.'));
	}
	return editor;
}

async function insert(editor: vscode.TextEditor, code: string): Promise<void> {
	const { document, selection } = editor;
	const text = fitted(document, selection, code);
	if (!(await editor.edit((edit) => edit.replace(selection, text)))) {
		void showWarning(vscode.l10n.t('The file cannot be changed.'));
		return;
	}
	await vscode.window.showTextDocument(document, { viewColumn: editor.viewColumn ?? vscode.ViewColumn.Active });
}

async function apply(editor: vscode.TextEditor, code: string, diff: Pick<ApplyDiff, 'propose'>): Promise<void> {
	const { document, selection } = editor;
	const excerpt = await excerptOf(editor);
	// Nobody means the lines that happen to be visible.
	const range = excerpt.kind === 'visible' ? selection : excerpt.range;
	const name = document.uri.path.split('/').at(-1) ?? '';
	await diff.propose({
		document,
		range,
		replacement: fitted(document, range, code),
		title: vscode.l10n.t('{0}: proposed change', name),
	});
}

function fitted(document: vscode.TextDocument, range: vscode.Range, code: string): string {
	const line = document.lineAt(range.start.line);
	return reindent(code, {
		indent: line.text.slice(0, line.firstNonWhitespaceCharacterIndex),
		atLineStart: range.start.character === 0,
		replaced: document.getText(range),
	});
}

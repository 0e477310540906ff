import * as vscode from 'vscode';
import { showInformation, showWarning } from '../../ui/messages';
import { nameOf } from '../../workspaceFiles/nameOf';
import { isFixed, replaceIn, type ApplyDiff } from './applyDiff';
import { codeToUse } from './codeToUse';
import { excerptOf } from '../context/excerpt';
import { insertionAt } from './insertion';
import { unclearKeys, withOwnKeys } from './ownKeys';
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

/** @param keysIn the person's own keys in a text */
export function createAnswerCode(
	diff: Pick<ApplyDiff, 'propose'>,
	keysIn: (text: string) => readonly string[],
): AnswerCode {
	return {
		insert: async (written) => {
			const code = await codeToUse(written);
			const editor = code === undefined ? undefined : activeEditor();
			if (code !== undefined && editor) await insert(editor, code);
		},
		apply: async (written) => {
			const code = await codeToUse(written);
			const editor = code === undefined ? undefined : activeEditor();
			if (code !== undefined && editor) await apply(editor, code, diff, keysIn);
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
	if (isFixed(editor?.document)) return undefined;
	if (!editor) {
		void showInformation(vscode.l10n.t('Open a file first: the code goes where its cursor is.'));
	}
	return editor;
}

async function insert(editor: vscode.TextEditor, code: string): Promise<void> {
	const { document } = editor;
	const { range, text } = placed(editor, code);
	if (!(await replaceIn(editor, range, text))) {
		void showWarning(vscode.l10n.t('The file cannot be changed.'));
		return;
	}
	await vscode.window.showTextDocument(document, { viewColumn: editor.viewColumn ?? vscode.ViewColumn.Active });
}

async function apply(
	editor: vscode.TextEditor,
	written: string,
	diff: Pick<ApplyDiff, 'propose'>,
	keysIn: (text: string) => readonly string[],
): Promise<void> {
	const { document } = editor;
	const { kind, range: found } = await excerptOf(editor);
	// Nobody means the lines that happen to be visible.
	if (kind === 'visible') {
		void showInformation(
			vscode.l10n.t('Select the code to replace, or put the cursor into a function. Nothing was changed.'),
		);
		return;
	}
	const range = kind === 'symbol' ? withRepeated(document, found, written) : found;
	const replaced = document.getText(range);
	const code = withOwnKeys(written, replaced, keysIn(replaced));
	if (code === undefined) {
		void showInformation(unclearKeys());
		return;
	}
	const name = nameOf(document.uri);
	await diff.propose({
		document,
		range,
		replacement: fitted(document, range, code),
		title: vscode.l10n.t('{0}: proposed change', name),
	});
}

/**
 * A symbol with what stands beside it on its lines, where the code says that again: a language need not count `export const`
 * and `;` to the function between them. A bracket that closes there closes what is around it.
 */
function withRepeated(document: vscode.TextDocument, { start, end }: vscode.Range, code: string): vscode.Range {
	const before = document.lineAt(start.line).text.slice(0, start.character);
	const after = document.lineAt(end.line).text.slice(end.character).trimEnd();
	const words = /^[\w\s]*$/.test(before) ? [...before.matchAll(/\w+/g)] : [];
	const begins = new Set(code.split('\n').map((line) => /^\w*/.exec(line)?.[0]));
	const from = words.find(([word]) => begins.has(word))?.index ?? start.character;
	const isRepeated = !/[)\]}]/.test(after) && code.trimEnd().endsWith(after);
	const until = end.character + (isRepeated ? after.length : 0);
	return new vscode.Range(start.line, from, end.line, until);
}

/** Over the selection; without one at the cursor, with the line ends that keep it apart from what stands there. */
function placed({ document, selection }: vscode.TextEditor, code: string): { range: vscode.Range; text: string } {
	if (!selection.isEmpty) return { range: selection, text: fitted(document, selection, code) };
	const { line, character } = selection.active;
	const { text: written } = document.lineAt(line);
	const { text, fromLineStart } = insertionAt(
		{ before: written.slice(0, character), after: written.slice(character) },
		code,
	);
	// White space after the cursor is part of the indent that the insertion brings along.
	const indented = character + (/^\s*/.exec(written.slice(character))?.[0].length ?? 0);
	const range = fromLineStart ? new vscode.Range(line, 0, line, indented) : selection;
	return { range, text };
}

function fitted(document: vscode.TextDocument, range: vscode.Range, code: string): string {
	const line = document.lineAt(range.start.line);
	return reindent(code, {
		indent: line.text.slice(0, line.firstNonWhitespaceCharacterIndex),
		atLineStart: range.start.character === 0,
		replaced: document.getText(range),
	});
}

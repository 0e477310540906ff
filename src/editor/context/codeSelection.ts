import * as vscode from 'vscode';
import { askWarning, showInformation, showWarning } from '../../ui/messages';
import { contentExclusion, maxBytes } from '../exclusion/contentExclusion';
import { excerptOf, type Excerpt } from './excerpt';
import type { SecretSign } from '../exclusion/secretFile';
import { nameOf } from '../../workspaceFiles/nameOf';
import type { Place, WorkspaceFiles } from '../../workspaceFiles/workspaceFiles';

/** Code of the editor that a person lets go to the service. */
export interface CodeSelection {
	readonly document: vscode.TextDocument;
	readonly excerpt: Excerpt;
	readonly text: string;
	/** For instance `parser.ts, lines 3–10`. */
	readonly label: string;
	/** Path as the model is told it. */
	readonly file: string;
}

/**
 * The code that a command is about, `wholeLines` where it will be replaced. Undefined when there is none, it may not be
 * sent, or the person does not want to send it; then that was told.
 * @param at a place in an editor that is visible, which need not be the active one
 */
export async function codeSelection(
	files: Pick<WorkspaceFiles, 'locate'>,
	extent: 'exact' | 'wholeLines',
	at?: vscode.Location,
): Promise<CodeSelection | undefined> {
	const { activeTextEditor: active, visibleTextEditors: visible } = vscode.window;
	const there = at && [active, ...visible].find((one) => one?.document.uri.toString() === at.uri.toString());
	const editor = there ?? active;
	if (!editor) {
		void showInformation(vscode.l10n.t('Open a file first: there is no code here.'));
		return undefined;
	}
	const { document } = editor;
	const found = await excerptOf(editor, there && at.range);
	const excerpt = extent === 'exact' ? found : { ...found, range: linesOf(document, found.range) };
	const text = document.getText(excerpt.range);
	if (!(await mayBeSent(files, document.uri, text))) return undefined;
	const label = labelFor(document, excerpt.range);
	if (excerpt.kind === 'selection' && editor.selections.filter(({ isEmpty }) => !isEmpty).length > 1)
		void showInformation(vscode.l10n.t('Only one of your selections is used: {0}.', label));
	return { document, excerpt, text, label, file: fileOf(document.uri) };
}

/**
 * False where the text may not go to the service, or the person does not want it to; then that was told.
 * @param isAlone false where a question can go without it
 */
export async function mayBeSent(
	files: Pick<WorkspaceFiles, 'locate'>,
	uri: vscode.Uri,
	text: string,
	isAlone = true,
): Promise<boolean> {
	const { t } = vscode.l10n;
	const name = nameOf(uri);
	const admitted = contentExclusion(uri.path, text, await placeOf(files, uri));
	switch (admitted.state) {
		case 'ok':
			return true;
		case 'empty':
			void showInformation(isAlone ? t('There is no code here.') : t('{0} was not attached: it is empty.', name));
			return false;
		case 'binary':
			void showWarning(
				isAlone
					? t('{0} is not text: it contains binary data. Nothing was sent.', name)
					: t('{0} was not attached: it is not text.', name),
			);
			return false;
		case 'encoding':
			void showWarning(
				isAlone
					? t('{0} is not text in UTF-8. Use “Reopen with Encoding” in its editor. Nothing was sent.', name)
					: t('{0} was not attached: it is not text in UTF-8. Use “Reopen with Encoding” in its editor.', name),
			);
			return false;
		case 'tooLarge': {
			const [size, most] = [Math.ceil(admitted.bytes / 1024), maxBytes / 1024];
			void showWarning(
				isAlone
					? t('That is {0} KB of code; at most {1} KB can be sent. Select less. Nothing was sent.', size, most)
					: t('{0} is {1} KB; at most {2} KB can be sent.', name, size, most),
			);
			return false;
		}
		case 'ask':
			return maySendSecrets(name, admitted.sign);
	}
}

/** Where a document really is; undefined where it is in no file system, such as one that was never saved. */
function placeOf(files: Pick<WorkspaceFiles, 'locate'>, uri: vscode.Uri): Promise<Place> | undefined {
	const file = uri.scheme === 'vscode-notebook-cell' ? notebookOf(uri) : uri;
	if (!file) return undefined;
	return file.scheme === 'file' || vscode.workspace.getWorkspaceFolder(file) ? files.locate(file) : undefined;
}

/** The notebook of a cell, whose address has the same path. */
function notebookOf({ path }: vscode.Uri): vscode.Uri | undefined {
	return vscode.workspace.notebookDocuments.find(({ uri }) => uri.path === path)?.uri;
}

/** Asks whether a text that can hold secrets may go to the service. */
export async function maySendSecrets(name: string, sign: SecretSign): Promise<boolean> {
	const send = vscode.l10n.t('Send Anyway');
	const chosen = await askWarning(
		secretInWords(name, sign),
		vscode.l10n.t('On unpaid quota, people at Google may read what is sent.'),
		send,
	);
	return chosen === send;
}

function secretInWords(name: string, sign: SecretSign): string {
	switch (sign) {
		case 'link':
			return vscode.l10n.t(
				'{0} is, or is behind, a link that leads out of the workspace. Send its text to Google?',
				name,
			);
		case 'file':
			return vscode.l10n.t('{0} is a file that may contain secrets. Send its text to Google?', name);
		case 'text':
			return vscode.l10n.t('This text from {0} seems to contain a secret. Send it to Google?', name);
	}
}

/** A selection that ends before the first character of a line does not mean that line. */
function linesOf(document: vscode.TextDocument, { start, end }: vscode.Range): vscode.Range {
	const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
	return new vscode.Range(start.line, 0, last, document.lineAt(last).text.length);
}

function labelFor(document: vscode.TextDocument, range: vscode.Range): string {
	const { start, end } = linesOf(document, range);
	const name = nameOf(document.uri);
	return start.line === end.line
		? vscode.l10n.t('{0}, line {1}', name, start.line + 1)
		: vscode.l10n.t('{0}, lines {1}–{2}', name, start.line + 1, end.line + 1);
}

/** Outside the workspace the path would tell the service about the user's machine: the name must do. */
export function fileOf(uri: vscode.Uri): string {
	const inside = vscode.workspace.getWorkspaceFolder(uri);
	// Of several folders with its name: two of them can have a file of one path.
	return inside ? vscode.workspace.asRelativePath(uri) : nameOf(uri);
}

import * as vscode from 'vscode';
import { showWarning } from '../../ui/messages';
import { base64 } from '../../common/base64';
import { decodedText } from '../../common/decodedText';
import { maxPictureBytes, pictureTypeOf } from '../../common/pictures';
import { pickOne, type PickItem } from '../../ui/quickPick';
import { maxBytes } from '../exclusion/contentExclusion';
import { patiently } from '../../ui/patiently';
import { changesToSend } from '../git/changesToSend';
import { findRepository } from '../git/git';
import { besides, chooseDiff } from '../git/gitDiff';
import { fileOf, mayBeSent, codeSelection } from './codeSelection';
import { nameOf } from '../../workspaceFiles/nameOf';
import { FileRefused, type WorkspaceFiles } from '../../workspaceFiles/workspaceFiles';
import { describeRefusal } from '../../workspaceFiles/words';

/** A piece of the editor that goes along with a question of the chat. */
export interface Piece {
	/** For people: `parser.ts, lines 3–10`. */
	readonly label: string;
	/** Path as the model is told it. */
	readonly file: string;
	readonly language: string;
	readonly text: string;
}

export interface PickedFile {
	readonly uri: string;
	readonly label: string;
	readonly bytes: number;
	/** Where it is one that the service reads. `data`: base64 without a prefix. */
	readonly picture?: { readonly label: string; readonly mimeType: string; readonly data: string };
}

/** Files that are offered by name; more are found by the dialog. */
const maxOffered = 5_000;

type Item = PickItem & { readonly uri?: vscode.Uri };

const unreadable = Symbol('unreadable');

/** The selection, the symbol at the cursor or the visible lines; undefined where there is none to send: that was told. */
export async function codeForChat(files: Pick<WorkspaceFiles, 'locate'>): Promise<Piece | undefined> {
	const selection = await codeSelection(files, 'exact');
	return (
		selection && {
			label: selection.label,
			file: selection.file,
			language: selection.document.languageId,
			text: selection.text,
		}
	);
}

/** Changes to be committed; undefined where there is nothing to send: that was told. */
export async function changesForChat(): Promise<Piece | undefined> {
	const repository = await findRepository(undefined, vscode.l10n.t('Changes to be committed'));
	const changes = repository && (await changesToSend(repository));
	if (!changes) {
		return undefined;
	}
	const label =
		changes.length === 1 ? vscode.l10n.t('changes in 1 file') : vscode.l10n.t('changes in {0} files', changes.length);
	const chosen = chooseDiff(changes, maxBytes);
	return { label, file: 'the changes', language: 'diff', text: chosen.text + besides(chosen) };
}

/**
 * Lets a person choose one of the files of the workspace, or several anywhere; resolves to what reads them. What is too large is
 * told and left out.
 * @param most that go along with one question: no more are read
 */
export async function pickFiles(
	files: Pick<WorkspaceFiles, 'locate' | 'read'>,
	most: number,
): Promise<() => Promise<readonly PickedFile[]>> {
	// Also where what is typed names none of those: there can be more files than are offered.
	const browse: Item = { label: vscode.l10n.t('Browse…'), icon: 'folder-opened', alwaysShow: true };
	const chosen = await pickOne(offered(browse), {
		title: vscode.l10n.t('Attach files…'),
		placeHolder: vscode.l10n.t('Their text goes to Google with the next question'),
		matchOnDescription: true,
	});
	const browsed = chosen === browse ? await vscode.window.showOpenDialog({ canSelectMany: true }) : undefined;
	const uris = chosen?.uri ? [chosen.uri] : (browsed ?? []);
	// VS Code gives the keyboard to the editor behind a list: the question would be typed into a file.
	if (uris.length > 0) await vscode.commands.executeCommand('keypool.chat.focus');
	if (uris.length > most) {
		void showWarning(vscode.l10n.t('At most {0} attachments can go with one question.', most));
	}
	const few = uris.slice(0, most);
	return async () => {
		const picked = await patiently(reading(few), () => Promise.all(few.map((uri) => fileToPick(files, uri))));
		return picked?.filter((file) => file !== undefined) ?? [];
	};
}

/** A file that was found by its name; undefined where it is gone or too large: that was told. */
export function pickFile(
	files: Pick<WorkspaceFiles, 'locate' | 'read'>,
	address: string,
): Promise<PickedFile | undefined> {
	const uri = vscode.Uri.parse(address);
	return patiently(reading([uri]), () => fileToPick(files, uri));
}

/**
 * The text of a file as it is when it is sent, unsaved changes included. `unfit`: it may not go; that was told.
 * @param lines counted from 0, the last one included; absent: all
 */
export async function readFile(
	files: Pick<WorkspaceFiles, 'locate' | 'read'>,
	address: string,
	lines?: { readonly first: number; readonly last: number },
): Promise<Piece | 'gone' | 'unfit'> {
	const uri = vscode.Uri.parse(address);
	const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
	const found = await patiently(reading([uri]), () => wholeOf(files, uri, open));
	if (typeof found !== 'object') {
		return found ?? 'unfit';
	}
	const { whole } = found;
	const name = nameOf(uri);
	const text = lines
		? whole
				.split('\n')
				.slice(lines.first, lines.last + 1)
				.join('\n')
		: whole;
	if (!(await mayBeSent(files, uri, text, false))) {
		return 'unfit';
	}
	return { label: name, file: fileOf(uri), language: open?.languageId ?? name.split('.').at(-1) ?? '', text };
}

/** All of its text, or why there is none. */
async function wholeOf(
	files: Pick<WorkspaceFiles, 'locate' | 'read'>,
	uri: vscode.Uri,
	open: vscode.TextDocument | undefined,
): Promise<{ readonly whole: string } | 'gone' | 'unfit'> {
	// What was never saved, or is a cell of a notebook, is in the editor alone.
	const isFile = !open || uri.scheme === 'file' || vscode.workspace.getWorkspaceFolder(uri) !== undefined;
	const stat = isFile ? await statOf(uri) : undefined;
	// A link can lead to what never ends.
	if (isFile && (!stat || (stat.type & vscode.FileType.File) === 0)) {
		return 'gone';
	}
	// Of what is open, what goes is measured later: it can be a part.
	if (!open && stat && isTooLarge(uri, stat, maxBytes)) {
		return 'unfit';
	}
	const whole = open?.getText() ?? (await orUnreadable(uri, textOf(files, uri)));
	if (whole === undefined) {
		return 'gone';
	}
	return whole === unreadable ? 'unfit' : { whole };
}

/** What a link leads to that leaves the workspace is read for a person who picked it, and sent only after they were asked. */
async function textOf(files: Pick<WorkspaceFiles, 'locate' | 'read'>, uri: vscode.Uri): Promise<string | undefined> {
	const isOutside = (await files.locate(uri)).state === 'outside';
	const bytes = isOutside ? await vscode.workspace.fs.readFile(uri) : await files.read(uri, maxBytes);
	return bytes && (await decoded(bytes, uri));
}

/** In the encoding that the person's settings name, as the editor opens it. */
async function decoded(bytes: Uint8Array, uri: vscode.Uri): Promise<string> {
	try {
		return await vscode.workspace.decode(bytes, { uri });
	} catch {
		// The editor takes it for no text; a person who looks at this will see that, too.
		return decodedText(bytes);
	}
}

async function offered(browse: Item): Promise<readonly Item[]> {
	const tabs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);
	// What was never saved is no file: its text goes along as a selection.
	const open = tabs.flatMap(({ input }) =>
		input instanceof vscode.TabInputText && input.uri.scheme !== 'untitled' ? [input.uri] : [],
	);
	// Its search can be missing: a virus scanner takes it away.
	const found = await vscode.workspace.findFiles('**/*', '**/node_modules/**', maxOffered).then(undefined, () => []);
	const all = [...open, ...found];
	const unique = new Map(all.map((uri) => [uri.toString(), uri]));
	const files = [...unique.values()].map((uri) => ({
		label: nameOf(uri),
		description: vscode.workspace.asRelativePath(uri),
		resourceUri: uri,
		uri,
	}));
	return [...files, browse];
}

async function fileToPick(
	files: Pick<WorkspaceFiles, 'locate' | 'read'>,
	uri: vscode.Uri,
): Promise<PickedFile | undefined> {
	const label = nameOf(uri);
	const stat = await statOf(uri);
	if (!stat) {
		void showWarning(vscode.l10n.t('{0} is no longer there.', label));
		return undefined;
	}
	const place = pictureTypeOf(label) && (await files.locate(uri));
	// A link is called whatever somebody likes: what it leads to says what it is, and is asked about as a text where it is none.
	const mimeType = place?.state === 'inside' ? pictureTypeOf(place.path) : undefined;
	if (isTooLarge(uri, stat, mimeType ? maxPictureBytes : maxBytes)) return undefined;
	const picked = { uri: uri.toString(), label, bytes: stat.size };
	const read = mimeType && (await orUnreadable(uri, files.read(uri, maxPictureBytes)));
	if (read === unreadable) return undefined;
	return read ? { ...picked, picture: { label, mimeType, data: base64(read) } } : picked;
}

/** What is read of a file; `unreadable` where that is not possible, which was told then. */
async function orUnreadable<T>(uri: vscode.Uri, reading: Promise<T>): Promise<T | typeof unreadable> {
	try {
		return await reading;
	} catch (error) {
		const text = vscode.l10n.t(
			'{0} cannot be read. Make sure that you may read it, and that its drive is there; then try again.',
			nameOf(uri),
		);
		void showWarning(error instanceof FileRefused ? describeRefusal(error) : text);
		return unreadable;
	}
}

/** Then that was told. */
function isTooLarge(uri: vscode.Uri, { size }: vscode.FileStat, most: number): boolean {
	const large = size > most;
	if (large) {
		void showWarning(
			vscode.l10n.t('{0} is {1} KB; at most {2} KB can be sent.', nameOf(uri), Math.ceil(size / 1024), most / 1024),
		);
	}
	return large;
}

async function statOf(uri: vscode.Uri): Promise<vscode.FileStat | undefined> {
	try {
		return await vscode.workspace.fs.stat(uri);
	} catch {
		return undefined;
	}
}

/** What is waited for. */
function reading(uris: readonly vscode.Uri[]): string {
	return vscode.l10n.t('Reading {0}…', uris.map(nameOf).join(', '));
}

import { isObject } from '../../common/json';
import * as vscode from 'vscode';
import type { FilePiece } from '../../common/fenced';
import { base64 } from '../../common/base64';
import { pictureTypeIn } from '../../common/pictures';
import { showWarning } from '../../ui/messages';
import type { Question } from './participantPrompt';

/** Reads a file, or lines of it, counted from 0, as they may be sent; tells the person where they may not. */
export type ReadFile = (
	address: string,
	lines?: { readonly first: number; readonly last: number },
) => Promise<FilePiece | 'gone' | 'unfit'>;

/** Things that go along with one question. */
const maxReferences = 20;
/** Bytes of a picture. */
const maxImage = 7 * 1024 * 1024;

type Load = Pick<Question, 'pieces' | 'texts' | 'images'>;

/** What a person added to a question: files and places in them, texts, pictures. What may not be sent is left out. */
export async function loadOf(
	{ references, toolReferences }: Pick<vscode.ChatRequest, 'references' | 'toolReferences'>,
	readFile: ReadFile,
): Promise<Load> {
	const pieces: FilePiece[] = [];
	const texts: string[] = [];
	const images: { mimeType: string; data: string }[] = [];
	let isAllKnown = true;
	for (const { value, modelDescription } of references.slice(0, maxReferences)) {
		if (typeof value === 'string') {
			texts.push([modelDescription, value].filter(Boolean).join(': '));
		} else if (value instanceof vscode.Uri || value instanceof vscode.Location) {
			const piece = await pieceOf(value, readFile);
			if (piece) pieces.push(piece);
		} else {
			const picture = await pictureOf(value);
			if (picture) images.push(picture);
			else isAllKnown &&= !isOfPerson(value);
		}
	}
	const { t } = vscode.l10n;
	if (!isAllKnown) {
		void showWarning(
			t(
				'Part of what you added was not attached: only files, code, text, and PNG, JPEG, WebP and HEIC pictures up to 7 MB can be.',
			),
		);
	}
	if (toolReferences.length > 0) {
		void showWarning(t('Tools that you added were not used: @keypool answers without them.'));
	}
	if (references.length > maxReferences) {
		void showWarning(t('At most {0} attachments can go with one question.', maxReferences));
	}
	return { pieces, texts, images };
}

/** Problems and pictures are added by a person; the editor adds things by itself as well. */
function isOfPerson(value: unknown): boolean {
	return isObject(value) && ('diagnostics' in value || 'mimeType' in value);
}

async function pieceOf(place: vscode.Uri | vscode.Location, readFile: ReadFile): Promise<FilePiece | undefined> {
	const [uri, lines] = place instanceof vscode.Location ? [place.uri, linesOf(place.range)] : [place];
	const piece = await readFile(uri.toString(), lines);
	if (piece === 'gone') {
		const name = uri.path.split('/').at(-1) ?? '';
		void showWarning(vscode.l10n.t('{0} was not attached: it is not a file, or is no longer there.', name));
	}
	return piece === 'gone' || piece === 'unfit' ? undefined : piece;
}

/** One that ends before the first character of a line does not mean that line. */
function linesOf({ start, end }: vscode.Range): { readonly first: number; readonly last: number } {
	return { first: start.line, last: end.character === 0 && end.line > start.line ? end.line - 1 : end.line };
}

/** The editor has a class for it, which its stable types do not. */
async function pictureOf(value: unknown): Promise<{ mimeType: string; data: string } | undefined> {
	if (!isObject(value)) return undefined;
	const { mimeType, data } = value;
	const type = typeof mimeType === 'string' ? pictureTypeIn(mimeType) : undefined;
	if (type === undefined || typeof data !== 'function') return undefined;
	const bytes = await bytesOf(() => (data as () => unknown).call(value));
	return bytes && bytes.byteLength <= maxImage ? { mimeType: type, data: base64(bytes) } : undefined;
}

/** Undefined where its file is gone, or may not be read. */
async function bytesOf(read: () => unknown): Promise<Uint8Array | undefined> {
	try {
		const bytes: unknown = await read();
		return bytes instanceof Uint8Array ? bytes : undefined;
	} catch {
		return undefined;
	}
}

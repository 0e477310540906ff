import { isObject } from '../../common/json';
import * as vscode from 'vscode';
import type { FilePiece } from '../../common/fenced';
import { base64 } from '../../common/base64';
import type { Question } from './participantPrompt';

/** Reads a file as it may be sent; tells the person where it may not. */
export type ReadFile = (address: string) => Promise<FilePiece | 'gone' | 'unfit'>;

/** Things that go along with one question. */
const maxReferences = 20;
const image = /^image\/(?:png|jpeg|webp|heic|heif|gif)$/;
/** Bytes of a picture. */
const maxImage = 7 * 1024 * 1024;

type Load = Pick<Question, 'pieces' | 'texts' | 'images'>;

/** What a person added to a question: files and places in them, texts, pictures. What may not be sent is left out. */
export async function loadOf(references: readonly vscode.ChatPromptReference[], readFile: ReadFile): Promise<Load> {
	const pieces: FilePiece[] = [];
	const texts: string[] = [];
	const images: { mimeType: string; data: string }[] = [];
	for (const { value, modelDescription } of references.slice(0, maxReferences)) {
		if (typeof value === 'string') {
			texts.push([modelDescription, value].filter(Boolean).join(': '));
		} else if (value instanceof vscode.Uri || value instanceof vscode.Location) {
			const piece = await pieceOf(value, readFile);
			if (piece) pieces.push(piece);
		} else {
			const picture = await pictureOf(value);
			if (picture) images.push(picture);
		}
	}
	return { pieces, texts, images };
}

async function pieceOf(place: vscode.Uri | vscode.Location, readFile: ReadFile): Promise<FilePiece | undefined> {
	const [uri, range] = place instanceof vscode.Location ? [place.uri, place.range] : [place, undefined];
	const piece = await readFile(uri.toString());
	if (piece === 'gone' || piece === 'unfit') return undefined;
	if (range === undefined) return piece;
	const lines = piece.text.split('\n').slice(range.start.line, range.end.line + 1);
	return { ...piece, text: lines.join('\n') };
}

/** The editor has a class for it, which its stable types do not. */
async function pictureOf(value: unknown): Promise<{ mimeType: string; data: string } | undefined> {
	if (!isObject(value)) return undefined;
	const { mimeType, data } = value;
	if (typeof mimeType !== 'string' || !image.test(mimeType) || typeof data !== 'function') return undefined;
	const bytes: unknown = await (data as () => unknown).call(value);
	return bytes instanceof Uint8Array && bytes.byteLength <= maxImage ? { mimeType, data: base64(bytes) } : undefined;
}

import { base64 } from '../../common/base64';
import { decodedText } from '../../common/decodedText';
import type { Content, InlineData } from '../../gemini/gemini';
import { isTextual, type Abilities } from './abilities';
import type { HostData } from './hostParts';

/** A type of files, however odd, and no name that an editor gives a marker of its own, which has no slash. */
const fileType = /^[^\s/]+\/[^\s/]+$/;

/** Data as content that the model takes. Files that it does not take are named; markers of editors are left out. */
export function contentOfData({ mimeType, bytes }: HostData, { takes }: Abilities): readonly Content[] {
	if (isTextual(mimeType)) return textContent(decodedText(bytes));
	if (!fileType.test(mimeType)) return [];
	if (!takes(mimeType))
		return textContent(`[${mimeType}, ${bytes.byteLength} bytes: left out, because this model does not take it]`);
	return [{ type: mimeType.startsWith('image/') ? 'image' : 'media', mimeType, data: base64(bytes) }];
}

export function textContent(text: string): readonly Content[] {
	return text === '' ? [] : [{ type: 'text', text }];
}

/** What can stand inside the result of a function; sound and film stand beside it. */
export function fitsInResult({ mimeType }: InlineData): boolean {
	return /^image\/|^application\/pdf$/.test(mimeType);
}

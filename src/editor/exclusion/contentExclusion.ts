import type { Place } from '../../workspaceFiles/workspaceFiles';
import { secretSign, type SecretSign } from './secretFile';

/** Whether a text of the editor may go to the service. */
export type ContentExclusion =
	| { readonly state: 'ok' }
	| { readonly state: 'empty' }
	| { readonly state: 'binary' }
	/** It was read in another encoding than its own: letters are lost. */
	| { readonly state: 'encoding' }
	/** `bytes` in UTF-8. */
	| { readonly state: 'tooLarge'; readonly bytes: number }
	/** Only after the person was asked. */
	| { readonly state: 'ask'; readonly sign: SecretSign };

/** The most that a command sends along, in UTF-8 bytes: about 64,000 tokens. */
export const maxBytes = 256 * 1024;

/** Control characters, without those of white space. */
// eslint-disable-next-line no-control-regex -- Control characters are what is looked for.
const unprintable = /[\0-\x08\x0e-\x1a\x1c-\x1f]/g;

/** The sign for bytes that are none of the encoding. */
const undecodable = /\ufffd/g;

/**
 * @param path with slashes; its name tells a secret file
 * @param place where the file really is; absent where it is in no file system
 */
export function contentExclusion(path: string, text: string, place?: Place): ContentExclusion {
	// A long text is not encoded to be counted: it has at least as many bytes as UTF-16 units.
	const bytes = text.length > maxBytes ? text.length : new TextEncoder().encode(text).length;
	const begin = text.slice(0, maxBytes);
	if (begin.includes('\0') || isFullOf(unprintable, begin)) return { state: 'binary' };
	if (isFullOf(undecodable, begin)) return { state: 'encoding' };
	if (bytes > maxBytes) return { state: 'tooLarge', bytes };
	if (text.trim() === '') return { state: 'empty' };
	const sign = secretSign(path, text, place);
	return sign === undefined ? { state: 'ok' } : { state: 'ask', sign };
}

/** More than one in a hundred. */
function isFullOf(characters: RegExp, text: string): boolean {
	return (text.match(characters)?.length ?? 0) > text.length / 100;
}

import type { Masker } from '../../masking/masking';

/** UTF-16 units of a name or a code word of the service. */
const maxWord = 200;

/** A text of the service for one line or as a name: masked, and cut if too long. */
export function short(text: string, mask: Masker, most = maxWord): string {
	// Masked before it is cut, so that no part of a key is left; text far beyond the limit need not be masked.
	return mask(text.slice(0, 4 * most)).slice(0, most);
}

import type { Masker } from '../../masking/masking';

/** UTF-16 units of a name or a code word of the service. */
const maxWord = 200;

/** A text of the service that is shown in one line or kept as a name, masked. Its end goes where it is too long. */
export function short(text: string, mask: Masker, most = maxWord): string {
	// Masked before it is cut, so that no beginning of a key is left; far more than what is kept need not be looked at.
	return mask(text.slice(0, 4 * most)).slice(0, most);
}

import { createMasker, type Masker } from '../../masking/masking';
import { Failure } from '../../pool/pool';
import { unsendableKey } from '../errors/failure';

/**
 * A header carries printable ASCII only. Checked before the runtime does, because its error message quotes the whole value.
 * Throws `Failure` (nothing was sent).
 */
export function sendable(secret: string | undefined): string {
	if (secret === undefined || secret === '') {
		throw new Failure(unsendableKey, false, 'The secret of this key is missing.');
	}
	if (!/^[\x21-\x7e]+$/.test(secret)) {
		throw new Failure(unsendableKey, false, 'The key contains characters that cannot be sent.');
	}
	return secret;
}

/**
 * Also redacts the secret in use, however it is written: the masker cannot know one that is still being checked, or was
 * replaced just now.
 */
export function maskAlso(mask: Masker, secret: string): Masker {
	const bare = secret.trim();
	let own: Masker | undefined;
	const ownOf = (): Masker => {
		const { learnKey, maskKeys } = createMasker();
		learnKey(bare);
		return (own = maskKeys);
	};
	// One that is too short to be told by a part of it is looked for as it is.
	return (text) => mask(bare === '' ? text : (own ?? ownOf())(text).replaceAll(bare, '…'));
}

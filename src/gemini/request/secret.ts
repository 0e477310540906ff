import { createMasker, type Masker } from '../../masking/masking';
import { Failure } from '../../pool/pool';
import { unsendableKey } from '../errors/failure';

/**
 * A header carries only printable ASCII. Checked here because the runtime's error message would quote the whole value.
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
 * Also redacts the secret in use, in any encoding: the masker may not know one that is still being checked, or was just
 * replaced.
 */
export function maskAlso(mask: Masker, secret: string): Masker {
	const bare = secret.trim();
	let own: Masker | undefined;
	const ownOf = (): Masker => {
		const { learnKey, maskKeys } = createMasker();
		learnKey(bare);
		return (own = maskKeys);
	};
	// A secret too short for the masker is searched for literally.
	return (text) => mask(bare === '' ? text : (own ?? ownOf())(text).replaceAll(bare, '…'));
}

import { type Masker, createMasker } from '../masking/masking';
import { Failure, type KeyId } from '../pool/pool';
import { describe } from './errors/network';
import type { GeminiOptions, TransportOverride } from './gemini';
import { validateBaseUrl } from './request/address';
import { unsendableKey } from './errors/failure';

/** Which secret a call may carry, and where it goes. The first two throw `Failure`, and nothing was sent then. */
export interface Access {
	/** Asks whether a key may go to the host in force, then reads its secret. */
	secretFor(key: KeyId): Promise<string>;
	/** Asked at each call, so that a changed setting counts at once. */
	readonly wayOf: (secret: string) => TransportOverride;
	/** Whether a gateway of Keypool has this secret. Never throws. */
	readonly isGateway: (secret: string) => boolean;
	/** Whether the key has another secret by now than the one that was refused: that is no word on it. Never throws. */
	readonly isReplaced: (key: KeyId, refused: string | undefined, failure: Failure) => Promise<boolean>;
}

export function createAccess(options: GeminiOptions): Access {
	const {
		secretOf,
		baseUrl,
		fetch,
		patientFetch = fetch,
		mayReceive = () => true,
		transportOverride = () => undefined,
	} = options;
	const allowed = options.allowed ?? (() => Promise.resolve(true));

	function address(): string {
		const url = baseUrl();
		const check = validateBaseUrl(url);
		if (!check.ok) {
			const said = `The address of the service is refused: ${check.reason}.`;
			throw new Failure({ type: 'fail', reason: 'unexpected' }, false, said);
		}
		if (!mayReceive(check)) throw hostRefused();
		return url.trim();
	}

	return {
		secretFor: async (key) => {
			if (!(await allowed({ key }))) throw hostRefused();
			return sendable(await secretOf(key));
		},
		isGateway: (secret) => transportOverride(secret)?.isGateway === true,
		wayOf: (secret) => transportOverride(secret) ?? { baseUrl: address(), fetch, patientFetch },
		isReplaced: async (key, refused, { action }) => {
			if (action.type !== 'quarantine' || refused === undefined) return false;
			const held = await secretOf(key).catch(() => refused);
			return held !== undefined && held !== refused;
		},
	};
}

export const hostRefused = (): Failure => new Failure({ type: 'fail', reason: 'hostRefused' }, false, '');

/** What went wrong before a byte was sent. */
export function unsent(thrown: unknown, mask: Masker): Failure {
	return thrown instanceof Failure
		? thrown
		: new Failure({ type: 'fail', reason: 'unexpected' }, false, mask(describe(thrown)).slice(0, 1000));
}

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

/** The gate for the forms of one secret: one for a keyring's has 256 KB, and each call has its own. */
const oneSecret = 1 << 13;

/**
 * Also redacts the secret in use, in any encoding: the masker may not know one that is still being checked, or was just
 * replaced.
 */
export function maskAlso(mask: Masker, secret: string): Masker {
	const bare = secret.trim();
	let own: Masker | undefined;
	const ownOf = (): Masker => {
		const { learnKey, maskKeys } = createMasker(oneSecret);
		learnKey(bare);
		return (own = maskKeys);
	};
	// A secret too short for the masker is searched for literally.
	return (text) => mask(bare === '' ? text : (own ?? ownOf())(text).replaceAll(bare, '…'));
}

import type { Disposable } from '../../common/dispose';
import type { Key } from '../../pool/pool';

/** The part of VS Code's SecretStorage that the keyring needs. Any method may reject, for instance if a keychain is locked. */
export interface SecretStore {
	get(name: string): PromiseLike<string | undefined>;
	store(name: string, value: string): PromiseLike<void>;
	delete(name: string): PromiseLike<void>;
	keys(): PromiseLike<string[]>;
	/** Changes by this window and by others, by name. */
	onDidChange(listener: (change: { readonly key: string }) => void): Disposable;
}

/** Why a call to the keyring failed. */
export type KeyringReason =
	/** SecretStorage rejected. What was stored before stays. */
	| 'storeRefused'
	/** Another tab of the browser has changed the secrets, and this one's copy of them is old: a reload reads it anew. */
	| 'changedElsewhere'
	| 'noSuchKey'
	| 'noSuchProject'
	/** Empty, longer than 60 characters, or with control characters. */
	| 'badLabel'
	| 'labelTaken'
	/** A weight, limit or cap out of range. */
	| 'badValue'
	/** The keyring holds its maximum number of keys. */
	| 'full'
	| 'disposed';

/** The keyring's only error. */
export class KeyringError extends Error {
	override readonly name = 'KeyringError';

	constructor(
		readonly reason: KeyringReason,
		/** Keys that the same call stored before it failed; they stay. */
		readonly added: readonly Key[] = [],
		options?: ErrorOptions,
	) {
		super(reason, options);
	}
}

/** What a call to the store brings. Rejects only with a `KeyringError`: what the store throws is `storeRefused`. */
export async function refusable<T>(call: () => PromiseLike<T>): Promise<T> {
	try {
		return await call();
	} catch (cause) {
		throw cause instanceof KeyringError ? cause : new KeyringError('storeRefused', [], { cause });
	}
}

import type { Disposable } from '../../common/dispose';
import type { Key } from '../../pool/pool';

/** The part of VS Code's SecretStorage that the keyring needs. Any method may reject, for instance behind a locked keychain. */
export interface SecretStore {
	get(name: string): PromiseLike<string | undefined>;
	store(name: string, value: string): PromiseLike<void>;
	delete(name: string): PromiseLike<void>;
	keys(): PromiseLike<string[]>;
	/** Own and foreign changes, by name. */
	onDidChange(listener: (change: { readonly key: string }) => void): Disposable;
}

/** Why the keyring could not do what it was asked. */
export type KeyringReason =
	/** SecretStorage rejected. What was stored before stays. */
	| 'storeRefused'
	| 'noSuchKey'
	| 'noSuchProject'
	/** Empty, longer than 60 characters, or with control characters. */
	| 'badLabel'
	| 'labelTaken'
	/** A weight, limit or cap out of range. */
	| 'badValue'
	/** It holds as many keys as it takes. */
	| 'full'
	| 'disposed';

/** The keyring's only error. */
export class KeyringError extends Error {
	override readonly name = 'KeyringError';

	constructor(
		readonly reason: KeyringReason,
		/** What the same call had stored before it failed; it stays. */
		readonly added: readonly Key[] = [],
		options?: ErrorOptions,
	) {
		super(reason, options);
	}
}

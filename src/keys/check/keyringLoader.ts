import type { Keyring } from '../keyring/keyring';

export interface KeyringLoaderParts {
	readonly keyring: Pick<Keyring, 'load' | 'list'>;
	/** What follows on the keys being there, once. */
	readonly onLoaded: () => Promise<void>;
	/** Says that the store refuses, as a locked keyring of the system does; resolves to whether it is to be tried again. */
	readonly onRefused: () => PromiseLike<boolean>;
	/** `isLocked` has changed. */
	readonly onDidChangeLocked: () => void;
	readonly report: (error: unknown) => void;
}

/**
 * Reads the keys at the start. Until they are there, no key in sight looks like keys that are lost: whoever asks for them
 * waits, and is told where the store refuses.
 */
export class KeyringLoader {
	private isLoaded = false;
	private locked = false;
	private loading: Promise<boolean> | undefined;

	constructor(private readonly parts: KeyringLoaderParts) {}

	/** Resolves to whether the keys are there; where the store refused before, it is asked again. Never rejects. */
	load(): Promise<boolean> {
		this.loading ??= this.attempt().finally(() => {
			if (!this.isLoaded) this.loading = undefined;
		});
		return this.loading;
	}

	/** Whether there is any key, as far as is known now. */
	get hasKeys(): boolean {
		return this.parts.keyring.list().keys.length > 0;
	}

	/** Whether keys may be there that nobody can read. */
	get isLocked(): boolean {
		return this.locked;
	}

	private async attempt(): Promise<boolean> {
		const { keyring, onLoaded, report } = this.parts;
		try {
			await keyring.load();
		} catch (error) {
			report(error);
			this.setLocked(true);
			void this.offerRetry();
			return false;
		}
		this.setLocked(false);
		await onLoaded().catch(report);
		this.isLoaded = true;
		return true;
	}

	private setLocked(locked: boolean): void {
		if (this.locked === locked) return;
		this.locked = locked;
		this.parts.onDidChangeLocked();
	}

	private async offerRetry(): Promise<void> {
		if (await this.parts.onRefused()) await this.load();
	}
}

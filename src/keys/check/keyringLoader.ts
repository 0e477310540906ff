import type { Keyring } from '../keyring/keyring';

export interface FirstReadParts {
	readonly keyring: Pick<Keyring, 'load' | 'list'>;
	/** What follows on the keys being there, once. */
	readonly then: () => Promise<void>;
	/** Says that the store refuses, as a locked keyring of the system does; resolves to whether it is to be tried again. */
	readonly refused: () => PromiseLike<boolean>;
	/** `isLocked` has changed. */
	readonly turned: () => void;
	readonly report: (error: unknown) => void;
}

/**
 * Reads the keys at the start. Until they are there, no key in sight looks like keys that are lost: whoever asks for them
 * waits, and is told where the store refuses.
 */
export class KeyringLoader {
	private isDone = false;
	private refuses = false;
	private reading: Promise<boolean> | undefined;

	constructor(private readonly parts: FirstReadParts) {}

	/** Resolves to whether the keys are there; where the store refused before, it is asked again. Never rejects. */
	read(): Promise<boolean> {
		this.reading ??= this.attempt().finally(() => {
			if (!this.isDone) this.reading = undefined;
		});
		return this.reading;
	}

	/** Whether there is any key, as far as is known now. */
	get anyKey(): boolean {
		return this.parts.keyring.list().keys.length > 0;
	}

	/** Whether keys may be there that nobody can read. */
	get isLocked(): boolean {
		return this.refuses;
	}

	private async attempt(): Promise<boolean> {
		const { keyring, then, report } = this.parts;
		try {
			await keyring.load();
		} catch (error) {
			report(error);
			this.turn(true);
			void this.askAgain();
			return false;
		}
		this.turn(false);
		await then().catch(report);
		this.isDone = true;
		return true;
	}

	private turn(refuses: boolean): void {
		if (this.refuses === refuses) return;
		this.refuses = refuses;
		this.parts.turned();
	}

	private async askAgain(): Promise<void> {
		if (await this.parts.refused()) await this.read();
	}
}

import type { Keyring } from '../keyring/keyring';

export type UnreadKeys = 'reading' | 'locked';

export interface KeyringLoaderParts {
	readonly keyring: Pick<Keyring, 'load' | 'list'>;
	/** Runs once, when the keys are loaded. */
	readonly onLoaded: () => Promise<void>;
	/** Shows that the store refuses, as a locked system keyring does; resolves to whether to try again. */
	readonly onRefused: () => PromiseLike<boolean>;
	/** `unread` changed. */
	readonly onDidChangeUnread: () => void;
	readonly report: (error: unknown) => void;
}

/**
 * Loads the keys at the start. A keyring that is not loaded yet looks empty, as if all keys were lost, so commands wait for
 * `load`. If the store refuses, a message says so.
 */
export class KeyringLoader {
	private state: 'reading' | 'locked' | 'read' = 'reading';
	private loading: Promise<boolean> | undefined;
	private isOffering = false;
	/** A person waits for the keys to be read, also where the window began that by itself. */
	private isAwaited = false;

	constructor(private readonly parts: KeyringLoaderParts) {}

	/**
	 * Resolves to whether the keys are loaded. If the store refused before, this tries again. Never rejects.
	 * @param isAsked a person has asked for what needs them, and is told of a refusal again
	 */
	load(isAsked = true): Promise<boolean> {
		this.isAwaited ||= isAsked;
		this.loading ??= this.attempt().finally(() => {
			if (this.state !== 'read') this.loading = undefined;
		});
		return this.loading;
	}

	/** Whether any key is known now. */
	get hasKeys(): boolean {
		return this.parts.keyring.list().keys.length > 0;
	}

	/** Why there may be keys though none is known: they are read just now, or the store refused; undefined once they are known. */
	get unread(): UnreadKeys | undefined {
		return this.state === 'read' ? undefined : this.state;
	}

	private async attempt(): Promise<boolean> {
		const { keyring, onLoaded, report } = this.parts;
		try {
			await keyring.load();
		} catch (error) {
			report(error);
			const isNews = this.state !== 'locked';
			this.become('locked');
			if (this.isAwaited || isNews) void this.offerRetry();
			this.isAwaited = false;
			return false;
		}
		await onLoaded().catch(report);
		this.become('read');
		return true;
	}

	private become(state: 'locked' | 'read'): void {
		if (this.state === state) return;
		this.state = state;
		this.parts.onDidChangeUnread();
	}

	private async offerRetry(): Promise<void> {
		if (this.isOffering) return;
		this.isOffering = true;
		const again = await this.parts.onRefused();
		this.isOffering = false;
		if (again) await this.load();
	}
}

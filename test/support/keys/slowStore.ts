import type { SecretStore } from '../../../src/keys/keyring/keyring';

/** Turns of promises that an act of the store takes at most, or the word of a change. */
const maxTurns = 6;

/** A secret store whose acts take as long as chance wants, so that those of several windows overlap in any order. */
export class SlowStore implements SecretStore {
	readonly entries = new Map<string, string>();
	private readonly listeners = new Set<(change: { key: string }) => void>();

	constructor(private readonly chance: () => number) {}

	get(name: string): Promise<string | undefined> {
		return this.inTime(() => this.entries.get(name));
	}

	keys(): Promise<string[]> {
		return this.inTime(() => [...this.entries.keys()]);
	}

	store(name: string, value: string): Promise<void> {
		return this.inTime(() => {
			this.entries.set(name, value);
			this.tell(name);
		});
	}

	delete(name: string): Promise<void> {
		return this.inTime(() => {
			this.entries.delete(name);
			this.tell(name);
		});
	}

	onDidChange(listener: (change: { key: string }) => void): { dispose(): void } {
		this.listeners.add(listener);
		return { dispose: () => void this.listeners.delete(listener) };
	}

	private async inTime<T>(act: () => T): Promise<T> {
		await this.wait();
		const result = act();
		await this.wait();
		return result;
	}

	private tell(key: string): void {
		for (const listener of this.listeners) void this.wait().then(() => listener({ key }));
	}

	private async wait(): Promise<void> {
		for (let turns = Math.floor(this.chance() * maxTurns); turns >= 0; turns--) await Promise.resolve();
	}
}

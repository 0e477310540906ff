import type { SecretStore } from '../../../src/keys/keyring/keyring';

/** A secret store in memory that several keyrings can share, and that can be locked. */
export class MemoryStore implements SecretStore {
	readonly entries = new Map<string, string>();
	/** Which writes and reads reject. */
	refuses: (act: 'get' | 'store' | 'delete' | 'keys', name: string) => boolean = () => false;
	private readonly listeners = new Set<(change: { key: string }) => void>();

	async get(name: string): Promise<string | undefined> {
		await this.gate('get', name);
		return this.entries.get(name);
	}

	async store(name: string, value: string): Promise<void> {
		await this.gate('store', name);
		this.entries.set(name, value);
		this.tell(name);
	}

	async delete(name: string): Promise<void> {
		await this.gate('delete', name);
		this.entries.delete(name);
		this.tell(name);
	}

	async keys(): Promise<string[]> {
		await this.gate('keys', '');
		return [...this.entries.keys()];
	}

	onDidChange(listener: (change: { key: string }) => void): { dispose(): void } {
		this.listeners.add(listener);
		return { dispose: () => void this.listeners.delete(listener) };
	}

	get listening(): number {
		return this.listeners.size;
	}

	private async gate(act: 'get' | 'store' | 'delete' | 'keys', name: string): Promise<void> {
		await Promise.resolve();
		if (this.refuses(act, name)) {
			throw new Error('the keychain is locked');
		}
	}

	private tell(name: string): void {
		this.listeners.forEach((listener) => listener({ key: name }));
	}
}

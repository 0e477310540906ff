import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { SecretStore } from '../keys/keyring/keyring';
import { simulatedId } from './names';

/** Names of the records of simulated keys and projects. */
const simulatedName = new RegExp(`^(?:damaged\\.)?(?:key|meta|project)\\.${simulatedId}`);
const projectName = /^(?:damaged\.)?project\./;

/**
 * The keyring's store with simulated records over it, in memory. They never reach the store below, which has all other
 * records, and are gone when simulator mode ends.
 */
export class SimulatedStore implements SecretStore, Disposable {
	private readonly held = new Map<string, string>();
	private readonly changed: Emitter<{ readonly key: string }>;
	private readonly registration: Disposable;
	readonly onDidChange: SecretStore['onDidChange'];

	constructor(
		private readonly below: SecretStore,
		report: (error: unknown) => void,
	) {
		this.changed = new Emitter(report);
		this.onDidChange = this.changed.event;
		this.registration = below.onDidChange((change) => this.changed.fire(change));
	}

	/** Adds simulated records, by name. */
	fill(entries: Readonly<Record<string, string>>): void {
		for (const [name, value] of Object.entries(entries)) this.put(name, value);
	}

	/** Removes all simulated records, and reports their names as changed. */
	clear(): void {
		const names = [...this.held.keys()];
		this.held.clear();
		for (const key of names) this.changed.fire({ key });
	}

	get(name: string): PromiseLike<string | undefined> {
		return this.held.has(name) || simulatedName.test(name)
			? Promise.resolve(this.held.get(name))
			: this.below.get(name);
	}

	store(name: string, value: string): PromiseLike<void> {
		if (!this.isOurs(name)) return this.below.store(name, value);
		this.put(name, value);
		return Promise.resolve();
	}

	delete(name: string): PromiseLike<void> {
		if (!this.held.has(name) && !simulatedName.test(name)) return this.below.delete(name);
		this.held.delete(name);
		this.changed.fire({ key: name });
		return Promise.resolve();
	}

	async keys(): Promise<string[]> {
		return [...(await this.below.keys()), ...this.held.keys()];
	}

	dispose(): void {
		this.registration.dispose();
		this.changed.dispose();
	}

	/** While there are simulated keys there are no others, so a new project belongs to one of them. */
	private isOurs(name: string): boolean {
		return simulatedName.test(name) || (this.held.size > 0 && projectName.test(name));
	}

	private put(name: string, value: string): void {
		this.held.set(name, value);
		this.changed.fire({ key: name });
	}
}

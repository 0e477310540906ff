import type { Disposable } from '../../common/dispose';
import { DisposableStore } from '../../common/dispose';
import { Emitter } from '../../common/emitter';
import type { Clock, Key, KeyId, Project, ProjectId } from '../../pool/pool';
import { RecentlyRemoved } from './recentlyRemoved';
import type { AddResult, KeyPatch, NewKey, ProjectPatch } from './changes';
import { KeyEdits } from './keyEdits';
import { isKeyId, isProjectId } from './ids';
import { KeySync } from './keySync';
import type { Keys } from './keyIndex';
import { KeyIndex } from './keyIndex';
import type { Secret } from './secret';
import type { SecretStore } from './secretStore';
import { KeyringError } from './secretStore';
import type { Kind } from './secretVault';
import { SecretVault } from './secretVault';

/** The room's face. */
export type { AddResult, KeyPatch, NewKey, ProjectPatch } from './changes';
export type { Keys } from './keyIndex';
export type { KeyringReason, SecretStore } from './secretStore';
export { KeyringError } from './secretStore';
export { undoMs } from './recentlyRemoved';

/** Keys that a keyring takes. */
const mostKeys = 1_000;

export interface KeyringOptions {
	readonly clock: Pick<Clock, 'wall' | 'after'>;
	/** A new id each time: letters, digits, `_` and `-`, 1 to 64 of them. */
	readonly mint: () => string;
	/** The label of a key that got none, for instance `Key 1`. */
	readonly numbered: (n: number) => string;
	/** Hears each secret that is read or stored, for the masker. */
	readonly learn: (secret: string) => void;
	/** Hears what went wrong where nobody waits for an answer: following another window, a listener. */
	readonly report: (error: unknown) => void;
}

/**
 * The keys in a secret store. Calls that change something run one after the other; several keyrings over one store,
 * as every window has one, follow each other. Every method rejects with `KeyringError`.
 */
export class Keyring implements Disposable {
	private readonly vault: SecretVault;
	private readonly roster = new KeyIndex();
	private readonly bin: RecentlyRemoved;
	private readonly binned: Emitter<undefined>;
	private readonly mirror: KeySync;
	private readonly owned = new DisposableStore();
	private readonly changed: Emitter<Keys>;
	private readonly secretChanged: Emitter<KeyId>;
	/** What changed in the store and has not been read again, by name. */
	private readonly stale = new Map<string, { readonly kind: Kind; readonly id: string }>();
	private readonly edits: KeyEdits;
	private tail: Promise<unknown> = Promise.resolve();
	private disposed = false;

	constructor(
		store: SecretStore,
		private readonly options: KeyringOptions,
	) {
		this.vault = new SecretVault(store);
		this.binned = this.owned.add(new Emitter<undefined>(options.report));
		this.bin = this.owned.add(
			new RecentlyRemoved(
				options.clock,
				(id) => this.inBackground(() => this.edits.erase(id)),
				() => this.binned.fire(undefined),
			),
		);
		this.mirror = new KeySync(this.vault, this.roster, this.bin, options);
		this.edits = new KeyEdits(this.vault, this.roster, this.bin, this.mirror, { ...options, mostKeys });
		this.changed = this.owned.add(new Emitter<Keys>(options.report));
		this.secretChanged = this.owned.add(new Emitter<KeyId>(options.report));
		this.owned.add(this.vault.onDidChange((kind, id) => this.follow(kind, id)));
	}

	/** Keys or projects changed, here or in another window. */
	onDidChange(listener: (keys: Keys) => void): Disposable {
		return this.changed.event(listener);
	}

	/** What `removed` returns changed. */
	onDidChangeRemoved(listener: () => void): Disposable {
		return this.binned.event(listener);
	}

	/** A secret was stored, replaced or removed: whoever holds something made of it lets go. */
	onDidChangeSecret(listener: (id: KeyId) => void): Disposable {
		return this.secretChanged.event(listener);
	}

	/** Reads the store. Damaged metadata is set aside and rebuilt; its key stays usable. */
	load(): Promise<Keys> {
		return this.serial(async () => {
			const ids = (await this.vault.ids()).slice(0, mostKeys);
			for (const gone of [...this.roster.ids(), ...this.bin.ids()].filter((id) => !ids.includes(id))) {
				this.roster.drop(gone);
				this.bin.take(gone);
			}
			for (const id of ids) {
				await this.mirror.read(id);
			}
			this.publish();
			return this.list();
		});
	}

	/** What is known now, without reading the store; the same object until something changes. */
	list(): Keys {
		return this.roster.list();
	}

	/** Fresh from the store, kept nowhere. Undefined where there is no such key any more. */
	async secretOf(id: KeyId): Promise<string | undefined> {
		if (this.disposed) {
			throw new KeyringError('disposed');
		}
		const secret = await this.vault.secret(id);
		if (secret !== undefined) {
			this.options.learn(secret);
		}
		return secret;
	}

	/** Stores keys at the end of the order, each secret once. A `KeyringError` says what was stored before it. */
	add(keys: readonly NewKey[]): Promise<AddResult> {
		return this.act((edits) => edits.add(keys));
	}

	/**
	 * Puts another secret in the place of a key's: its label, project, role, rank and weight stay. Where the secret is
	 * there already, nothing changes, and the key that holds it is handed back.
	 */
	replace(id: KeyId, secret: Secret): Promise<Key> {
		return this.act((edits) => edits.replace(id, secret));
	}

	/** Changes what is known of a key. Reads it first, so that an edit in another window is not undone. */
	update(id: KeyId, patch: KeyPatch): Promise<Key> {
		return this.act((edits) => edits.update(id, patch));
	}

	updateProject(id: ProjectId, patch: ProjectPatch): Promise<Project> {
		return this.act((edits) => edits.updateProject(id, patch));
	}

	/**
	 * Brings keys into an order, each into a place that one of them has; any others stay where they are.
	 *
	 * @param seen what people shall see. @param stored answers the order to store for that: another one while it rotates.
	 */
	arrange(seen: readonly KeyId[], stored: (seen: readonly Key[]) => readonly Key[] = (keys) => keys): Promise<void> {
		return this.act((edits) => edits.arrange(seen, stored));
	}

	/** Takes a key away in every window. Its secret is erased after `undoMs`, at the latest at the next start. */
	remove(id: KeyId): Promise<void> {
		return this.act((edits) => edits.remove(id));
	}

	/** Brings a removed key back, where its secret is not erased yet. One that was added again meanwhile is that key. */
	restore(id: KeyId): Promise<Key> {
		return this.act((edits) => edits.restore(id));
	}

	/** Erases all keys with everything known of them, those that could be brought back too. There is no way back. */
	async eraseAll(): Promise<void> {
		await this.act((edits) => edits.eraseAll());
		await this.load();
	}

	/** Keys that were removed and can be brought back, the newest last. */
	removed(): readonly KeyId[] {
		return this.bin.ids();
	}

	dispose(): void {
		this.disposed = true;
		this.owned.dispose();
	}

	/** Reads again what changed, all of a burst in one go. */
	private follow(kind: Kind, id: string): void {
		this.stale.set(`${kind}.${id}`, { kind, id });
		if (this.stale.size === 1) {
			this.inBackground(() => this.catchUp());
		}
	}

	/** In its turn; what goes wrong is reported, as nobody waits for it. */
	private inBackground(task: () => Promise<void>): void {
		this.serial(task).catch((error: unknown) => {
			if (!this.disposed) {
				this.options.report(error);
			}
		});
	}

	private async catchUp(): Promise<void> {
		const changes = [...this.stale.values()];
		this.stale.clear();
		const keyIds = new Set(changes.filter(({ kind }) => kind !== 'project').map(({ id }) => id));
		for (const id of [...keyIds].filter(isKeyId)) {
			if (this.roster.get(id) !== undefined || this.roster.ids().length < mostKeys) {
				await this.mirror.read(id);
			}
		}
		for (const { kind, id } of changes) {
			if (kind === 'project' && isProjectId(id) && this.roster.inUse(id)) {
				await this.mirror.readProject(id);
			} else if (kind === 'key' && isKeyId(id)) {
				this.secretChanged.fire(id);
			}
		}
		this.publish();
	}

	/** Runs one change in its turn, and tells what it has changed, also where it failed half-way. */
	private act<T>(run: (edits: KeyEdits) => Promise<T>): Promise<T> {
		return this.serial(async () => {
			try {
				return await run(this.edits);
			} finally {
				this.publish();
			}
		});
	}

	private publish(): void {
		if (this.roster.settle() && !this.disposed) {
			this.changed.fire(this.list());
		}
	}

	private serial<T>(task: () => Promise<T>): Promise<T> {
		const run = this.tail.then(() => {
			if (this.disposed) {
				throw new KeyringError('disposed');
			}
			return task();
		});
		this.tail = run.catch(() => undefined);
		return run;
	}
}

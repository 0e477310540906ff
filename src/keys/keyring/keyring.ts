import { DisposableStore, type Disposable } from '../../common/dispose';
import { Emitter } from '../../common/emitter';
import { maskKey } from '../../masking/masking';
import {
	createMutex,
	type Clock,
	type Dispose,
	type Key,
	type KeyId,
	type Project,
	type ProjectId,
	type windowMutex,
} from '../../pool/pool';
import { KeyRepository, maxKeys, type Keys } from './keyRepository';
import { nextLabel, uniqueLabel } from './labels';
import type { Secret } from './secret';
import { KeyringError, type SecretStore } from './secretStore';
import {
	isKeyId,
	isLabel,
	isProjectId,
	isWholeProject,
	SecretVault,
	type ProjectRecord,
	type RecordKind,
} from './secretVault';

/** The room's face. */
export { eraseMs, undoMs, type Keys } from './keyRepository';
export { KeyringError, refusable, type KeyringReason, type SecretStore } from './secretStore';

/** ms. Delay before changes are read again that the store refused to hand out. */
const retryMs = 10_000;

export interface NewKey {
	readonly secret: Secret;
	/** Made unique; absent or blank: a numbered one. */
	readonly label?: string | undefined;
	/** A project of another key; absent: one of its own. */
	readonly project?: ProjectId | undefined;
}

export interface AddResult {
	readonly added: readonly Key[];
	/** Secrets that the keyring had, or that came twice, with the key that holds them. */
	readonly duplicates: readonly { readonly secret: Secret; readonly of: Key }[];
}

/** Absent fields stay as they are. `own`: out of a shared project into one of its own. */
export interface KeyPatch {
	readonly label?: string;
	readonly project?: ProjectId | 'own';
	/** What is stored of the project of its own, where it gets one: before the key is in it. */
	readonly own?: ProjectRecord;
	readonly role?: Key['role'];
	readonly weight?: number;
	readonly enabled?: boolean;
}

/** Absent fields stay as they are; undefined clears a field. */
export type ProjectPatch = {
	readonly [Field in keyof ProjectRecord]?: ProjectRecord[Field] | undefined;
};

/** A patch, or what makes one of the project as it stands when it is written: another window can have changed it meanwhile. */
export type ProjectChange = ProjectPatch | ((project: Project) => ProjectPatch);

export interface KeyringOptions {
	readonly clock: Pick<Clock, 'wall' | 'after'>;
	/** A new id each time: letters, digits, `_` and `-`, 1 to 64 of them. */
	readonly newId: () => string;
	/** The label of a key that got none, for instance `Key 1`. */
	readonly numberedLabel: (n: number) => string;
	/** Receives each secret that is read or stored, for the masker. */
	readonly learn: (secret: string) => void;
	/** Receives errors that no caller awaits: while following another window, or in a listener. */
	readonly report: (error: unknown) => void;
	/** Runs each change while no other window runs one; absent where no other window has the same store. */
	readonly inTurn?: ReturnType<typeof windowMutex>;
}

/**
 * The keys in a secret store. Changes run one after the other. Every window has a keyring over the same store, and they
 * follow each other. Every method rejects with `KeyringError`.
 */
export class Keyring implements Disposable {
	private readonly vault: SecretVault;
	private readonly repository: KeyRepository;
	private readonly owned = new DisposableStore();
	private readonly changed: Emitter<Keys>;
	private readonly removedChanged: Emitter<undefined>;
	/** Records that changed in the store and are not read again yet, by name. */
	private readonly stale = new Map<string, { readonly kind: RecordKind; readonly id: string }>();
	private isLoaded = false;
	private isRefreshQueued = false;
	private cancelRetry: Dispose | undefined;
	private readonly mutex = createMutex();
	private disposed = false;

	constructor(
		store: SecretStore,
		private readonly options: KeyringOptions,
	) {
		this.changed = this.owned.add(new Emitter<Keys>(options.report));
		this.removedChanged = this.owned.add(new Emitter<undefined>(options.report));
		this.vault = new SecretVault(store);
		this.repository = this.owned.add(
			new KeyRepository(this.vault, {
				...options,
				onUndoExpired: (id) => this.inBackground(() => this.repository.erase(id)),
				onDidChangeRemoved: () => this.removedChanged.fire(undefined),
			}),
		);
		this.owned.add(this.vault.onDidChange((kind, id) => this.markStale(kind, id)));
	}

	/** Keys or projects changed, here or in another window. */
	onDidChange(listener: (keys: Keys) => void): Disposable {
		return this.changed.event(listener);
	}

	/** What `removed` returns changed. */
	onDidChangeRemoved(listener: () => void): Disposable {
		return this.removedChanged.event(listener);
	}

	/** Reads the store. Damaged metadata is set aside and rebuilt; its key stays usable. */
	load(): Promise<Keys> {
		return this.serial(async () => {
			await this.loadRecords();
			this.publish();
			return this.list();
		});
	}

	/** What is known now, without reading the store; the same object until something changes. */
	list(): Keys {
		return this.repository.list();
	}

	/** Read from the store each time, and kept nowhere. Undefined if there is no such key any more. */
	async secretOf(id: KeyId): Promise<string | undefined> {
		if (this.disposed) throw new KeyringError('disposed');
		const secret = await this.vault.secret(id);
		if (secret !== undefined) this.options.learn(secret);
		return secret;
	}

	/** Stores keys at the end of the list, each secret once. A `KeyringError` says what was stored before it. */
	add(keys: readonly NewKey[]): Promise<AddResult> {
		return this.change(async () => {
			// If the store refused before, a new key must still get a free label, and its place behind the others.
			if (!this.isLoaded) await this.loadRecords();
			const holders = await this.repository.holders();
			const secrets = new Set([...holders.keys(), ...keys.map((key) => key.secret.reveal())]);
			if (secrets.size > Math.max(maxKeys, holders.size)) throw new KeyringError('full');
			const added: Key[] = [];
			const duplicates: AddResult['duplicates'][number][] = [];
			try {
				for (const key of keys) {
					const holder = holders.get(key.secret.reveal());
					const of = holder && (this.repository.get(holder) ?? (await this.repository.read(holder)));
					if (of) {
						duplicates.push({ secret: key.secret, of });
					} else {
						const created = await this.create(key);
						holders.set(key.secret.reveal(), created.id);
						added.push(created);
					}
				}
			} catch (error) {
				throw error instanceof KeyringError ? new KeyringError(error.reason, added, { cause: error.cause }) : error;
			}
			return { added, duplicates };
		});
	}

	/**
	 * Replaces a key's secret: its label, project, role, sort order and weight stay. If another key holds the secret
	 * already, nothing changes, and that key is returned.
	 */
	replace(id: KeyId, secret: Secret): Promise<Key> {
		return this.change(async () => {
			const key = await this.existing(id);
			const holder = (await this.repository.holders()).get(secret.reveal());
			if (holder !== undefined) return this.existing(holder);
			// Google named it for the secret that goes: the next one may be of another project, as where that one was suspended.
			if (!this.isShared(key)) await this.changeProject(key.project, { number: undefined });
			return this.repository.replaceSecret(key, secret.reveal());
		});
	}

	/** Changes what is known of a key. Reads it first, so that an edit in another window is not undone. */
	update(id: KeyId, { own, ...patch }: KeyPatch): Promise<Key> {
		return this.change(async () => {
			const key = await this.existing(id);
			const label = patch.label?.trim() ?? key.label;
			if (!isLabel(label)) throw new KeyringError('badLabel');
			if (label !== key.label && this.repository.labels(id).has(label)) throw new KeyringError('labelTaken');
			const next = {
				...key,
				...patch,
				label,
				project: this.projectFor(key, patch.project),
			};
			try {
				if (own && next.project !== key.project) {
					await this.vault.storeProject(next.project, own);
					await this.repository.readProject(next.project);
				}
				await this.repository.write(next);
			} finally {
				for (const project of [key.project, next.project]) await this.repository.forgetProject(project);
			}
			return next;
		});
	}

	updateProject(id: ProjectId, change: ProjectChange): Promise<Project> {
		return this.change(async () => {
			if (!this.repository.inUse(id)) throw new KeyringError('noSuchProject');
			return this.changeProject(id, change);
		});
	}

	/**
	 * Puts keys into a sequence, in the places that they have between them; all other keys stay where they are.
	 *
	 * @param shown the sequence to show.
	 * @param stored returns the sequence to store for it, which differs while the order rotates.
	 */
	arrange(shown: readonly KeyId[], stored: (shown: readonly Key[]) => readonly Key[] = (keys) => keys): Promise<void> {
		return this.change(async () => {
			const keys = [...new Set(shown)].flatMap((id) => this.repository.get(id) ?? []);
			const moving = new Set(keys.map(({ id }) => id));
			const arranged = stored(keys).map(({ id }) => known(this.repository.get(id)));
			let next = 0;
			const sequence = this.repository.ordered().map((key) => (moving.has(key.id) ? (arranged[next++] ?? key) : key));
			await this.repository.reorder(sequence);
		});
	}

	/** Removes a key in every window. Its secret is erased after `eraseMs`, at the latest at the next start. */
	remove(id: KeyId): Promise<void> {
		return this.change(async () => this.repository.remove(await this.existing(id)));
	}

	/** Restores a removed key within `undoMs`. If the secret was added again meanwhile, returns that key. */
	restore(id: KeyId): Promise<Key> {
		return this.change(async () => known(await this.repository.restore(id)));
	}

	/** Erases all keys with everything known of them, removed ones too. It cannot be undone. */
	async eraseAll(): Promise<void> {
		await this.change(() => this.vault.deleteAll());
		await this.load();
	}

	/** Removed keys that can be restored, the newest last. */
	removed(): readonly KeyId[] {
		return this.repository.removedIds();
	}

	dispose(): void {
		this.disposed = true;
		this.cancelRetry?.();
		this.owned.dispose();
	}

	private async loadRecords(): Promise<void> {
		await this.repository.load();
		this.isLoaded = true;
	}

	private async create({ secret, label, project }: NewKey): Promise<Key> {
		const labels = this.repository.labels();
		const key: Key = {
			id: this.newId(isKeyId),
			project: project !== undefined && this.repository.inUse(project) ? project : this.newId(isProjectId),
			label: uniqueLabel(label ?? '', labels) ?? nextLabel(labels, this.options.numberedLabel),
			mask: maskKey(secret.reveal()),
			sortOrder: await this.repository.sortOrderAtEnd(),
			role: 'primary',
			weight: 1,
			enabled: true,
		};
		await this.repository.create(key, secret.reveal());
		return key;
	}

	private async existing(id: KeyId): Promise<Key> {
		return known(await this.repository.read(id));
	}

	private async changeProject(id: ProjectId, change: ProjectChange): Promise<Project> {
		const project = await this.repository.readProject(id);
		const fields = Object.entries({ ...project, ...(typeof change === 'function' ? change(project) : change) });
		const next: object = Object.fromEntries(fields.filter(([name, value]) => name !== 'id' && value !== undefined));
		if (!isWholeProject(next)) throw new KeyringError('badValue');
		await this.vault.storeProject(id, next);
		return this.repository.readProject(id);
	}

	private isShared(key: Key): boolean {
		return this.repository.ordered().some((other) => other.id !== key.id && other.project === key.project);
	}

	private projectFor(key: Key, wanted: KeyPatch['project']): ProjectId {
		if (wanted === undefined) return key.project;
		if (wanted === 'own') return this.isShared(key) ? this.newId(isProjectId) : key.project;
		if (!this.repository.inUse(wanted)) throw new KeyringError('noSuchProject');
		return wanted;
	}

	private newId<Id extends string>(isId: (text: string) => text is Id): Id {
		const id = this.options.newId();
		if (!isId(id)) throw new KeyringError('badValue');
		return id;
	}

	/** Reads again what changed, all changes of a burst at once. */
	private markStale(kind: RecordKind, id: string): void {
		this.stale.set(`${kind}.${id}`, { kind, id });
		this.refreshSoon();
	}

	private refreshSoon(): void {
		if (this.isRefreshQueued) return;
		this.isRefreshQueued = true;
		this.inBackground(() => this.refresh());
	}

	/** If the store refuses, it is tried again later: nothing else would tell this window of the changes. */
	private async refresh(): Promise<void> {
		this.isRefreshQueued = false;
		this.cancelRetry?.();
		const changes = [...this.stale.values()];
		this.stale.clear();
		try {
			await this.repository.refresh(changes);
		} catch (error) {
			for (const change of changes) this.stale.set(`${change.kind}.${change.id}`, change);
			this.cancelRetry = this.options.clock.after(retryMs, () => this.refreshSoon());
			throw error;
		}
		this.publish();
	}

	/** Queues a task that no caller awaits: its errors are reported. */
	private inBackground(task: () => Promise<void>): void {
		this.serial(task).catch((error: unknown) => {
			if (!this.disposed) this.options.report(error);
		});
	}

	/** Queues one change, which begins with what other windows wrote, and publishes it, even if it failed half-way. */
	private change<T>(run: () => Promise<T>): Promise<T> {
		const changing = async (): Promise<T> => {
			if (this.stale.size > 0) await this.refresh();
			try {
				return await run();
			} finally {
				this.publish();
			}
		};
		return this.serial(() => this.options.inTurn?.(changing) ?? changing());
	}

	private publish(): void {
		if (this.repository.publish() && !this.disposed) this.changed.fire(this.list());
	}

	private serial<T>(task: () => Promise<T>): Promise<T> {
		return this.mutex(() => {
			if (this.disposed) throw new KeyringError('disposed');
			return task();
		});
	}
}

function known(key: Key | undefined): Key {
	if (!key) throw new KeyringError('noSuchKey');
	return key;
}

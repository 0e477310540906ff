import type { Disposable } from '../dispose';
import { DisposableStore } from '../dispose';
import { Emitter } from '../emitter';
import { maskKey } from '../masking';
import type { Clock, Key, KeyId, Project, ProjectId } from '../pool/pool';
import { Bin } from './bin';
import type { AddResult, KeyPatch, NewKey, ProjectPatch } from './changes';
import { nextLabel, uniqueLabel } from './labels';
import { Mirror } from './mirror';
import { rankBetween } from './rank';
import { isKeyId, isLabel, isProjectId, isWholeProject } from './records';
import type { Keys } from './roster';
import { Roster } from './roster';
import type { Secret } from './secret';
import type { SecretStore } from './secretStore';
import { KeyringError } from './secretStore';
import type { Kind } from './vault';
import { Vault } from './vault';

/** The room's face. */
export type { AddResult, KeyPatch, NewKey, ProjectPatch } from './changes';
export type { Keys } from './roster';
export type { KeyringReason, SecretStore } from './secretStore';
export { KeyringError } from './secretStore';
export { Secret } from './secret';
export { undoMs } from './bin';

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
 * as every window has one, follow each other. Every method rejects with `KeyringError` only.
 */
export class Keyring implements Disposable {
	private readonly vault: Vault;
	private readonly roster = new Roster();
	private readonly bin: Bin;
	private readonly binned: Emitter<undefined>;
	private readonly mirror: Mirror;
	private readonly owned = new DisposableStore();
	private readonly changed: Emitter<Keys>;
	private readonly secretChanged: Emitter<KeyId>;
	/** What changed in the store and has not been read again, by name. */
	private readonly stale = new Map<string, { readonly kind: Kind; readonly id: string }>();
	private tail: Promise<unknown> = Promise.resolve();
	private disposed = false;

	constructor(
		store: SecretStore,
		private readonly options: KeyringOptions,
	) {
		this.vault = new Vault(store);
		this.binned = this.owned.add(new Emitter<undefined>(options.report));
		this.bin = this.owned.add(
			new Bin(
				options.clock,
				(id) => this.inBackground(() => this.erase(id)),
				() => this.binned.fire(undefined),
			),
		);
		this.mirror = new Mirror(this.vault, this.roster, this.bin, options);
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
		return this.serial(async () => {
			const holders = await this.mirror.holders();
			const secrets = new Set([...holders.keys(), ...keys.map((key) => key.secret.reveal())]);
			if (secrets.size > Math.max(mostKeys, holders.size)) {
				throw new KeyringError('full');
			}
			const added: Key[] = [];
			const duplicates: AddResult['duplicates'][number][] = [];
			try {
				for (const key of keys) {
					const holder = holders.get(key.secret.reveal());
					const of = holder === undefined ? undefined : (this.roster.get(holder) ?? (await this.mirror.read(holder)));
					if (of) {
						duplicates.push({ secret: key.secret, of });
					} else {
						const one = await this.addOne(key);
						holders.set(key.secret.reveal(), one.id);
						added.push(one);
					}
				}
			} catch (error) {
				throw error instanceof KeyringError ? new KeyringError(error.reason, added, { cause: error.cause }) : error;
			} finally {
				this.publish();
			}
			return { added, duplicates };
		});
	}

	/**
	 * Puts another secret in the place of a key's: its label, project, role, rank and weight stay. Where the secret is
	 * there already, nothing changes, and the key that holds it is handed back.
	 */
	replace(id: KeyId, secret: Secret): Promise<Key> {
		return this.serial(async () => {
			known(await this.mirror.read(id));
			const value = secret.reveal();
			const holder = (await this.mirror.holders()).get(value);
			if (holder !== undefined) return known(await this.mirror.read(holder));
			this.options.learn(value);
			await this.vault.storeSecret(id, value);
			const key = known(await this.mirror.read(id));
			this.publish();
			return key;
		});
	}

	/** Changes what is known of a key. Reads it first, so that an edit in another window is not undone. */
	update(id: KeyId, patch: KeyPatch): Promise<Key> {
		return this.serial(async () => {
			const key = known(await this.mirror.read(id));
			const label = patch.label?.trim() ?? key.label;
			if (!isLabel(label)) {
				throw new KeyringError('badLabel');
			}
			if (label !== key.label && this.roster.labels(id).has(label)) {
				throw new KeyringError('labelTaken');
			}
			const next = { ...key, ...patch, label, project: this.projectFor(key, patch.project) };
			await this.mirror.write(next);
			await this.mirror.forgetProject(key.project);
			this.publish();
			return next;
		});
	}

	updateProject(id: ProjectId, patch: ProjectPatch): Promise<Project> {
		return this.serial(async () => {
			if (!this.roster.inUse(id)) {
				throw new KeyringError('noSuchProject');
			}
			const fields = Object.entries({ ...(await this.mirror.readProject(id)), ...patch });
			const next: unknown = Object.fromEntries(fields.filter(([name, value]) => name !== 'id' && value !== undefined));
			if (!isWholeProject(next)) {
				throw new KeyringError('badValue');
			}
			await this.vault.storeProject(id, next);
			const project = await this.mirror.readProject(id);
			this.publish();
			return project;
		});
	}

	/** Puts a key before another one; without it, at the end. */
	move(id: KeyId, before?: KeyId): Promise<void> {
		return this.serial(async () => {
			const key = known(this.roster.get(id));
			const others = this.roster.ordered().filter((other) => other.id !== id);
			const place = before === undefined ? others.length : others.findIndex((other) => other.id === before);
			if (before === id) {
				return;
			}
			if (place === -1) {
				throw new KeyringError('noSuchKey');
			}
			const rank = rankBetween(others[place - 1]?.rank, others[place]?.rank);
			if (rank === undefined) {
				await this.mirror.rerank([...others.slice(0, place), key, ...others.slice(place)]);
			} else {
				await this.mirror.write({ ...key, rank });
			}
			this.publish();
		});
	}

	/** Takes a key away in every window. Its secret is erased after `undoMs`, at the latest at the next start. */
	remove(id: KeyId): Promise<void> {
		return this.serial(async () => {
			await this.mirror.discard(known(await this.mirror.read(id)), this.options.clock.wall());
			this.publish();
		});
	}

	/** Brings a removed key back, where its secret is not erased yet. One that was added again meanwhile is that key. */
	restore(id: KeyId): Promise<Key> {
		return this.serial(async () => {
			const holders = await this.mirror.holders();
			const secret = await this.vault.secret(id);
			const again = secret === undefined ? undefined : this.roster.get(holders.get(secret) ?? id);
			const key = known(again ?? (await this.mirror.recover(id)));
			this.publish();
			return key;
		});
	}

	/** Erases all keys with everything known of them, those that could be brought back too. There is no way back. */
	async eraseAll(): Promise<void> {
		await this.serial(() => this.vault.deleteAll());
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

	/** The secret first, then what was known of it. A key that is back by now stays. */
	private async erase(id: KeyId): Promise<void> {
		const meta = (await this.vault.meta(id))?.value;
		if (meta?.removedAt !== undefined) {
			await this.vault.delete('key', id);
			this.bin.take(id);
			await this.mirror.attempt(() => this.vault.delete('meta', id));
			if (meta.project !== undefined) {
				await this.mirror.forgetProject(meta.project);
			}
		}
	}

	/** The secret goes last: whoever sees a key finds its metadata complete. */
	private async addOne({ secret, label, project }: NewKey): Promise<Key> {
		const value = secret.reveal();
		const labels = this.roster.labels();
		const key: Key = {
			id: this.newKeyId(),
			project: project !== undefined && this.roster.inUse(project) ? project : this.newProjectId(),
			label: uniqueLabel(label ?? '', labels) ?? nextLabel(labels, this.options.numbered),
			mask: maskKey(value),
			rank: await this.mirror.rankAtEnd(),
			role: 'primary',
			weight: 1,
			enabled: true,
		};
		this.options.learn(value);
		await this.mirror.write(key);
		try {
			await this.vault.storeSecret(key.id, value);
		} catch (error) {
			this.roster.drop(key.id);
			await this.mirror.attempt(() => this.vault.delete('meta', key.id));
			throw error;
		}
		return key;
	}

	private projectFor(key: Key, wish: KeyPatch['project']): ProjectId {
		if (wish === undefined) {
			return key.project;
		}
		if (wish === 'own') {
			const shared = this.roster.ordered().some((other) => other.id !== key.id && other.project === key.project);
			return shared ? this.newProjectId() : key.project;
		}
		if (!this.roster.inUse(wish)) {
			throw new KeyringError('noSuchProject');
		}
		return wish;
	}

	private newKeyId(): KeyId {
		const id = this.options.mint();
		if (!isKeyId(id)) {
			throw new KeyringError('badValue');
		}
		return id;
	}

	private newProjectId(): ProjectId {
		const id = this.options.mint();
		if (!isProjectId(id)) {
			throw new KeyringError('badValue');
		}
		return id;
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

function known(key: Key | undefined): Key {
	if (!key) {
		throw new KeyringError('noSuchKey');
	}
	return key;
}

import type { Disposable } from '../../common/dispose';
import { maskKey } from '../../masking/masking';
import type { Clock, Key, KeyId, Dispose, Project, ProjectId } from '../../pool/pool';
import { nextLabel, uniqueLabel } from './labels';
import { KeyringError } from './secretStore';
import {
	isKeyId,
	isProjectId,
	isWholeMetadata,
	type KeyMetadata,
	type RecordKind,
	type SecretVault,
} from './secretVault';
import { evenSortOrders, keysToMove, lastSortOrder, sortOrderAfter } from './sortOrder';

/** Keys that a keyring takes. */
export const maxKeys = 1_000;

/** ms for which a removed key can be restored. */
export const undoMs = 10_000;

/** ms after its removal until its secret is erased: by then each window has heard whether another one has restored it. */
export const eraseMs = undoMs + 2_000;

/** ms. Delay before an erasure is tried again that the store refused. */
const eraseRetryMs = 60_000;

/** The keys in their sort order, and the projects that hold them. No secret is in here. */
export interface Keys {
	readonly keys: readonly Key[];
	readonly projects: readonly Project[];
}

export interface KeyRepositoryOptions {
	readonly clock: Pick<Clock, 'wall' | 'after'>;
	/** The label of a key that got none, for instance `Key 1`. */
	readonly numberedLabel: (n: number) => string;
	/** Receives each secret that is read or stored, for the masker. */
	readonly learn: (secret: string) => void;
	/** Receives errors of work that no caller awaits. */
	readonly report: (error: unknown) => void;
	/** A removed key can no longer be restored: its secret is to be erased. */
	readonly onUndoExpired: (id: KeyId) => void;
	readonly onDidChangeRemoved: () => void;
}

interface RemovedKey {
	readonly project: ProjectId;
	/** It is too late to restore it. */
	readonly isOver: boolean;
	readonly cancelErase: Dispose;
}

/**
 * Holds the keys of the secret store in memory and keeps both equal: reads records, repairs damaged ones, writes changes.
 * It does not queue: `Keyring` runs its calls one after the other.
 */
export class KeyRepository implements Disposable {
	private readonly keys = new Map<KeyId, Key>();
	private readonly projects = new Map<ProjectId, Project>();
	/** Removed keys whose secrets are not erased yet, the newest last. */
	private readonly removed = new Map<KeyId, RemovedKey>();
	private listed: Keys = { keys: [], projects: [] };

	constructor(
		private readonly vault: SecretVault,
		private readonly options: KeyRepositoryOptions,
	) {}

	/** The same object until `publish` finds a change. */
	list(): Keys {
		return this.listed;
	}

	get(id: KeyId): Key | undefined {
		return this.keys.get(id);
	}

	/** Those that can be restored. */
	removedIds(): readonly KeyId[] {
		return [...this.removed].flatMap(([id, { isOver }]) => (isOver ? [] : [id]));
	}

	ordered(): readonly Key[] {
		return [...this.keys.values()].sort((a, b) => compare(a.sortOrder, b.sortOrder) || compare(a.id, b.id));
	}

	labels(except?: KeyId): ReadonlySet<string> {
		return new Set([...this.keys.values()].filter((key) => key.id !== except).map((key) => key.label));
	}

	inUse(project: ProjectId): boolean {
		return [...this.keys.values()].some((key) => key.project === project);
	}

	/** Makes the current keys the list; returns whether that changed it. */
	publish(): boolean {
		for (const id of this.projects.keys()) {
			if (!this.inUse(id)) this.projects.delete(id);
		}
		const keys = this.ordered();
		const projectIds = new Set(keys.map((key) => key.project));
		const projects = [...projectIds].map((id) => this.projects.get(id) ?? { id, tier: 'free' as const });
		const next = { keys, projects };
		if (JSON.stringify(next) === JSON.stringify(this.listed)) return false;
		this.listed = next;
		return true;
	}

	/** Reads the whole store. */
	async load(): Promise<void> {
		const ids = (await this.vault.ids()).slice(0, maxKeys);
		for (const gone of [...this.keys.keys(), ...this.removed.keys()].filter((id) => !ids.includes(id))) {
			this.forget(gone);
		}
		for (const id of ids) await this.read(id);
	}

	/** Reads again the records that changed. */
	async refresh(changes: readonly { readonly kind: RecordKind; readonly id: string }[]): Promise<void> {
		const keyIds = new Set(changes.filter(({ kind }) => kind !== 'project').map(({ id }) => id));
		for (const id of [...keyIds].filter(isKeyId)) {
			if (this.keys.has(id) || this.keys.size < maxKeys) await this.read(id);
		}
		for (const { kind, id } of changes) {
			if (kind === 'project' && isProjectId(id) && this.inUse(id)) await this.readProject(id);
		}
	}

	/** Reads one key and repairs its metadata. Undefined if it has no secret, or was removed. */
	async read(id: KeyId): Promise<Key | undefined> {
		const secret = await this.vault.secret(id);
		if (secret === undefined) {
			this.forget(id);
			return undefined;
		}
		this.options.learn(secret);
		const metadata = await this.vault.metadata(id);
		if (metadata?.value.removedAt !== undefined) {
			this.keys.delete(id);
			this.addRemoved(id, metadata.value.project ?? ownProject(id), metadata.value.removedAt);
			return undefined;
		}
		this.dropRemoved(id);
		const key = this.completed(id, secret, metadata?.value);
		this.keys.set(id, key);
		await this.readProject(key.project);
		if (metadata?.state !== 'newer' && (metadata?.state !== 'whole' || !namesAll(metadata.value))) {
			await this.attempt(async () => {
				if (metadata?.state === 'damaged') await this.vault.setAside('meta', id);
				await this.vault.storeMetadata(id, metadataOf(key));
			});
		}
		return key;
	}

	async readProject(id: ProjectId): Promise<Project> {
		const record = await this.vault.project(id);
		if (record?.state === 'damaged') {
			await this.attempt(async () => {
				await this.vault.setAside('project', id);
				await this.vault.storeProject(id, record.value);
			});
		}
		const project = { id, ...(record?.value ?? { tier: 'free' as const }) };
		this.projects.set(id, project);
		return project;
	}

	/** Stores a new key. The secret goes last, so that a window that sees the key finds its metadata complete. */
	async create(key: Key, secret: string): Promise<void> {
		this.options.learn(secret);
		await this.write(key);
		try {
			await this.vault.storeSecret(key.id, secret);
		} catch (error) {
			this.keys.delete(key.id);
			await this.attempt(() => this.vault.delete('meta', key.id));
			throw error;
		}
	}

	/** Stores what is known of a key; refuses values that could not be read back. */
	async write(key: Key): Promise<void> {
		const metadata = metadataOf(key);
		if (!isWholeMetadata(metadata)) throw new KeyringError('badValue');
		await this.vault.storeMetadata(key.id, metadata);
		this.keys.set(key.id, key);
	}

	/** Reads nothing back: a store that refuses that would be taken for one that has kept the old secret. */
	async replaceSecret(key: Key, secret: string): Promise<Key> {
		this.options.learn(secret);
		await this.vault.storeSecret(key.id, secret);
		const replaced = { ...key, mask: maskKey(secret) };
		this.keys.set(key.id, replaced);
		return replaced;
	}

	/** Stores this sequence of all keys, with as few writes as possible. */
	async reorder(sequence: readonly Key[]): Promise<void> {
		const moved = keysToMove(sequence);
		if (!moved) await this.spread(sequence);
		else for (const key of moved) await this.write(key);
	}

	/** A sort order after all others, making room if the end is reached. */
	async sortOrderAtEnd(): Promise<string> {
		const sortOrder = sortOrderAfter(this.lastSortOrder());
		if (sortOrder !== undefined) return sortOrder;
		await this.spread(this.ordered());
		return sortOrderAfter(this.lastSortOrder()) ?? lastSortOrder;
	}

	/** Which key holds which secret, without removed keys. For comparing only: let go of it at once. */
	async holders(): Promise<Map<string, KeyId>> {
		const holders = new Map<string, KeyId>();
		for (const id of await this.vault.ids()) {
			const secret = this.removed.has(id) ? undefined : await this.vault.secret(id);
			if (secret !== undefined) holders.set(secret, id);
		}
		return holders;
	}

	/** Removes a key so that it can be restored for a while. */
	async remove(key: Key): Promise<void> {
		const removedAt = this.options.clock.wall();
		await this.vault.storeMetadata(key.id, { ...metadataOf(key), removedAt });
		this.keys.delete(key.id);
		this.addRemoved(key.id, key.project, removedAt);
	}

	/**
	 * Restores a removed key under a label that is free. If its secret was added again meanwhile, that key is returned.
	 * Undefined if it is erased, or was not removed.
	 */
	async restore(id: KeyId): Promise<Key | undefined> {
		const secret = await this.vault.secret(id);
		if (secret === undefined || this.removed.get(id)?.isOver) return undefined;
		const holder = this.keys.get((await this.holders()).get(secret) ?? id);
		if (holder) return holder;
		const { removedAt, ...metadata } = (await this.vault.metadata(id))?.value ?? {};
		if (removedAt === undefined) return undefined;
		const key = this.completed(id, secret, metadata);
		const label = uniqueLabel(key.label, this.labels(id)) ?? key.label;
		await this.write({ ...key, label });
		this.dropRemoved(id);
		await this.readProject(key.project);
		return this.keys.get(id);
	}

	/** Erases a removed key, the secret first, or later if the store refuses. A key that was restored meanwhile stays. */
	async erase(id: KeyId): Promise<void> {
		try {
			await this.eraseNow(id);
		} catch (error) {
			const removed = this.removed.get(id);
			const retry = (): void => this.options.onUndoExpired(id);
			if (removed) this.removed.set(id, { ...removed, cancelErase: this.options.clock.after(eraseRetryMs, retry) });
			throw error;
		}
	}

	private async eraseNow(id: KeyId): Promise<void> {
		const metadata = (await this.vault.metadata(id))?.value;
		if (metadata?.removedAt === undefined) return;
		await this.vault.delete('key', id);
		this.dropRemoved(id);
		await this.attempt(() => this.vault.delete('meta', id));
		if (metadata.project !== undefined) await this.forgetProject(metadata.project);
	}

	/** Deletes the record of a project that holds no key any more. */
	async forgetProject(id: ProjectId): Promise<void> {
		const holdsRemoved = [...this.removed.values()].some(({ project }) => project === id);
		if (!this.inUse(id) && !holdsRemoved) await this.attempt(() => this.vault.delete('project', id));
	}

	dispose(): void {
		for (const { cancelErase } of this.removed.values()) cancelErase();
		this.removed.clear();
	}

	private async spread(sequence: readonly Key[]): Promise<void> {
		const sortOrders = evenSortOrders(sequence.length);
		for (const [index, key] of sequence.entries()) {
			await this.write({
				...key,
				sortOrder: sortOrders[index] ?? key.sortOrder,
			});
		}
	}

	private lastSortOrder(): string | undefined {
		return this.ordered().at(-1)?.sortOrder;
	}

	/** A key of stored metadata. What is missing gets a default: a numbered label, the end of the list, its own project. */
	private completed(id: KeyId, secret: string, metadata: Partial<KeyMetadata> = {}): Key {
		const known = this.keys.get(id);
		return {
			id,
			project: metadata.project ?? ownProject(id),
			label: metadata.label ?? known?.label ?? nextLabel(this.labels(id), this.options.numberedLabel),
			mask: maskKey(secret),
			sortOrder: metadata.rank ?? known?.sortOrder ?? sortOrderAfter(this.lastSortOrder()) ?? lastSortOrder,
			role: metadata.role ?? 'primary',
			weight: metadata.weight ?? 1,
			enabled: metadata.enabled ?? true,
		};
	}

	private forget(id: KeyId): void {
		this.keys.delete(id);
		this.dropRemoved(id);
	}

	/** A `removedAt` in the future, after a clock was set back, counts as now. */
	private addRemoved(id: KeyId, project: ProjectId, removedAt: number): void {
		this.removed.get(id)?.cancelErase();
		this.removed.delete(id);
		const { clock, onUndoExpired, onDidChangeRemoved } = this.options;
		const remainingMs = Math.min(undoMs, Math.max(0, removedAt + undoMs - clock.wall()));
		const expire = (): void => {
			const cancelErase = clock.after(eraseMs - undoMs, () => onUndoExpired(id));
			this.removed.set(id, { project, isOver: true, cancelErase });
			onDidChangeRemoved();
		};
		if (remainingMs === 0) return expire();
		this.removed.set(id, { project, isOver: false, cancelErase: clock.after(remainingMs, expire) });
		onDidChangeRemoved();
	}

	private dropRemoved(id: KeyId): void {
		this.removed.get(id)?.cancelErase();
		if (this.removed.delete(id)) this.options.onDidChangeRemoved();
	}

	/** For tidying: if the store refuses, that is reported, and the keys stay usable. */
	private async attempt(tidy: () => Promise<void>): Promise<void> {
		try {
			await tidy();
		} catch (error) {
			this.options.report(error);
		}
	}
}

/** The project of a key whose metadata names none: every window finds the same one. */
function ownProject(id: KeyId): ProjectId {
	const text: string = id;
	if (!isProjectId(text)) throw new KeyringError('badValue');
	return text;
}

function metadataOf({ label, project, role, weight, sortOrder, enabled }: Key): KeyMetadata {
	return { label, project, role, weight, rank: sortOrder, enabled };
}

/** Whether nothing had to be made up for the key. */
function namesAll({ label, project, rank }: KeyMetadata): boolean {
	return label !== undefined && project !== undefined && rank !== undefined;
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

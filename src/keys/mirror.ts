import { maskKey } from '../masking';
import type { Key, KeyId, Project, ProjectId } from '../pool/pool';
import type { Bin } from './bin';
import { nextLabel, uniqueLabel } from './labels';
import { evenRanks, rankAfter } from './rank';
import type { Meta } from './records';
import { isProjectId, isWholeMeta } from './records';
import type { Roster } from './roster';
import { KeyringError } from './secretStore';
import type { Vault } from './vault';

export interface MirrorOptions {
	readonly numbered: (n: number) => string;
	readonly learn: (secret: string) => void;
	readonly report: (error: unknown) => void;
}

/** Keeps the roster equal to the vault: reads one key or project into it, writes one through it, puts damage right. */
export class Mirror {
	constructor(
		private readonly vault: Vault,
		private readonly roster: Roster,
		private readonly bin: Bin,
		private readonly options: MirrorOptions,
	) {}

	/** Reads a key and what is known of it. Undefined, and gone from the roster, where it has no secret or was removed. */
	async read(id: KeyId): Promise<Key | undefined> {
		const secret = await this.vault.secret(id);
		if (secret === undefined) {
			this.roster.drop(id);
			this.bin.take(id);
			return undefined;
		}
		this.options.learn(secret);
		const meta = await this.vault.meta(id);
		if (meta?.value.removedAt !== undefined) {
			this.roster.drop(id);
			this.bin.put(id, meta.value.project ?? ownProject(id), meta.value.removedAt);
			return undefined;
		}
		this.bin.take(id);
		const key = this.completed(id, secret, meta?.value);
		this.roster.put(key);
		await this.readProject(key.project);
		if (meta?.was !== 'newer' && (meta?.was !== 'whole' || isIncomplete(meta.value))) {
			await this.attempt(async () => {
				if (meta?.was === 'damaged') {
					await this.vault.setAside('meta', id);
				}
				await this.vault.storeMeta(id, metaOf(key));
			});
		}
		return key;
	}

	async readProject(id: ProjectId): Promise<Project> {
		const record = await this.vault.project(id);
		if (record?.was === 'damaged') {
			await this.attempt(async () => {
				await this.vault.setAside('project', id);
				await this.vault.storeProject(id, record.value);
			});
		}
		const project = { id, ...(record?.value ?? { tier: 'free' as const }) };
		this.roster.putProject(project);
		return project;
	}

	/** Writes what is known of a key; refuses values that could not be read back. */
	async write(key: Key): Promise<void> {
		const meta = metaOf(key);
		if (!isWholeMeta(meta)) {
			throw new KeyringError('badValue');
		}
		await this.vault.storeMeta(key.id, meta);
		this.roster.put(key);
	}

	/** Gives keys new ranks in the order given. */
	async rerank(keys: readonly Key[]): Promise<void> {
		const ranks = evenRanks(keys.length);
		for (const [index, key] of keys.entries()) {
			await this.write({ ...key, rank: ranks[index] ?? key.rank });
		}
	}

	/** A rank after all others, making room where the end is reached. */
	async rankAtEnd(): Promise<string> {
		const rank = rankAfter(this.roster.lastRank());
		if (rank !== undefined) {
			return rank;
		}
		await this.rerank(this.roster.ordered());
		return rankAfter(this.roster.lastRank()) ?? lastRank;
	}

	/** Which key that was not removed holds which secret. For comparing, and to be let go of at once. */
	async holders(): Promise<Map<string, KeyId>> {
		const holders = new Map<string, KeyId>();
		const removed = this.bin.ids();
		for (const id of (await this.vault.ids()).filter((one) => !removed.includes(one))) {
			const secret = await this.vault.secret(id);
			if (secret !== undefined) {
				holders.set(secret, id);
			}
		}
		return holders;
	}

	/** Takes a key away so that it can be brought back until its secret is erased. */
	async discard(key: Key, removedAt: number): Promise<void> {
		await this.vault.storeMeta(key.id, { ...metaOf(key), removedAt });
		this.roster.drop(key.id);
		this.bin.put(key.id, key.project, removedAt);
	}

	/** Brings a removed key back under a label that is free; undefined where it is gone, or was not removed. */
	async recover(id: KeyId): Promise<Key | undefined> {
		const secret = await this.vault.secret(id);
		const { removedAt, ...meta } = (await this.vault.meta(id))?.value ?? {};
		if (secret === undefined || removedAt === undefined) {
			return undefined;
		}
		const key = this.completed(id, secret, meta);
		const label = uniqueLabel(key.label, this.roster.labels(id)) ?? key.label;
		await this.write({ ...key, label });
		this.bin.take(id);
		await this.readProject(key.project);
		return this.roster.get(id);
	}

	/** Deletes what is stored of a project that holds no key any more. */
	async forgetProject(id: ProjectId): Promise<void> {
		if (!this.roster.inUse(id) && !this.bin.holds(id)) {
			await this.attempt(() => this.vault.delete('project', id));
		}
	}

	/** For tidying: a store that refuses is reported, and the keys stay usable. */
	async attempt(act: () => Promise<void>): Promise<void> {
		try {
			await act();
		} catch (error) {
			this.options.report(error);
		}
	}

	/** What is missing gets its default: a numbered label, a place at the end, a project of its own. */
	private completed(id: KeyId, secret: string, meta: Partial<Meta> = {}): Key {
		const held = this.roster.get(id);
		return {
			id,
			project: meta.project ?? ownProject(id),
			label: meta.label ?? held?.label ?? nextLabel(this.roster.labels(id), this.options.numbered),
			mask: maskKey(secret),
			rank: meta.rank ?? held?.rank ?? rankAfter(this.roster.lastRank()) ?? lastRank,
			role: meta.role ?? 'primary',
			weight: meta.weight ?? 1,
			enabled: meta.enabled ?? true,
		};
	}
}

/** Where no other fits; equal ranks are told apart by id, and spread when a key is moved. */
const lastRank = 'zzz';

function isIncomplete(meta: Meta): boolean {
	return meta.label === undefined || meta.rank === undefined || meta.project === undefined;
}

/** Damaged metadata leads every window to the same project. */
function ownProject(id: KeyId): ProjectId {
	const text: string = id;
	if (!isProjectId(text)) {
		throw new KeyringError('badValue');
	}
	return text;
}

function metaOf({ label, project, role, weight, rank, enabled }: Key): Meta {
	return { label, project, role, weight, rank, enabled };
}

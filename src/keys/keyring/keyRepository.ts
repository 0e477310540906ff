import type { Key, KeyId, ProjectId } from '../../pool/pool';
import type { RecentlyRemoved } from './recentlyRemoved';
import { uniqueLabel } from './labels';
import { metaOf, type KeySync } from './keySync';
import { evenRanks, lastRank, rankAfter } from './rank';
import { isWholeMeta } from './records';
import type { KeyIndex } from './keyIndex';
import { KeyringError } from './secretStore';
import type { SecretVault } from './secretVault';

/** Writes one key through the roster into the vault, takes one away, brings one back. */
export class KeyRepository {
	constructor(
		private readonly vault: SecretVault,
		private readonly roster: KeyIndex,
		private readonly bin: RecentlyRemoved,
		private readonly mirror: KeySync,
	) {}

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
		const key = this.mirror.completed(id, secret, meta);
		const label = uniqueLabel(key.label, this.roster.labels(id)) ?? key.label;
		await this.write({ ...key, label });
		this.bin.take(id);
		await this.mirror.readProject(key.project);
		return this.roster.get(id);
	}

	/** The secret first, then what was known of it. A key that is back by now stays. */
	async erase(id: KeyId): Promise<void> {
		const meta = (await this.vault.meta(id))?.value;
		if (meta?.removedAt !== undefined) {
			await this.vault.delete('key', id);
			this.bin.take(id);
			await this.mirror.attempt(() => this.vault.delete('meta', id));
			if (meta.project !== undefined) {
				await this.forgetProject(meta.project);
			}
		}
	}

	/** Deletes what is stored of a project that holds no key any more. */
	async forgetProject(id: ProjectId): Promise<void> {
		if (!this.roster.inUse(id) && !this.bin.holds(id)) {
			await this.mirror.attempt(() => this.vault.delete('project', id));
		}
	}
}

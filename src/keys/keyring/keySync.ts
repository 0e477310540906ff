import { maskKey } from '../../masking/masking';
import type { Key, KeyId, Project, ProjectId } from '../../pool/pool';
import type { RecentlyRemoved } from './recentlyRemoved';
import { ownProject } from './ids';
import { complete, type KeyMetadata } from './records';
import type { KeyIndex } from './keyIndex';
import type { SecretVault } from './secretVault';

export interface MirrorOptions {
	readonly numbered: (n: number) => string;
	readonly learn: (secret: string) => void;
	readonly report: (error: unknown) => void;
}

/** Keeps the roster equal to the vault: reads one key or project into it, and puts damage right. */
export class KeySync {
	constructor(
		private readonly vault: SecretVault,
		private readonly roster: KeyIndex,
		private readonly bin: RecentlyRemoved,
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
		const whole = meta && wholeKey(id, secret, meta.value);
		const key = whole ?? this.completed(id, secret, meta?.value);
		this.roster.put(key);
		await this.readProject(key.project);
		if (meta?.was !== 'newer' && (meta?.was !== 'whole' || !whole)) {
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

	/** The key; what is not known of it gets its default. */
	completed(id: KeyId, secret: string, meta: Partial<KeyMetadata> = {}): Key {
		return complete(id, maskKey(secret), meta, this.roster, this.options.numbered);
	}

	/** For tidying: a store that refuses is reported, and the keys stay usable. */
	async attempt(act: () => Promise<void>): Promise<void> {
		try {
			await act();
		} catch (error) {
			this.options.report(error);
		}
	}
}

/** What is stored of a key beside its secret. */
export function metaOf({ label, project, role, weight, rank, enabled }: Key): KeyMetadata {
	return { label, project, role, weight, rank, enabled };
}

/** Undefined where the metadata lacks what a key must have. */
function wholeKey(id: KeyId, secret: string, meta: KeyMetadata): Key | undefined {
	const { label, project, role, weight, rank, enabled } = meta;
	if (label === undefined || project === undefined || rank === undefined) return undefined;
	return { id, project, label, mask: maskKey(secret), rank, role, weight, enabled };
}

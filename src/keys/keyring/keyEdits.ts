import { maskKey } from '../../masking/masking';
import type { Clock, Key, KeyId, Project, ProjectId } from '../../pool/pool';
import type { RecentlyRemoved } from './recentlyRemoved';
import type { AddResult, KeyPatch, NewKey, ProjectPatch } from './changes';
import { isKeyId, isProjectId } from './ids';
import { nextLabel, uniqueLabel } from './labels';
import type { KeySync, MirrorOptions } from './keySync';
import { reranked } from './reranked';
import { isLabel, isWholeProject } from './records';
import type { KeyIndex } from './keyIndex';
import { KeyRepository } from './keyRepository';
import type { Secret } from './secret';
import { KeyringError } from './secretStore';
import type { SecretVault } from './secretVault';

export interface EditsOptions extends MirrorOptions {
	readonly clock: Pick<Clock, 'wall'>;
	/** A new id each time. */
	readonly mint: () => string;
	/** Keys that a keyring takes. */
	readonly mostKeys: number;
}

/** The changes that `Keyring` offers, as it says there. It runs one after the other, and tells of them. */
export class KeyEdits {
	private readonly scribe: KeyRepository;

	constructor(
		private readonly vault: SecretVault,
		private readonly roster: KeyIndex,
		bin: RecentlyRemoved,
		private readonly mirror: KeySync,
		private readonly options: EditsOptions,
	) {
		this.scribe = new KeyRepository(vault, roster, bin, mirror);
	}

	async add(keys: readonly NewKey[]): Promise<AddResult> {
		const holders = await this.scribe.holders();
		const secrets = new Set([...holders.keys(), ...keys.map((key) => key.secret.reveal())]);
		if (secrets.size > Math.max(this.options.mostKeys, holders.size)) {
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
		}
		return { added, duplicates };
	}

	async replace(id: KeyId, secret: Secret): Promise<Key> {
		known(await this.mirror.read(id));
		const value = secret.reveal();
		const holder = (await this.scribe.holders()).get(value);
		if (holder !== undefined) return known(await this.mirror.read(holder));
		this.options.learn(value);
		await this.vault.storeSecret(id, value);
		return known(await this.mirror.read(id));
	}

	async update(id: KeyId, patch: KeyPatch): Promise<Key> {
		const key = known(await this.mirror.read(id));
		const label = patch.label?.trim() ?? key.label;
		if (!isLabel(label)) {
			throw new KeyringError('badLabel');
		}
		if (label !== key.label && this.roster.labels(id).has(label)) {
			throw new KeyringError('labelTaken');
		}
		const next = { ...key, ...patch, label, project: this.projectFor(key, patch.project) };
		await this.scribe.write(next);
		await this.scribe.forgetProject(key.project);
		return next;
	}

	async updateProject(id: ProjectId, patch: ProjectPatch): Promise<Project> {
		if (!this.roster.inUse(id)) {
			throw new KeyringError('noSuchProject');
		}
		const fields = Object.entries({ ...(await this.mirror.readProject(id)), ...patch });
		const next: unknown = Object.fromEntries(fields.filter(([name, value]) => name !== 'id' && value !== undefined));
		if (!isWholeProject(next)) {
			throw new KeyringError('badValue');
		}
		await this.vault.storeProject(id, next);
		return this.mirror.readProject(id);
	}

	async arrange(seen: readonly KeyId[], stored: (seen: readonly Key[]) => readonly Key[]): Promise<void> {
		const keys = [...new Set(seen)].flatMap((id) => this.roster.get(id) ?? []);
		const arranged = stored(keys).map(({ id }) => known(this.roster.get(id)));
		const moving = new Set(keys.map(({ id }) => id));
		let next = 0;
		const order = this.roster.ordered().map((key) => (moving.has(key.id) ? (arranged[next++] ?? key) : key));
		const moved = reranked(order);
		if (moved) for (const key of moved) await this.scribe.write(key);
		else await this.scribe.rerank(order);
	}

	async remove(id: KeyId): Promise<void> {
		await this.scribe.discard(known(await this.mirror.read(id)), this.options.clock.wall());
	}

	async restore(id: KeyId): Promise<Key> {
		const holders = await this.scribe.holders();
		const secret = await this.vault.secret(id);
		const again = secret === undefined ? undefined : this.roster.get(holders.get(secret) ?? id);
		return known(again ?? (await this.scribe.recover(id)));
	}

	/** Deletes everything of the keyring's, what was set aside too. The secrets go first. */
	async eraseAll(): Promise<void> {
		const ours = (await this.vault.names()).filter((name) => /^(?:key|meta|project|damaged)\./.test(name)).sort();
		for (const name of [...ours.filter((one) => one.startsWith('key.')), ...ours]) {
			await this.vault.deleteNamed(name);
		}
	}

	/** Erases what was removed, unless it is back by now. */
	erase(id: KeyId): Promise<void> {
		return this.scribe.erase(id);
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
			rank: await this.scribe.rankAtEnd(),
			role: 'primary',
			weight: 1,
			enabled: true,
		};
		this.options.learn(value);
		await this.scribe.write(key);
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
}

function known(key: Key | undefined): Key {
	if (!key) {
		throw new KeyringError('noSuchKey');
	}
	return key;
}

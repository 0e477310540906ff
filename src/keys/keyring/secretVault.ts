import type { Disposable } from '../../common/dispose';
import type { KeyId, ProjectId } from '../../pool/pool';
import { isKeyId } from './ids';
import { readMeta, readProject, serialize, type KeyMetadata, type ProjectRecord, type Read } from './records';
import type { SecretStore } from './secretStore';
import { KeyringError } from './secretStore';

/** What is stored under one name: a secret alone, what is known of a key, or of a project. */
export type Kind = 'key' | 'meta' | 'project';

/** The names and texts of the keyring in the secret store. Rejects with `KeyringError` of reason `storeRefused` only. */
export class SecretVault {
	constructor(private readonly store: SecretStore) {}

	/** All stored keys, sorted by id, so that every window puts damage right in the same way. */
	async ids(): Promise<readonly KeyId[]> {
		return (await this.names())
			.filter((name) => name.startsWith('key.'))
			.map((name) => name.slice('key.'.length))
			.filter(isKeyId)
			.sort();
	}

	secret(id: KeyId): Promise<string | undefined> {
		return this.call(() => this.store.get(`key.${id}`));
	}

	storeSecret(id: KeyId, secret: string): Promise<void> {
		return this.call(() => this.store.store(`key.${id}`, secret));
	}

	async meta(id: KeyId): Promise<Read<KeyMetadata> | undefined> {
		const text = await this.call(() => this.store.get(`meta.${id}`));
		return text === undefined ? undefined : readMeta(text);
	}

	async storeMeta(id: KeyId, meta: KeyMetadata): Promise<void> {
		await this.call(() => this.store.store(`meta.${id}`, serialize(meta)));
	}

	async project(id: ProjectId): Promise<Read<ProjectRecord> | undefined> {
		const text = await this.call(() => this.store.get(`project.${id}`));
		return text === undefined ? undefined : readProject(text);
	}

	async storeProject(id: ProjectId, project: ProjectRecord): Promise<void> {
		await this.call(() => this.store.store(`project.${id}`, serialize(project)));
	}

	delete(kind: Kind, id: KeyId | ProjectId): Promise<void> {
		return this.deleteNamed(`${kind}.${id}`);
	}

	/** All names in the store, also those that are not the keyring's. */
	names(): Promise<readonly string[]> {
		return this.call(() => this.store.keys());
	}

	deleteNamed(name: string): Promise<void> {
		return this.call(() => this.store.delete(name));
	}

	/** Keeps a damaged text under another name before it is written over. */
	async setAside(kind: 'meta' | 'project', id: KeyId | ProjectId): Promise<void> {
		const text = await this.call(() => this.store.get(`${kind}.${id}`));
		if (text !== undefined) {
			await this.call(() => this.store.store(`damaged.${kind}.${id}`, text));
		}
	}

	/** Own and foreign changes of what is stored here. */
	onDidChange(listener: (kind: Kind, id: string) => void): Disposable {
		return this.store.onDidChange(({ key: name }) => {
			const [, kind, id] = /^(key|meta|project)\.(.+)$/.exec(name) ?? [];
			if (id !== undefined && (kind === 'key' || kind === 'meta' || kind === 'project')) {
				listener(kind, id);
			}
		});
	}

	private async call<T>(act: () => PromiseLike<T>): Promise<T> {
		try {
			return await act();
		} catch (cause) {
			throw new KeyringError('storeRefused', [], { cause });
		}
	}
}

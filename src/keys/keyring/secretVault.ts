import type { Disposable } from '../../common/dispose';
import { objectIn, type Json } from '../../common/json';
import type { Key, KeyId, Project, ProjectId } from '../../pool/pool';
import { accepts } from '../../settings/accepts';
import { maxLabelLength } from './labels';
import { refusable, type SecretStore } from './secretStore';
import { sortOrderRule } from './sortOrder';

/** What a name in the store begins with: a key's secret alone, its metadata, or a project. */
export type RecordKind = 'key' | 'meta' | 'project';

/** What is stored beside a secret. The mask is not: it follows from the secret, and a stored one could be out of date. */
export interface KeyMetadata {
	readonly label?: string;
	readonly project?: ProjectId;
	readonly role: Key['role'];
	readonly weight: number;
	/** The key's sort order. */
	readonly rank?: string;
	readonly enabled: boolean;
	/** ms since 1970: the key was removed, and can be restored for a while. */
	readonly removedAt?: number;
}

export type ProjectRecord = Omit<Project, 'id'>;

/** How a stored text was read. `damaged`: a field got its default. `newer`: a later version wrote it, so keep the text. */
export interface Read<T> {
	readonly value: T;
	readonly state: 'whole' | 'damaged' | 'newer';
	/** What a later version has stored beside it: it stays. */
	readonly others: Json;
}

const version = 1;

const idPattern = '^[\\w-]{1,64}$';
const label = { type: 'string', maxLength: maxLabelLength, pattern: '^(?!\\s)\\P{Cc}+(?<!\\s)$' };
const count = { type: 'integer', minimum: 0 };
const dollars = { type: 'number', minimum: 0, maximum: 1_000_000 };

/** What each field must be, as JSON Schema says it: of the part that settings use. */
type FieldRules = Readonly<Record<string, Json>>;

const metadataRules: FieldRules = {
	label,
	project: { type: 'string', pattern: idPattern },
	role: { type: 'string', enum: ['primary', 'backup'] },
	weight: { type: 'number', minimum: 0, maximum: 1_000 },
	rank: sortOrderRule,
	enabled: { type: 'boolean' },
	removedAt: { type: 'number', minimum: 0 },
};

const projectRules: FieldRules = {
	label,
	account: label,
	tier: { type: 'string', enum: ['free', 'paid'] },
	limits: {
		type: 'object',
		propertyNames: { type: 'string', maxLength: 100 },
		additionalProperties: { type: 'object', properties: { rpm: count, tpm: count, rpd: count, tpd: count } },
	},
	number: { type: 'string', pattern: '^[\\w-]{1,60}$' },
	dailyCap: { type: 'object', properties: { requests: count, tokens: count } },
	budget: {
		type: 'object',
		properties: { day: dollars, month: dollars, isDefault: { type: 'boolean', enum: [true] } },
	},
};

/** The keyring's records in the secret store. Rejects only with a `KeyringError` of reason `storeRefused` or `changedElsewhere`. */
export class SecretVault {
	constructor(private readonly store: SecretStore) {}

	/** The ids of all stored keys, sorted, so that every window repairs damage in the same way. */
	async ids(): Promise<readonly KeyId[]> {
		return (await this.names())
			.filter((name) => name.startsWith('key.'))
			.map((name) => name.slice('key.'.length))
			.filter(isKeyId)
			.sort();
	}

	secret(id: KeyId): Promise<string | undefined> {
		return this.get(`key.${id}`);
	}

	storeSecret(id: KeyId, secret: string): Promise<void> {
		return this.put(`key.${id}`, secret);
	}

	async metadata(id: KeyId): Promise<Read<KeyMetadata> | undefined> {
		const text = await this.get(`meta.${id}`);
		return text === undefined ? undefined : readMetadata(text);
	}

	storeMetadata(id: KeyId, metadata: KeyMetadata): Promise<void> {
		return this.write(`meta.${id}`, metadata, readMetadata);
	}

	async project(id: ProjectId): Promise<Read<ProjectRecord> | undefined> {
		const text = await this.get(`project.${id}`);
		return text === undefined ? undefined : readProject(text);
	}

	storeProject(id: ProjectId, project: ProjectRecord): Promise<void> {
		return this.write(`project.${id}`, project, readProject);
	}

	delete(kind: RecordKind, id: KeyId | ProjectId): Promise<void> {
		return this.deleteName(`${kind}.${id}`);
	}

	/** Deletes every record of the keyring, damaged copies too. The secrets go first. */
	async deleteAll(): Promise<void> {
		const ours = (await this.names()).filter((name) => /^(?:key|meta|project|damaged)\./.test(name)).sort();
		const secrets = ours.filter((name) => name.startsWith('key.'));
		for (const name of [...secrets, ...ours.filter((other) => !secrets.includes(other))]) {
			await this.deleteName(name);
		}
	}

	/** Copies a damaged text to another name before it is overwritten. */
	async setAside(kind: 'meta' | 'project', id: KeyId | ProjectId): Promise<void> {
		const text = await this.get(`${kind}.${id}`);
		if (text !== undefined) await this.put(`damaged.${kind}.${id}`, text);
	}

	/** Reports changes of the keyring's records, by this window and by others. */
	onDidChange(listener: (kind: RecordKind, id: string) => void): Disposable {
		return this.store.onDidChange(({ key: name }) => {
			const [, kind, id] = /^(key|meta|project)\.(.+)$/.exec(name) ?? [];
			if (id !== undefined && (kind === 'key' || kind === 'meta' || kind === 'project')) listener(kind, id);
		});
	}

	private async write(name: string, record: object, read: (text: string) => Read<object>): Promise<void> {
		const { others } = read((await this.get(name)) ?? '');
		await this.put(name, JSON.stringify({ v: version, ...others, ...record }));
	}

	private names(): Promise<readonly string[]> {
		return refusable(() => this.store.keys());
	}

	private get(name: string): Promise<string | undefined> {
		return refusable(() => this.store.get(name));
	}

	private put(name: string, text: string): Promise<void> {
		return refusable(() => this.store.store(name, text));
	}

	private deleteName(name: string): Promise<void> {
		return refusable(() => this.store.delete(name));
	}
}

const idShape = new RegExp(idPattern, 'u');
export const isKeyId = (text: string): text is KeyId => idShape.test(text);
export const isProjectId = (text: string): text is ProjectId => idShape.test(text);

/** Reads what was stored. A damaged field gets its default; the others stay. */
export function readMetadata(text: string): Read<KeyMetadata> {
	return read(text, metadataRules, { role: 'primary', weight: 1, enabled: true });
}

/** As `readMetadata`, for a project. */
export function readProject(text: string): Read<ProjectRecord> {
	return read(text, projectRules, { tier: 'free' });
}

/** Whether every value is one that would be read back. */
export function isWholeMetadata(metadata: KeyMetadata): boolean {
	return isWhole(metadata, metadataRules);
}

export function isWholeProject(project: object): project is ProjectRecord {
	return isWhole(project, projectRules);
}

/** 1 to 60 characters on one line, without white space around. */
export function isLabel(text: string): boolean {
	return accepts(label, text);
}

function isWhole(record: object, rules: FieldRules): boolean {
	return Object.entries(record).every(([name, value]) => !Object.hasOwn(rules, name) || accepts(rules[name], value));
}

function read<T extends object>(text: string, rules: FieldRules, defaults: T): Read<T> {
	const found = objectIn(text) ?? {};
	// No conversion: what a stranger stored may throw at one.
	const writtenBy = typeof found['v'] === 'number' ? found['v'] : 0;
	const fields = writtenBy >= 1 ? Object.entries(found) : [];
	const known = fields
		.filter(([name]) => Object.hasOwn(rules, name))
		.map(([name, value]) => [name, trimmed(value)] as const);
	const good = known.filter(([name, value]) => accepts(rules[name], value));
	const value: T = { ...defaults, ...Object.fromEntries(good) };
	const state = writtenBy > version ? 'newer' : writtenBy >= 1 && good.length === known.length ? 'whole' : 'damaged';
	const others = state === 'damaged' ? [] : fields.filter(([name]) => !Object.hasOwn(value, name));
	return { value, state, others: Object.fromEntries(others) };
}

/** Earlier versions took a name with white space around it. */
function trimmed(value: unknown): unknown {
	return typeof value === 'string' ? value.trim() : value;
}

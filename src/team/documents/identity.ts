import {
	bucketId,
	partsOf,
	type BucketId,
	type DocRef,
	type Docs,
	type NamedRef,
	type KeyId,
	type ProjectId,
	type SpendingScope,
} from '../../pool/pool';

/** HMAC-SHA256 under the team's secret, as base64url. */
export type Hmac = (text: string) => string;

/** A key of this machine that takes part in the team. */
export interface TeamKey {
	readonly id: KeyId;
	readonly project: ProjectId;
	/** Google's number of the project, where it is known. */
	readonly number?: string;
	readonly secret: string;
}

/** What a team shares. `replicas` of one gateway hold the same keys and clients, so they share those too. */
export type TeamScope = 'people' | 'replicas';

/** Characters of a fingerprint: 132 bits. */
const width = 22;
/** Clients and leases whose fingerprints are known here: those that were used last. */
const maxNamed = 5_000;

/**
 * Under which names a team knows the documents of this machine: fingerprints of keys, project numbers, clients and leases,
 * which say nothing to whoever lacks the team's secret. Keys without a fingerprint stay on the machine.
 */
export class Identity {
	private readonly fingerprintOfKey = new Map<KeyId, string>();
	private readonly keysOf = new Map<string, KeyId[]>();
	private readonly fingerprintOfProject = new Map<ProjectId, string>();
	private readonly projectOfKey = new Map<string, string>();
	private readonly projectsOf = new Map<string, ProjectId[]>();
	/** By the name of a document, that of which it began as a copy: see `movedProjects`. */
	readonly copied = new Map<string, string>();
	/** Fingerprint and local name of leases and clients, both ways. */
	private readonly named = new Map<string, string>();
	private readonly names = new Map<string, string>();

	/**
	 * @param lessons by the fingerprint of a key, that of its project: what somebody of the team has learnt
	 */
	constructor(
		private readonly hmac: Hmac,
		readonly scope: TeamScope,
		keys: readonly TeamKey[],
		lessons: ReadonlyMap<string, string>,
	) {
		for (const { id, project, number, secret } of keys) {
			const ofKey = this.fingerprint(`key ${secret}`);
			this.fingerprintOfKey.set(id, ofKey);
			add(this.keysOf, ofKey, id);
			const learnt = number === undefined ? lessons.get(ofKey) : this.fingerprint(`project ${number}`);
			const known = this.fingerprintOfProject.get(project);
			// A project whose number nobody knows is named after the first of its keys.
			if (learnt !== undefined || known === undefined) {
				this.fingerprintOfProject.set(project, learnt ?? this.fingerprint(`project of ${secret}`));
			}
		}
		for (const [project, fingerprint] of this.fingerprintOfProject) {
			add(this.projectsOf, fingerprint, project);
		}
		for (const { id, project } of keys) {
			this.projectOfKey.set(this.key(id) ?? '', this.project(project) ?? '');
		}
	}

	get hasKeys(): boolean {
		return this.fingerprintOfKey.size > 0;
	}

	/** What this machine can teach the team: the projects of keys, where a number is known. */
	lessonsOf(keys: readonly TeamKey[]): ReadonlyMap<string, string> {
		return new Map(
			keys.flatMap(({ secret, number }) =>
				number === undefined
					? []
					: [[this.fingerprint(`key ${secret}`), this.fingerprint(`project ${number}`)] as const],
			),
		);
	}

	/** By the fingerprint of each key, that of its project, whoever has learnt it. */
	get projects(): ReadonlyMap<string, string> {
		return this.projectOfKey;
	}

	/** The same for the same names. */
	get signature(): string {
		return JSON.stringify([[...this.fingerprintOfKey], [...this.fingerprintOfProject]]);
	}

	key(id: KeyId): string | undefined {
		return this.fingerprintOfKey.get(id);
	}

	localKey(fingerprint: string): KeyId | undefined {
		return this.keysOf.get(fingerprint)?.[0];
	}

	/** Whether two local documents may have one name. */
	get hasTwins(): boolean {
		return this.keysOf.size < this.fingerprintOfKey.size || this.projectsOf.size < this.fingerprintOfProject.size;
	}

	project(id: ProjectId): string | undefined {
		return this.fingerprintOfProject.get(id);
	}

	/** The team's name of a document; undefined for one that stays on the machine. The pool's record is none of these. */
	nameOf(ref: DocRef): string | undefined {
		switch (ref.kind) {
			case 'key':
				return prefixed('key', this.key(ref.id));
			case 'bucket':
			case 'cooldown': {
				const [project, model] = partsOf(ref.id);
				const fingerprint = this.project(project as ProjectId);
				return fingerprint && `${ref.kind} ${fingerprint}/${model}`;
			}
			case 'model':
				return this.hasKeys ? `model ${ref.id}` : undefined;
			case 'spending':
				return prefixed('spending', this.scopeName(ref.id));
			case 'client':
				return this.scope === 'replicas' ? `client ${this.alias('client', ref.id)}` : undefined;
			case 'pool':
			case 'usage':
			case 'requestRecord':
			case 'windowQueue':
			case 'leader':
			case 'dailyCost':
			case 'outbox':
				return undefined;
		}
	}

	/** The local documents of a name: none where this machine has no such key. */
	refsOf(name: string): readonly NamedRef[] {
		const space = name.indexOf(' ');
		const [kind, id] = [name.slice(0, space), name.slice(space + 1)];
		switch (kind) {
			case 'key':
				return (this.keysOf.get(id) ?? []).map((key) => ({ kind, id: key }));
			case 'bucket':
			case 'cooldown': {
				const [fingerprint, model] = partsOf(id as BucketId);
				return (this.projectsOf.get(fingerprint) ?? []).map((project) => ({ kind, id: bucketId(project, model) }));
			}
			case 'model':
				return this.hasKeys ? [{ kind, id }] : [];
			case 'spending':
				return this.localScopes(id).map((scope) => ({ kind, id: scope }));
			case 'client': {
				const local = this.scope === 'replicas' ? this.local('client', id) : undefined;
				return local === undefined ? [] : [{ kind, id: local }];
			}
			default:
				return [];
		}
	}

	/** A name that says nothing, and which `local` turns back here. */
	alias(of: 'lease' | 'client', id: string): string {
		const known = this.named.get(`${of} ${id}`);
		// A lease of another machine has a fingerprint already.
		if (known === undefined && of === 'lease' && this.isForeign(id)) return id;
		const fingerprint = known ?? this.fingerprint(`${of} ${id}`);
		remember(this.named, `${of} ${id}`, fingerprint);
		remember(this.names, `${of} ${fingerprint}`, id);
		return fingerprint;
	}

	local(of: 'lease' | 'client', fingerprint: string): string | undefined {
		const id = this.names.get(`${of} ${fingerprint}`);
		if (id !== undefined) this.alias(of, id);
		return id;
	}

	/** Leases of this machine's windows have their own names here. */
	learnLeases({ bucket, spending }: Pick<Docs, 'bucket' | 'spending'>): void {
		for (const { leases } of bucket.values()) for (const { id } of leases) this.alias('lease', id);
		for (const { reservations } of spending.values()) for (const { lease } of reservations) this.alias('lease', lease);
	}

	/** Takes over which leases and clients are known, and what was copied. */
	adopt(before: Identity): void {
		for (const [name, from] of before.copied) this.copied.set(name, from);
		for (const [name, fingerprint] of before.named) this.named.set(name, fingerprint);
		for (const [name, id] of before.names) this.names.set(name, id);
	}

	/** Whether another machine has taken it. */
	isForeign(lease: string): boolean {
		return lease.length === width && !lease.includes('.');
	}

	/** Money of a project is the project's, whoever spends it. All other money is the person's own, but for replicas. */
	private scopeName(scope: SpendingScope): string | undefined {
		if (scope.startsWith('project/')) {
			return prefixed('project', this.project(scope.slice('project/'.length) as ProjectId));
		}
		if (this.scope === 'people') return undefined;
		return scope === 'pool' ? scope : `client ${this.alias('client', scope.slice('client/'.length))}`;
	}

	private localScopes(name: string): readonly SpendingScope[] {
		const [kind, fingerprint = ''] = name.split(' ');
		if (kind === 'project') return (this.projectsOf.get(fingerprint) ?? []).map((id) => `project/${id}` as const);
		if (this.scope === 'people') return [];
		if (kind === 'pool') return ['pool'];
		const client = kind === 'client' ? this.local('client', fingerprint) : undefined;
		return client === undefined ? [] : [`client/${client}`];
	}

	private fingerprint(text: string): string {
		return this.hmac(`keypool ${text}`).slice(0, width);
	}
}

function add<T>(map: Map<string, T[]>, name: string, value: T): void {
	const known = map.get(name);
	if (known?.includes(value)) return;
	if (known) known.push(value);
	else map.set(name, [value]);
}

function prefixed(kind: string, id: string | undefined): string | undefined {
	return id === undefined ? undefined : `${kind} ${id}`;
}

/** As the latest: what is still used is not forgotten. */
function remember(map: Map<string, string>, name: string, value: string): void {
	map.delete(name);
	map.set(name, value);
	if (map.size <= maxNamed) return;
	const [oldest] = map.keys();
	if (oldest !== undefined) map.delete(oldest);
}

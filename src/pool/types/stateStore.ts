import type { BucketId, KeyId, LeaseId, Dimension, ProjectId } from './key';
import type { Dispose } from './clock';
import type { RequestSize } from './poolRequest';
import type { UsageHour, RequestRecord } from './statistics';
import type { CallEvent, Room } from './callEvent';
import type { Reason } from './failure';
import type { DailyCost, SpendingRecord, SpendingScope } from './spending';
import type { OutboxRecord } from './outboxRecord';

/** ms since 1970 by the store's clock: stored, and compared across processes. */
export type EpochMs = number;

export type KeyState =
	| { readonly state: 'unverified' }
	| { readonly state: 'verified'; readonly since: EpochMs }
	| {
			readonly state: 'quarantined';
			readonly reason: Reason;
			readonly since: EpochMs;
			/** The service's message, masked. */
			readonly serviceMessage?: string;
			/** When `models.list` is tried again; absent if the user must act. */
			readonly recheckAt?: EpochMs;
			/** ms between the re-checks that remain after `recheckAt`. */
			readonly rechecksLeft: readonly number[];
			/** Whether the key had worked before: three such keys within a minute are an abuse signal. */
			readonly hadWorked: boolean;
			/** The service refused its whole project, or more: with the keys of that project it is one signal. */
			readonly ofProject?: true;
	  };

export type BucketState =
	| { readonly state: 'available' }
	/** This tier has no such model. */
	| {
			readonly state: 'unsupported';
			readonly reason: Reason;
			readonly until: EpochMs;
			/** The service's message, masked. */
			readonly serviceMessage?: string;
	  }
	| {
			readonly state: 'coolingDown';
			readonly reason: Reason;
			readonly until: EpochMs;
			readonly since: EpochMs;
			readonly backoffLevel: number;
			readonly serviceMessage?: string;
			/** When the quota is full again, whatever a probe shows; absent if unknown, so that a probe decides. */
			readonly wholeAt?: EpochMs;
	  }
	/** One call probes after a cooldown; the others wait for its outcome. */
	| {
			readonly state: 'halfOpen';
			readonly reason: Reason;
			readonly lease: LeaseId;
			readonly backoffLevel: number;
			readonly wholeAt?: EpochMs;
	  };

export interface Limit {
	/** Requests or tokens. */
	readonly value: number;
	readonly source: 'stated' | 'tested';
	/** What the service stated last, if a test has gone beyond it. */
	readonly stated?: number;
	/** The user's limit when the service stated this one. It proved too high; a different one would count again. */
	readonly despite?: number;
	readonly at: EpochMs;
	/** When a call may test whether the limit still holds. */
	readonly retestAt: EpochMs;
	/** ms: the last interval to `retestAt`, doubled when a test confirms the limit. */
	readonly retestMs: number;
	/** The higher limit that the service stated before, and when it lowered it. */
	readonly fell?: { readonly from: number; readonly at: EpochMs };
}

export interface Lease {
	readonly id: LeaseId;
	readonly holder: string;
	/** Input tokens reserved. */
	readonly input: number;
	/** Requests that it counts as; absent: one. */
	readonly requests?: number;
	readonly sentAt: EpochMs;
	readonly expiresAt: EpochMs;
	/** The limit that this call tests, if it goes beyond one. */
	readonly tests?: Dimension;
	/** Its first chunk came, or need not be recorded: a known limit has admitted it, so that no slow start waits for it. */
	readonly hasFirstChunk?: true;
}

/** Sends close in time, counted together. `first` and `last` in ms since 1970. */
export type MinuteCounter = readonly [first: EpochMs, last: EpochMs, requests: number, input: number];

/** Project x resolved model: plain data with a schema version, so that any store can hold it. */
export interface Bucket {
	readonly v: 2;
	readonly status: BucketState;
	readonly limits: Readonly<Partial<Record<Dimension, Limit>>>;
	/** The last minute, oldest first. */
	readonly minute: readonly MinuteCounter[];
	/** Requests that got through within one minute, learnt while the limit of requests a minute is unknown. */
	readonly sustainedRpm?: number;
	/** Estimated requests a minute of other clients of the project, and how long the estimate is valid. */
	readonly externalUsage?: { readonly requests: number; readonly until: EpochMs };
	/**
	 * The Pacific day that ends at `endsAt`. `requests` is what counts against the quota: when the service says that it is used
	 * up, it includes what others are thought to have sent. `sent` is ours alone; absent in what 0.1.0 wrote.
	 */
	readonly day: {
		readonly endsAt: EpochMs;
		readonly requests: number;
		readonly input: number;
		readonly sent?: number;
	};
	readonly leases: readonly Lease[];
}

export interface KeyRecord {
	readonly v: 2;
	readonly status: KeyState;
	/** 0 to 100. */
	readonly score: number;
	readonly lastUsed: EpochMs;
	/** At score 0: when one request may try the key again, and the interval to the next try (ms). */
	readonly probe?: { readonly at: EpochMs; readonly waitMs: number };
	readonly success: number;
	/** Counts failures of quota and key only, not the service's own. */
	readonly fail: number;
	readonly tokens: { readonly input: number; readonly output: number };
	/** Resolved models that the service denies this key, each until then. */
	readonly deniedModels?: readonly { readonly model: string; readonly until: EpochMs }[];
}

export interface ModelRecord {
	readonly v: 2;
	/** All requests on the model back off until then (503). */
	readonly overloadedUntil: EpochMs;
	/** Consecutive back-offs; 0 while the model answers. */
	readonly backoffLevel: number;
	/** The one call that goes first after a back-off. */
	readonly probe?: { readonly lease: LeaseId; readonly expiresAt: EpochMs };
	/** The service has no such model until then. */
	readonly missingUntil?: EpochMs;
	/** When it was last asked for, by any of its names; see `recordAsked`. */
	readonly askedAt?: EpochMs;
	/** What an alias resolves to. A quota error outranks an answer as the source. */
	readonly resolvesTo?: { readonly model: string; readonly from: 'quota' | 'answer' };
	/** Input tokens per UTF-8 byte. */
	readonly tokensPerByte: number;
	readonly samples: number;
}

/** The service counts a project as free that the user marked as paid. The mark is void until the user sets it again. */
export interface RevokedTier {
	readonly since: EpochMs;
	/** The key whose call showed it. */
	readonly by: KeyId;
	/** The service's message, masked. */
	readonly serviceMessage?: string;
}

export interface PoolRecord {
	readonly v: 2;
	/** By project, bounded. */
	readonly revoked?: Readonly<Record<string, RevokedTier>>;
	readonly paused?: {
		readonly reason: Reason;
		readonly by: KeyId;
		readonly since: EpochMs;
		readonly serviceMessage?: string;
	};
	/** Projects whose last calls got a 429 without a named quota. */
	readonly bare?: readonly { readonly project: ProjectId; readonly at: EpochMs }[];
	/** So many such 429s mean that the address or the account is throttled. One request a minute to one of them probes for the end. */
	readonly throttled?: {
		readonly since: EpochMs;
		readonly nextProbeAt: EpochMs;
		readonly projects: readonly ProjectId[];
		/** The probe in flight. */
		readonly probe?: { readonly lease: LeaseId; readonly expiresAt: EpochMs };
	};
	/** When the user erased everything. Each window then clears what it would write back. */
	readonly forgottenAt?: EpochMs;
}

/** A queued request: what other windows must know to let it go first. It holds no text of the prompt. */
export interface QueueRecord {
	/** The request's id. */
	readonly id: string;
	readonly priority: 'chat' | 'batch';
	/** When it arrived. */
	readonly since: EpochMs;
	/** What it waits for. */
	readonly reason: Reason;
	/** Resolved models that it takes the next lease on. */
	readonly models: readonly string[];
	readonly size: RequestSize;
	readonly paid: boolean;
	/** It takes no place on a paid project. */
	readonly free?: boolean;
	readonly project?: ProjectId;
	/** A bucket that is held back for it until its tokens fit. */
	readonly holds?: BucketId;
}

/** The queued requests of one window. Ignored once the window's heartbeat stops. */
export interface WindowQueue {
	readonly v: 2;
	readonly heartbeatAt: EpochMs;
	/** In order of arrival, bounded. */
	readonly requests: readonly QueueRecord[];
	/** How many there are in all; absent: no more than these. */
	readonly waiting?: number;
	/** Consecutive chat requests of this window that were served before a waiting batch request. */
	readonly chatStreak: number;
}

/** One cooldown of a bucket, or a time without support for the model. `until` is in the future while it lasts. */
export interface CooldownSpan {
	readonly reason: Reason;
	readonly from: EpochMs;
	readonly until: EpochMs;
}

/** A bucket's cooldowns of the last 24 hours, oldest first, not overlapping, bounded. */
export interface CooldownRecord {
	readonly v: 2;
	readonly spans: readonly CooldownSpan[];
}

/** What one client of the pool used, such as a tool behind the gateway, in the Pacific day that ends at `endsAt`. */
export interface ClientCount {
	readonly v: 2;
	readonly lastUsedAt: EpochMs;
	readonly day: {
		readonly endsAt: EpochMs;
		readonly requests: number;
		readonly input: number;
		readonly output: number;
	};
}

/**
 * What only one window may do at a time. `batch:` is followed by a digest of the file's address, `answer:` by conversation
 * and turn, separated by `/`. `paidOnly:` is followed by the window that demands paid keys, for as long as it lives. The window that is to
 * serve the `gateway` also leads `gatewayPort` once it has its port, so that no other one sends a token to a program that has it instead.
 */
export type Role =
	| 'housekeeping'
	| 'metrics'
	| 'alerts'
	| 'gateway'
	| 'gatewayPort'
	| 'gatewayClients'
	| 'keyring'
	| `batch:${string}`
	| `answer:${string}`
	| `paidOnly:${string}`;

export interface LeaderRecord {
	readonly v: 2;
	/** The window that leads. */
	readonly holder: string;
	readonly expiresAt: EpochMs;
}

/** The type of each kind of document. */
export interface DocTypes {
	readonly bucket: Bucket;
	readonly key: KeyRecord;
	readonly model: ModelRecord;
	readonly pool: PoolRecord;
	readonly usage: UsageHour;
	readonly requestRecord: RequestRecord;
	readonly windowQueue: WindowQueue;
	readonly leader: LeaderRecord;
	readonly cooldown: CooldownRecord;
	readonly client: ClientCount;
	readonly spending: SpendingRecord;
	readonly dailyCost: DailyCost;
	readonly outbox: OutboxRecord;
}

/** What names a document of the kinds of which there are many. */
interface DocIds {
	readonly bucket: BucketId;
	readonly key: KeyId;
	readonly model: string;
	/** Hour and key; roughly oldest first. */
	readonly usage: string;
	/** The request; oldest first. */
	readonly requestRecord: string;
	/** The window. */
	readonly windowQueue: string;
	readonly leader: Role;
	readonly cooldown: BucketId;
	/** The client's own id. */
	readonly client: string;
	readonly spending: SpendingScope;
	/** Day, key, client, model and tier. */
	readonly dailyCost: string;
	/** The process that began it. */
	readonly outbox: string;
}

export type NamedKind = keyof DocIds;
export type DocId<K extends NamedKind> = DocIds[K];

export type NamedDocs = { readonly [K in NamedKind]: ReadonlyMap<DocIds[K], DocTypes[K]> };

/** Every document. */
export interface Docs extends NamedDocs {
	readonly pool: PoolRecord;
}

/** One document's name and type. */
export type DocRef = NamedRef | { readonly kind: 'pool' };

export type NamedRef<K extends NamedKind = NamedKind> = {
	readonly [P in K]: { readonly kind: P; readonly id: DocIds[P] };
}[K];

export type NamedWrite<K extends NamedKind = NamedKind> = {
	readonly [P in K]: { readonly kind: P; readonly id: DocIds[P]; readonly doc: DocTypes[P] };
}[K];

/** One document to be written. */
export type Write = NamedWrite | { readonly kind: 'pool'; readonly doc: PoolRecord };

/** What a step does to one document. */
export type Change = Write | { readonly kind: 'drop'; readonly ref: NamedRef };

/** Reads documents and collects what a step writes; reads see the step's own writes. */
export interface Transaction {
	/** An initial one if none is stored; the same for keys, models and the pool. */
	bucket(id: BucketId): Bucket;
	key(id: KeyId): KeyRecord;
	model(id: string): ModelRecord;
	pool(): PoolRecord;
	usage(id: string): UsageHour | undefined;
	leader(role: Role): LeaderRecord | undefined;
	cooldown(id: BucketId): CooldownRecord | undefined;
	client(id: string): ClientCount | undefined;
	spending(scope: SpendingScope): SpendingRecord | undefined;
	dailyCost(id: string): DailyCost | undefined;
	/** By window. */
	windowQueues(): ReadonlyMap<string, WindowQueue>;
	/**
	 * Writes a document by what a call does to it, which holds beside what others' calls do meanwhile. With `room`, what was read
	 * of it until now holds as long as they take no more.
	 */
	record(call: CallEvent, room?: Room): void;
	/** Writing back what was read changes nothing and notifies nobody. */
	put(write: Write): void;
	/** Deletes a document, if it exists. */
	drop(ref: NamedRef): void;
}

/** The part of a bucket's limits that may be used while a team's server is out of reach. */
export interface LimitShare {
	/** Of the whole; each limit allows at least one request all the same. */
	readonly part: number;
	/** What had been counted when it was lost: of a day's limit, the part is of what was left then. */
	readonly day?: Bucket['day'];
}

/** Small plain-data documents. Reads are synchronous and may be stale; only an atomic step writes. It knows nothing about quotas. */
export interface StateStore {
	/** May be stale: for ranking and views, never to admit. The maps are live and read-only. */
	replica(): Docs;
	/**
	 * Reads and writes documents atomically. `step` is pure and may run again on conflict; `now` is the store's clock. Rejects
	 * with a `PoolError` of reason `storeUnavailable` if the store cannot be reached.
	 */
	transact<T>(step: (tx: Transaction, now: EpochMs) => T): Promise<T>;
	/** The store's clock. */
	now(): EpochMs;
	/** Undefined, or no such function, where the whole limits may be used. */
	limitShare?(id: BucketId): LimitShare | undefined;
	/** Others choose from the same keys, and what they have chosen is known late: equally good keys are taken in an own order. */
	readonly isFar?: boolean;
	/** It adds up by itself what projects have spent that prove to be one. */
	readonly joinsProjects?: boolean;
	/** Emits writes of this and of other windows, after they happened. */
	onDidChange(listener: (refs: readonly DocRef[]) => void): Dispose;
	close(): Promise<void>;
}

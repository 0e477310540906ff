import type { BucketId, KeyId, LeaseId, Dimension, ProjectId } from './key';
import type { Dispose } from './clock';
import type { RequestSize } from './poolRequest';
import type { UsageHour, RequestRecord } from './statistics';
import type { Reason } from './failure';
import type { DailyCost, SpendingRecord, SpendingScope } from './spending';

/** ms since 1970 by the ledger's clock: stored, and compared across processes. */
export type EpochMs = number;

export type KeyState =
	| { readonly state: 'unverified' }
	| { readonly state: 'verified'; readonly since: EpochMs }
	| {
			readonly state: 'quarantined';
			readonly reason: Reason;
			readonly since: EpochMs;
			/** What the service said, masked. */
			readonly serviceMessage?: string;
			/** When `models.list` asks again; absent: a person must act. */
			readonly recheckAt?: EpochMs;
			/** ms between the re-checks that are left after `recheckAt`. */
			readonly rechecksLeft: readonly number[];
			/** Whether it had worked before: three such within a minute are an abuse signal. */
			readonly hadWorked: boolean;
	  };

export type BucketState =
	| { readonly state: 'available' }
	/** This tier has no such model. */
	| {
			readonly state: 'unsupported';
			readonly reason: Reason;
			readonly until: EpochMs;
			/** What the service said, masked. */
			readonly serviceMessage?: string;
	  }
	| {
			readonly state: 'coolingDown';
			readonly reason: Reason;
			readonly until: EpochMs;
			readonly since: EpochMs;
			readonly backoffLevel: number;
			readonly serviceMessage?: string;
			/** When the quota is whole again, whatever a probe says; absent: not known, so that a probe tells. */
			readonly wholeAt?: EpochMs;
	  }
	/** One call after a rest; the others wait for its outcome. */
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
	/** What the service stated last, where a test has gone beyond it. */
	readonly stated?: number;
	/** The user's own limit that held when the service stated this one: it is known to be no guide. Another one is. */
	readonly despite?: number;
	readonly at: EpochMs;
	/** From when a call may test whether it still holds. */
	readonly retestAt: EpochMs;
	/** ms: the last distance to `doubtAt`, doubled when a test confirms the limit. */
	readonly retestMs: number;
	/** What the service stated before it stated less, and when it did. */
	readonly fell?: { readonly from: number; readonly at: EpochMs };
}

export interface Lease {
	readonly id: LeaseId;
	readonly holder: string;
	/** Input tokens reserved. */
	readonly input: number;
	readonly sentAt: EpochMs;
	readonly expiresAt: EpochMs;
	/** The limit this call tests, where it goes beyond a doubted one. */
	readonly tests?: Dimension;
	/** It has shown its first sign of life; told only where the bucket's slow start asks for it. */
	readonly hasFirstChunk?: true;
}

/** Sends close in time, counted together. `first` to `last` in ms since 1970. */
export type MinuteCounter = readonly [first: EpochMs, last: EpochMs, requests: number, input: number];

/** Project x resolved model: plain data with a schema version, so that any ledger can hold it. */
export interface Bucket {
	readonly v: 2;
	readonly status: BucketState;
	readonly limits: Readonly<Partial<Record<Dimension, Limit>>>;
	/** The last minute, oldest first. */
	readonly minute: readonly MinuteCounter[];
	/** Requests that one minute is known to have borne, counted while the limit of requests a minute is unknown. */
	readonly sustainedRpm?: number;
	/** Requests a minute that somebody else is thought to send on the project, and until when that is believed. */
	readonly externalUsage?: { readonly requests: number; readonly until: EpochMs };
	/** The Pacific day that ends at `endsAt`. */
	readonly day: { readonly endsAt: EpochMs; readonly requests: number; readonly input: number };
	readonly leases: readonly Lease[];
}

export interface KeyRecord {
	readonly v: 2;
	readonly status: KeyState;
	/** 0 to 100. */
	readonly score: number;
	readonly lastUsed: EpochMs;
	/** At score 0: when one request may try it again, and the distance to the next (ms). */
	readonly probe?: { readonly at: EpochMs; readonly waitMs: number };
	readonly success: number;
	/** Quota and key verdicts only: the service's own trouble is no key's fault. */
	readonly fail: number;
	readonly tokens: { readonly input: number; readonly output: number };
	/** Models (resolved) that the service does not let this key use, each until then. */
	readonly deniedModels?: readonly { readonly model: string; readonly until: EpochMs }[];
}

export interface ModelRecord {
	readonly v: 2;
	/** Overload (503) is the model's, shared by every request. */
	readonly overloadedUntil: EpochMs;
	/** Back-offs in a row; 0 while the model answers. */
	readonly backoffLevel: number;
	/** The one call that goes first after a back-off. */
	readonly probe?: { readonly lease: LeaseId; readonly expiresAt: EpochMs };
	/** Until then the service is known to have no such model. */
	readonly missingUntil?: EpochMs;
	/** When somebody asked for it last, by any of its names; see `askedFor`. */
	readonly askedAt?: EpochMs;
	/** What an alias stands for; what a quota said outranks what an answer said. */
	readonly resolvesTo?: { readonly model: string; readonly from: 'quota' | 'answer' };
	/** Input tokens for each UTF-8 byte. */
	readonly tokensPerByte: number;
	readonly samples: number;
}

/** The service counts a project as free that a person marked as paid: the mark holds no more, until the person sets it anew. */
export interface RevokedTier {
	readonly since: EpochMs;
	/** The key that was told so. */
	readonly by: KeyId;
	/** What the service said, masked. */
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
	/** Projects that were refused lately without a named quota. */
	readonly bare?: readonly { readonly project: ProjectId; readonly at: EpochMs }[];
	/** So many were that it means the address or the account: one request a minute, to one of them, finds out when it ends. */
	readonly throttled?: {
		readonly since: EpochMs;
		readonly nextProbeAt: EpochMs;
		readonly projects: readonly ProjectId[];
		/** The request under way that finds out. */
		readonly probe?: { readonly lease: LeaseId; readonly expiresAt: EpochMs };
	};
	/** When a person had everything forgotten: each window lets go of what it would write again. */
	readonly forgottenAt?: EpochMs;
}

/** One request that waits: what another window must know to let it go first. No text of it. */
export interface QueueRecord {
	/** The request's. */
	readonly id: string;
	readonly priority: 'chat' | 'batch';
	/** When it came. */
	readonly since: EpochMs;
	/** What it waits for. */
	readonly reason: Reason;
	/** Resolved models whose next free place it takes. */
	readonly models: readonly string[];
	readonly size: RequestSize;
	readonly paid: boolean;
	/** It takes no place on a paid project. */
	readonly free?: boolean;
	readonly project?: ProjectId;
	/** A bucket that is kept free until its tokens fit. */
	readonly holds?: BucketId;
}

/** Who waits in one window. A window that has not been heard of for a while is gone, and its line with it. */
export interface WindowQueue {
	readonly v: 2;
	readonly heartbeatAt: EpochMs;
	/** In the order they came, bounded. */
	readonly requests: readonly QueueRecord[];
	/** Chat requests of this window that went before a waiting batch request, in a row. */
	readonly chatStreak: number;
}

/** One rest of a bucket, or the time that it was closed. `until` lies ahead while it lasts. */
export interface CooldownSpan {
	readonly reason: Reason;
	readonly from: EpochMs;
	readonly until: EpochMs;
}

/** When a bucket rested in the last 24 hours, and why: oldest first, apart from each other, bounded. */
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
 * What only one window may do at a time. `batch:` with a digest of the file's address; `answer:` with the conversation
 * and the turn that is being answered, a `/` between them.
 */
export type Role = 'housekeeping' | 'metrics' | 'alerts' | 'gateway' | `batch:${string}` | `answer:${string}`;

export interface LeaderRecord {
	readonly v: 2;
	/** The window. */
	readonly holder: string;
	readonly expiresAt: EpochMs;
}

export interface Docs {
	readonly bucket: ReadonlyMap<BucketId, Bucket>;
	readonly key: ReadonlyMap<KeyId, KeyRecord>;
	readonly model: ReadonlyMap<string, ModelRecord>;
	readonly pool: PoolRecord;
	/** Counts by hour and key, roughly oldest first. */
	readonly usage: ReadonlyMap<string, UsageHour>;
	/** By request, oldest first. */
	readonly requestRecord: ReadonlyMap<string, RequestRecord>;
	/** By window. */
	readonly windowQueue: ReadonlyMap<string, WindowQueue>;
	readonly leader: ReadonlyMap<Role, LeaderRecord>;
	readonly cooldown: ReadonlyMap<BucketId, CooldownRecord>;
	/** By the client's own id. */
	readonly client: ReadonlyMap<string, ClientCount>;
	readonly spending: ReadonlyMap<SpendingScope, SpendingRecord>;
	/** By day, key, client, model and tier. */
	readonly dailyCost: ReadonlyMap<string, DailyCost>;
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
}

/** One document's name and type. */
export type DocRef = NamedRef | { readonly kind: 'pool' };

/** Documents of which there are many. */
export type NamedRef =
	| { readonly kind: 'bucket' | 'cooldown'; readonly id: BucketId }
	| { readonly kind: 'key'; readonly id: KeyId }
	| { readonly kind: 'leader'; readonly id: Role }
	| { readonly kind: 'spending'; readonly id: SpendingScope }
	| {
			readonly kind: 'model' | 'usage' | 'requestRecord' | 'windowQueue' | 'client' | 'dailyCost';
			readonly id: string;
	  };

/** One document to be written. */
export type Write =
	| { readonly kind: 'bucket'; readonly id: BucketId; readonly doc: Bucket }
	| { readonly kind: 'key'; readonly id: KeyId; readonly doc: KeyRecord }
	| { readonly kind: 'model'; readonly id: string; readonly doc: ModelRecord }
	| { readonly kind: 'pool'; readonly doc: PoolRecord }
	| { readonly kind: 'usage'; readonly id: string; readonly doc: UsageHour }
	| { readonly kind: 'requestRecord'; readonly id: string; readonly doc: RequestRecord }
	| { readonly kind: 'windowQueue'; readonly id: string; readonly doc: WindowQueue }
	| { readonly kind: 'leader'; readonly id: Role; readonly doc: LeaderRecord }
	| { readonly kind: 'cooldown'; readonly id: BucketId; readonly doc: CooldownRecord }
	| { readonly kind: 'client'; readonly id: string; readonly doc: ClientCount }
	| { readonly kind: 'spending'; readonly id: SpendingScope; readonly doc: SpendingRecord }
	| { readonly kind: 'dailyCost'; readonly id: string; readonly doc: DailyCost };

/** What a step does to one document. */
export type Change = Write | { readonly kind: 'drop'; readonly ref: NamedRef };

/** Reads documents and collects what a step writes; reads see the step's own writes. */
export interface Transaction {
	/** A fresh one where none is stored; so for keys, models and the pool. */
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
	/** Writing back what was read changes nothing and tells nobody. */
	put(write: Write): void;
	/** Forgets a document; one that is not there is left so. */
	drop(ref: NamedRef): void;
}

/** Small plain-data documents, read stale and synchronously, changed only by an atomic step. It knows nothing of quotas. */
export interface StateStore {
	/** May be stale: for ranking and for views, never to admit. The maps are live and read-only. */
	replica(): Docs;
	/**
	 * Reads and writes documents atomically: all or none. `step` is pure and may run again on conflict; `now` is the store's clock.
	 * Rejects with a `PoolError` of reason `ledgerDown` when the store cannot be reached.
	 */
	transact<T>(step: (tx: Transaction, now: EpochMs) => T): Promise<T>;
	/** The store's clock. */
	now(): EpochMs;
	/** Own and foreign writes, after they happened. */
	onDidChange(listener: (refs: readonly DocRef[]) => void): Dispose;
	close(): Promise<void>;
}

import type { BucketId, KeyId, LeaseId, Dimension, ProjectId } from './key';
import type { Off } from './clock';
import type { Cost } from './poolRequest';
import type { MinuteCount, Trail } from './statistics';
import type { Reason } from './failure';

/** ms since 1970 by the ledger's clock: stored, and compared across processes. */
export type Wall = number;

export type KeyState =
	| { readonly is: 'unproven' }
	| { readonly is: 'good'; readonly since: Wall }
	| {
			readonly is: 'benched';
			readonly why: Reason;
			readonly since: Wall;
			/** What the service said, masked. */
			readonly said?: string;
			/** When `models.list` asks again; absent: a person must act. */
			readonly recheckAt?: Wall;
			/** ms between the re-checks that are left after `recheckAt`. */
			readonly rechecksLeft: readonly number[];
			/** Whether it had worked before: three such within a minute are an abuse signal. */
			readonly hadWorked: boolean;
	  };

export type BucketState =
	| { readonly is: 'open' }
	/** This tier has no such model. */
	| {
			readonly is: 'closed';
			readonly why: Reason;
			readonly until: Wall;
			/** What the service said, masked. */
			readonly said?: string;
	  }
	| {
			readonly is: 'resting';
			readonly why: Reason;
			readonly until: Wall;
			readonly since: Wall;
			readonly repeats: number;
			readonly said?: string;
			/** When the quota is whole again, whatever a probe says; absent: not known, so that a probe tells. */
			readonly wholeAt?: Wall;
	  }
	/** One call after a rest; the others wait for its outcome. */
	| {
			readonly is: 'probing';
			readonly why: Reason;
			readonly lease: LeaseId;
			readonly repeats: number;
			readonly wholeAt?: Wall;
	  };

export interface Limit {
	/** Requests or tokens. */
	readonly value: number;
	readonly from: 'taught' | 'probed';
	/** What the service stated last, where a test has gone beyond it. */
	readonly stated?: number;
	/** The user's own limit that held when the service stated this one: it is known to be no guide. Another one is. */
	readonly despite?: number;
	readonly at: Wall;
	/** From when a call may test whether it still holds. */
	readonly doubtAt: Wall;
	/** ms: the last distance to `doubtAt`, doubled when a test confirms the limit. */
	readonly doubtMs: number;
	/** What the service stated before it stated less, and when it did. */
	readonly fell?: { readonly from: number; readonly at: Wall };
}

export interface Lease {
	readonly id: LeaseId;
	readonly holder: string;
	/** Input tokens reserved. */
	readonly input: number;
	readonly sentAt: Wall;
	readonly expiresAt: Wall;
	/** The limit this call tests, where it goes beyond a doubted one. */
	readonly tests?: Dimension;
	/** It has shown its first sign of life; told only where the bucket's slow start asks for it. */
	readonly alive?: true;
}

/** Sends close in time, counted together. `first` to `last` in ms since 1970. */
export type Tally = readonly [first: Wall, last: Wall, requests: number, input: number];

/** Project x resolved model: plain data with a schema version, so that any ledger can hold it. */
export interface Bucket {
	readonly v: 1;
	readonly state: BucketState;
	readonly limits: Readonly<Partial<Record<Dimension, Limit>>>;
	/** The last minute, oldest first. */
	readonly minute: readonly Tally[];
	/** Requests that one minute is known to have borne, counted while the limit of requests a minute is unknown. */
	readonly borne?: number;
	/** Requests a minute that somebody else is thought to send on the project, and until when that is believed. */
	readonly stranger?: { readonly requests: number; readonly until: Wall };
	/** The Pacific day that ends at `endsAt`. */
	readonly day: { readonly endsAt: Wall; readonly requests: number; readonly input: number };
	readonly leases: readonly Lease[];
}

export interface KeyRecord {
	readonly v: 1;
	readonly state: KeyState;
	/** 0 to 100. */
	readonly score: number;
	readonly lastUsed: Wall;
	/** At score 0: when one request may try it again, and the distance to the next (ms). */
	readonly probe?: { readonly at: Wall; readonly waitMs: number };
	readonly success: number;
	/** Quota and key verdicts only: the service's own trouble is no key's fault. */
	readonly fail: number;
	readonly tokens: { readonly input: number; readonly output: number };
	/** Models (resolved) that the service does not let this key use, each until then. */
	readonly deniedModels?: readonly { readonly model: string; readonly until: Wall }[];
}

export interface ModelRecord {
	readonly v: 1;
	/** Overload (503) is the model's, shared by every request. */
	readonly overloadedUntil: Wall;
	/** Back-offs in a row; 0 while the model answers. */
	readonly repeats: number;
	/** The one call that goes first after a back-off. */
	readonly probe?: { readonly lease: LeaseId; readonly expiresAt: Wall };
	/** Until then the service is known to have no such model. */
	readonly missingUntil?: Wall;
	/** When somebody asked for it last, by any of its names; see `askedFor`. */
	readonly askedAt?: Wall;
	/** What an alias stands for; what a quota said outranks what an answer said. */
	readonly resolvesTo?: { readonly model: string; readonly from: 'quota' | 'answer' };
	/** Input tokens for each UTF-8 byte. */
	readonly tokensPerByte: number;
	readonly samples: number;
}

/** The service counts a project as free that a person marked as paid: the mark holds no more, until the person sets it anew. */
export interface RevokedTier {
	readonly since: Wall;
	/** The key that was told so. */
	readonly by: KeyId;
	/** What the service said, masked. */
	readonly said?: string;
}

export interface PoolRecord {
	readonly v: 1;
	/** By project, bounded. */
	readonly revoked?: Readonly<Record<string, RevokedTier>>;
	readonly paused?: { readonly why: Reason; readonly by: KeyId; readonly since: Wall; readonly said?: string };
	/** Projects that were refused lately without a named quota. */
	readonly bare?: readonly { readonly project: ProjectId; readonly at: Wall }[];
	/** So many were that it means the address or the account: one request a minute, to one of them, finds out when it ends. */
	readonly throttled?: {
		readonly since: Wall;
		readonly nextProbeAt: Wall;
		readonly projects: readonly ProjectId[];
		/** The request under way that finds out. */
		readonly probe?: { readonly lease: LeaseId; readonly expiresAt: Wall };
	};
	/** When a person had everything forgotten: each window lets go of what it would write again. */
	readonly forgottenAt?: Wall;
}

/** One request that waits: what another window must know to let it go first. No text of it. */
export interface Waiter {
	/** The request's. */
	readonly id: string;
	readonly priority: 'chat' | 'batch';
	/** When it came. */
	readonly since: Wall;
	/** What it waits for. */
	readonly why: Reason;
	/** Resolved models whose next free place it takes. */
	readonly models: readonly string[];
	readonly cost: Cost;
	readonly paid: boolean;
	readonly project?: ProjectId;
	/** A bucket that is kept free until its tokens fit. */
	readonly holds?: BucketId;
}

/** Who waits in one window. A window that has not been heard of for a while is gone, and its line with it. */
export interface LineRecord {
	readonly v: 1;
	readonly beatAt: Wall;
	/** In the order they came, bounded. */
	readonly waiters: readonly Waiter[];
	/** Chat requests of this window that went before a waiting batch request, in a row. */
	readonly chatStreak: number;
}

/** One rest of a bucket, or the time that it was closed. `until` lies ahead while it lasts. */
export interface RestSpan {
	readonly why: Reason;
	readonly from: Wall;
	readonly until: Wall;
}

/** When a bucket rested in the last 24 hours, and why: oldest first, apart from each other, bounded. */
export interface RestRecord {
	readonly v: 1;
	readonly spans: readonly RestSpan[];
}

/**
 * What only one window may do at a time. `batch:` with a digest of the file's address; `answer:` with the conversation
 * and the turn that is being answered, a `/` between them.
 */
export type Role = 'housekeeping' | 'metrics' | 'alerts' | 'gateway' | `batch:${string}` | `answer:${string}`;

export interface OwnerRecord {
	readonly v: 1;
	/** The window. */
	readonly holder: string;
	readonly expiresAt: Wall;
}

export interface Docs {
	readonly bucket: ReadonlyMap<BucketId, Bucket>;
	readonly key: ReadonlyMap<KeyId, KeyRecord>;
	readonly model: ReadonlyMap<string, ModelRecord>;
	readonly pool: PoolRecord;
	/** Sends by minute, key and outcome, roughly oldest first. */
	readonly usage: ReadonlyMap<string, MinuteCount>;
	/** By request, oldest first. */
	readonly trail: ReadonlyMap<string, Trail>;
	/** By window. */
	readonly line: ReadonlyMap<string, LineRecord>;
	readonly owner: ReadonlyMap<Role, OwnerRecord>;
	readonly rest: ReadonlyMap<BucketId, RestRecord>;
}

/** The type of each kind of document. */
export interface DocTypes {
	readonly bucket: Bucket;
	readonly key: KeyRecord;
	readonly model: ModelRecord;
	readonly pool: PoolRecord;
	readonly usage: MinuteCount;
	readonly trail: Trail;
	readonly line: LineRecord;
	readonly owner: OwnerRecord;
	readonly rest: RestRecord;
}

/** One document's name and type. */
export type DocRef = NamedRef | { readonly kind: 'pool' };

/** Documents of which there are many. */
export type NamedRef =
	| { readonly kind: 'bucket' | 'rest'; readonly id: BucketId }
	| { readonly kind: 'key'; readonly id: KeyId }
	| { readonly kind: 'owner'; readonly id: Role }
	| { readonly kind: 'model' | 'usage' | 'trail' | 'line'; readonly id: string };

/** One document to be written. */
export type Write =
	| { readonly kind: 'bucket'; readonly id: BucketId; readonly doc: Bucket }
	| { readonly kind: 'key'; readonly id: KeyId; readonly doc: KeyRecord }
	| { readonly kind: 'model'; readonly id: string; readonly doc: ModelRecord }
	| { readonly kind: 'pool'; readonly doc: PoolRecord }
	| { readonly kind: 'usage'; readonly id: string; readonly doc: MinuteCount }
	| { readonly kind: 'trail'; readonly id: string; readonly doc: Trail }
	| { readonly kind: 'line'; readonly id: string; readonly doc: LineRecord }
	| { readonly kind: 'owner'; readonly id: Role; readonly doc: OwnerRecord }
	| { readonly kind: 'rest'; readonly id: BucketId; readonly doc: RestRecord };

/** What a step does to one document. */
export type Change = Write | { readonly kind: 'drop'; readonly ref: NamedRef };

/** Reads documents and collects what a step writes; reads see the step's own writes. */
export interface Tx {
	/** A fresh one where none is stored; so for keys, models and the pool. */
	bucket(id: BucketId): Bucket;
	key(id: KeyId): KeyRecord;
	model(id: string): ModelRecord;
	pool(): PoolRecord;
	usage(id: string): MinuteCount | undefined;
	owner(role: Role): OwnerRecord | undefined;
	rest(id: BucketId): RestRecord | undefined;
	/** By window. */
	lines(): ReadonlyMap<string, LineRecord>;
	/** Writing back what was read changes nothing and tells nobody. */
	put(write: Write): void;
	/** Forgets a document; one that is not there is left so. */
	drop(ref: NamedRef): void;
}

/** Small plain-data documents, read stale and synchronously, changed only by an atomic step. It knows nothing of quotas. */
export interface Ledger {
	/** May be stale: for ranking and for views, never to admit. The maps are live and read-only. */
	replica(): Docs;
	/**
	 * Reads and writes documents atomically: all or none. `step` is pure and may run again on conflict; `now` is the store's clock.
	 * Rejects with a `PoolError` of reason `ledgerDown` when the store cannot be reached.
	 */
	transact<T>(step: (tx: Tx, now: Wall) => T): Promise<T>;
	/** The store's clock. */
	now(): Wall;
	/** Own and foreign writes, after they happened. */
	onDidChange(listener: (refs: readonly DocRef[]) => void): Off;
	close(): Promise<void>;
}

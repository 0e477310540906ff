import type { Change, EpochMs } from './stateStore';

/** Why a shared store cannot be used now. */
export type StoreErrorReason =
	/** This editor has no store. */
	| 'missing'
	/** Its content cannot be read. It was set aside and replaced. */
	| 'damaged'
	/** It was deleted while in use. */
	| 'deleted'
	/** A later version of this extension wrote it. */
	| 'newer'
	| 'readOnly'
	/** The browser lets pages store nothing. */
	| 'blocked'
	| 'full'
	/** Another process has held its lock for too long. */
	| 'locked'
	| 'unreachable';

/** The only error that a store throws. */
export class StoreError extends Error {
	override readonly name = 'StoreError';

	/** @param reason `busy`: another process is writing; retry soon. */
	constructor(
		readonly reason: StoreErrorReason | 'busy',
		options?: ErrorOptions,
	) {
		super(reason, options);
	}
}

/** A superseded store has been replaced by another one. */
export type StoreValidity = 'current' | 'superseded' | 'deleted';

/** One moment by the store's clock, and by the machine's monotonic clock, which all its processes share (ms). */
export interface ClockReading {
	readonly wall: EpochMs;
	readonly monotonic: number;
}

/** All documents of a store, or those that changed. */
export interface ChangeSet {
	/** Counts commits. */
	readonly rev: number;
	/** Identifies the store; a new one gets a new name. */
	readonly store: string;
	/** The time of the last commit; absent if there was none. */
	readonly stamp: ClockReading | undefined;
	/** True: `changes` is everything that the store holds. */
	readonly isComplete: boolean;
	readonly changes: readonly Change[];
}

/** Documents that several processes share, with one lock for writers. All calls are short; one that would wait throws `busy`. */
export interface StoreConnection {
	/** Takes the lock and reads what changed after `since`; -1 reads everything. */
	begin(since: number): ChangeSet;
	/** Writes, releases the lock and returns the new revision. If it throws, nothing is written and the lock is free. */
	commit(changes: readonly Change[], stamp: ClockReading): number;
	/** Releases the lock, if it is held. */
	rollback(): void;
	/** What others changed after `since`, read without the lock. Undefined, at little cost, if nothing changed. */
	changesSince(since: number): ChangeSet | undefined;
	/** Whether a process that opens the store now gets this one. Never rejects. */
	validity(): Promise<StoreValidity>;
	close(): void;
}

/** Opens the store where it is kept. */
export interface StoreBackend {
	/** Opens the store, or creates it. Rejects with `StoreError`. */
	open(): Promise<StoreConnection>;
	/** Sets the damaged store aside, so that the next `open` creates a new one. */
	setAside(): Promise<void>;
}

import type { Change, EpochMs } from './stateStore';

/** Why a shared store cannot be used now. */
export type StoreErrorReason =
	/** This editor has none. */
	| 'missing'
	/** What it holds cannot be read. It was set aside, and a new one begun. */
	| 'damaged'
	/** It was deleted while it was in use. */
	| 'deleted'
	/** A later version of this extension wrote it. */
	| 'newer'
	| 'readOnly'
	/** The browser lets pages store nothing. */
	| 'blocked'
	| 'full'
	/** Somebody has held it for long. */
	| 'locked'
	| 'unreachable';

/** What a store throws, and nothing else. */
export class StoreError extends Error {
	override readonly name = 'StoreError';

	/** @param reason `busy`: another process writes; asking again soon helps. */
	constructor(
		readonly reason: StoreErrorReason | 'busy',
		options?: ErrorOptions,
	) {
		super(reason, options);
	}
}

/** Another store has taken the place of a superseded one. */
export type StoreValidity = 'current' | 'superseded' | 'deleted';

/** A moment by the store's clock, and by the machine's steady clock, which is one for all its processes (ms). */
export interface ClockReading {
	readonly wall: EpochMs;
	readonly monotonic: number;
}

/** What a store holds, or what has changed there. */
export interface ChangeSet {
	/** Counts commits. */
	readonly rev: number;
	/** Named anew whenever the store begins anew. */
	readonly store: string;
	/** When the last commit was; absent where there was none. */
	readonly stamp: ClockReading | undefined;
	/** True: `changes` is all that it holds. */
	readonly isComplete: boolean;
	readonly changes: readonly Change[];
}

/** Documents that several processes share, under one lock for writers. All calls are short; those that would wait throw `busy`. */
export interface StoreConnection {
	/** Takes the lock and reads what changed after `since`; -1 reads all. */
	begin(since: number): ChangeSet;
	/** Writes and lets go of the lock; answers the new revision. Where it throws, nothing is written and the lock is free. */
	commit(changes: readonly Change[], stamp: ClockReading): number;
	/** Lets go of the lock, where it is held. */
	rollback(): void;
	/** What others changed after `since`, without the lock. Cheap where nobody has: answers nothing. */
	changesSince(since: number): ChangeSet | undefined;
	/** Whether others who open the store now get this one. Never rejects. */
	validity(): Promise<StoreValidity>;
	close(): void;
}

/** Where a store is kept. */
export interface StoreBackend {
	/** Opens the store, or begins it. Rejects with `StoreError`. */
	open(): Promise<StoreConnection>;
	/** The store that was opened last is damaged: the next one is another. */
	setAside(): Promise<void>;
}

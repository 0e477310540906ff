import type { Clock, Dispose, Random } from '../types/clock';
import { DocMaps, DocsTransaction, refOf } from './docMaps';
import { Events } from '../types/events';
import type { Change, DocRef, Docs, StateStore, Transaction, EpochMs } from '../types/stateStore';
import { BusyBackoff } from './busyBackoff';
import { changesToResync } from './resync';
import {
	StoreError,
	type ChangeSet,
	type StoreConnection,
	type StoreBackend,
	type StoreErrorReason,
} from '../types/storeConnection';
import { runWithin, StepQueue } from './stepQueue';
import { StoreClock } from './storeClock';
import { copyOf, replaceAll } from './documentSet';

/** ms. How often the store is polled for other windows' writes. */
const pollMs = 250;
/** Polls between two checks that the store was not replaced. */
const pollsPerCheck = 4;
/** ms. Delay before a store out of reach is tried again; shorter if it was locked. */
const resyncMs = 10_000;
const unlockMs = 1_000;
/** Steps that are written at once: the lock of all windows is held meanwhile. */
const maxTogether = 64;

export interface SharedStoreParts {
	readonly backend: StoreBackend;
	/** Its `monotonic` must be shared by all processes of the machine. */
	readonly clock: Clock;
	readonly random: Random;
	/**
	 * Runs something as soon as what has arrived by now was looked at, so that requests that come together are written together.
	 * Absent: at once.
	 */
	readonly soon?: (run: () => void) => void;
	/** Called when the store is out of reach: until it is back, windows do not know of each other. */
	readonly onStoreError: (reason: StoreErrorReason, cause: unknown) => void;
	/** Called when a listener threw, or a connection threw something other than `StoreError`. */
	readonly onError: (error: unknown) => void;
}

type Mode =
	| { readonly state: 'opening' }
	| { readonly state: 'shared'; readonly store: StoreConnection }
	/** The store is out of reach: documents live in memory. `base` is what they were at first. */
	| {
			readonly state: 'offline';
			readonly base: DocMaps;
			readonly store: StoreConnection | undefined;
			/** It is on its way to another store, so that nobody was told. */
			readonly isUntold: boolean;
	  }
	| { readonly state: 'closed' };

/**
 * The store of all windows of a machine. While it is out of reach, this window serves from memory; once it is back, both
 * sides are merged.
 */
export class SharedStore implements StateStore {
	private readonly docs = new DocMaps();
	private readonly changed: Events<readonly DocRef[]>;
	private readonly queue = new StepQueue();
	private readonly time: StoreClock;
	private readonly busyBackoff: BusyBackoff;
	private mode: Mode = { state: 'opening' };
	private rev = -1;
	/** The name of the store that the documents were read from. */
	private storeName: string | undefined;
	private draining = false;
	private willDrain = false;
	private polls = 0;
	private retryTimer: Dispose | undefined;
	/** The current attempt to open the store. */
	private opening: Promise<void> = Promise.resolve();
	private pollTimer: Dispose | undefined;
	private resyncTimer: Dispose | undefined;

	constructor(private readonly parts: SharedStoreParts) {
		this.changed = new Events(parts.onError);
		this.time = new StoreClock(parts.clock);
		this.busyBackoff = new BusyBackoff(parts.clock.monotonic, parts.random);
		this.start(this.open());
	}

	replica(): Docs {
		return this.docs;
	}

	now(): EpochMs {
		return this.time.now();
	}

	transact<T>(step: (tx: Transaction, now: EpochMs) => T): Promise<T> {
		const done = this.queue.add(step);
		this.drainSoon();
		return done;
	}

	onDidChange(listener: (refs: readonly DocRef[]) => void): Dispose {
		return this.changed.on(listener);
	}

	/** Resolves when the connection is closed. What was counted out of the store's reach is written, if it is back by now. */
	async close(): Promise<void> {
		this.drain();
		this.changed.clear();
		this.queue.close();
		if (this.mode.state === 'offline') {
			this.start(this.opening.then(() => this.open()));
			await this.opening;
		}
		const { mode } = this;
		this.mode = { state: 'closed' };
		for (const off of [this.retryTimer, this.pollTimer, this.resyncTimer]) off?.();
		if (mode.state === 'shared' || mode.state === 'offline') mode.store?.close();
		await this.opening;
	}

	private drainSoon(): void {
		const { soon } = this.parts;
		if (!soon) return this.drain();
		if (this.willDrain) return undefined;
		this.willDrain = true;
		return soon(() => {
			this.willDrain = false;
			this.drain();
		});
	}

	/** Runs the queued steps in order, as long as the store takes them. */
	private drain(): void {
		if (this.draining) return;
		this.draining = true;
		while (this.queue.steps.length > 0 && this.runNextSteps());
		this.draining = false;
	}

	/** Runs the next queued steps; false if none can run now. */
	private runNextSteps(): boolean {
		const { mode } = this;
		if (this.retryTimer) return false;
		if (mode.state === 'shared') this.withErrorsHandled(mode.store, () => this.runShared(mode.store));
		else if (mode.state === 'offline') this.runOffline();
		else return false;
		return true;
	}

	private runShared(store: StoreConnection): void {
		const changeSet = store.begin(this.rev);
		const refs = this.applyChangeSet(changeSet);
		const mustStamp = this.time.catchUp();
		const now = this.time.now();
		const tx = new DocsTransaction(this.docs, now);
		const steps = this.queue.steps.slice(0, maxTogether);
		const ends = steps.map((step) => runWithin(step, tx, now));
		const { changes } = tx;
		if (changes.length > 0 || mustStamp) this.rev = store.commit(changes, this.time.stamp());
		else store.rollback();
		this.queue.steps.splice(0, steps.length);
		this.busyBackoff.reset();
		for (const change of changes) this.docs.apply(change);
		this.notify([...refs, ...changes.map(refOf)]);
		for (const end of ends) end();
	}

	private runOffline(): void {
		this.time.catchUp();
		this.queue.runFirstInMemory(this.docs, this.time.now(), (refs) => this.notify(refs));
	}

	/** `busy` is retried for up to 1.5 s, then the store goes offline; any other error does so at once. */
	private withErrorsHandled(store: StoreConnection, act: () => void): void {
		try {
			act();
		} catch (error) {
			const reason = this.reasonOf(error);
			if (reason !== 'busy') this.goOffline(reason, store, error);
			else if (this.busyBackoff.mayRetry()) this.retrySoon();
			else this.goOffline('locked', store, error);
		}
	}

	private retrySoon(): void {
		this.retryTimer = this.parts.clock.after(this.busyBackoff.nextMs(), () => {
			this.retryTimer = undefined;
			this.drain();
		});
	}

	private goOffline(reason: StoreErrorReason, store: StoreConnection | undefined, error?: unknown): void {
		// Another process's lock ends at some point, so the connection stays open.
		const kept = reason === 'locked' ? store : undefined;
		if (!kept) store?.close();
		this.enterOffline(kept);
		this.report(reason, error);
		if (reason === 'damaged') this.start(this.parts.backend.setAside().then(() => this.open()));
		else if (reason === 'deleted') this.start(this.open());
		else this.resyncLater(reason);
	}

	/** Another store has replaced this one. */
	private switchStore(store: StoreConnection): void {
		store.close();
		this.enterOffline(undefined, true);
		this.start(this.open());
	}

	private enterOffline(store: StoreConnection | undefined, isUntold = false): void {
		this.pollTimer?.();
		this.mode = { state: 'offline', base: copyOf(this.docs), store, isUntold };
	}

	private resyncLater(reason: StoreErrorReason): void {
		this.resyncTimer?.();
		// An editor without a store will not get one while it runs.
		if (reason === 'missing') return;
		this.resyncTimer = this.parts.clock.after(reason === 'locked' ? unlockMs : resyncMs, () => this.start(this.open()));
	}

	private start(opening: Promise<void>): void {
		this.opening = opening;
	}

	private async open(): Promise<void> {
		const { mode } = this;
		if (mode.state === 'closed' || mode.state === 'shared') return;
		let store: StoreConnection | undefined = mode.state === 'offline' ? mode.store : undefined;
		try {
			store ??= await this.parts.backend.open();
			if (this.mode !== mode) store.close();
			else this.adopt(store);
		} catch (error) {
			if (this.mode === mode) this.openFailed(error, store);
		}
		this.drain();
	}

	private openFailed(error: unknown, store: StoreConnection | undefined): void {
		const reason = this.reasonOf(error);
		if (this.mode.state === 'offline') {
			const isBusy = reason === 'busy';
			if (!isBusy) store?.close();
			if (!isBusy && (reason === 'damaged' || this.mode.isUntold)) this.report(reason, error);
			this.mode = { ...this.mode, store: isBusy ? store : undefined, isUntold: isBusy && this.mode.isUntold };
			// Not at once: on a broken disk, each new store is damaged too.
			if (reason === 'damaged') this.start(this.parts.backend.setAside());
			this.resyncLater(isBusy ? 'locked' : reason);
		} else if (reason !== 'busy') {
			this.goOffline(reason, store, error);
		} else if (this.busyBackoff.mayRetry()) {
			store?.close();
			this.resyncTimer = this.parts.clock.after(this.busyBackoff.nextMs(), () => this.start(this.open()));
		} else {
			this.goOffline('locked', store, error);
		}
	}

	/** Reads everything from the store, adds what happened here without it, and continues on it. */
	private adopt(store: StoreConnection): void {
		const { mode } = this;
		const changeSet = store.begin(-1);
		let changes: readonly Change[];
		try {
			this.time.adopt(changeSet.stamp);
			// Before the store was opened or found out of reach, nothing was written.
			changes =
				mode.state === 'offline'
					? changesToResync(
							this.docs,
							mode.base,
							changeSet.changes,
							changeSet.store === this.storeName,
							this.time.now(),
						)
					: [];
			this.rev = store.commit(changes, this.time.stamp());
		} catch (error) {
			store.rollback();
			throw error;
		}
		this.storeName = changeSet.store;
		this.mode = { state: 'shared', store };
		this.busyBackoff.reset();
		const refs = replaceAll(this.docs, changeSet.changes);
		for (const change of changes) this.docs.apply(change);
		this.pollLater();
		this.notify([...refs, ...changes.map(refOf)]);
	}

	private pollLater(): void {
		this.pollTimer?.();
		this.pollTimer = this.parts.clock.after(pollMs, () => this.poll());
	}

	/** Reads what other windows have written. */
	private poll(): void {
		const { mode } = this;
		if (mode.state !== 'shared') return;
		const { store } = mode;
		try {
			const changeSet = store.changesSince(this.rev);
			if (changeSet) this.notify(this.applyChangeSet(changeSet));
		} catch (error) {
			const reason = this.reasonOf(error);
			if (reason !== 'busy') {
				this.goOffline(reason, store, error);
				return;
			}
		}
		// Commits a clock that jumped, so that all windows follow it even if nothing else is written.
		if (this.time.hasJumped()) this.transact(() => undefined).catch(() => undefined);
		if (++this.polls % pollsPerCheck === 0) void this.check(store);
		this.pollLater();
	}

	private async check(store: StoreConnection): Promise<void> {
		const validity = await store.validity();
		if (validity === 'current' || this.mode.state !== 'shared' || this.mode.store !== store) return;
		if (validity === 'deleted') this.goOffline('deleted', store);
		else this.switchStore(store);
	}

	/** Applies other windows' changes; returns the changed documents. */
	private applyChangeSet(changeSet: ChangeSet): readonly DocRef[] {
		if (changeSet.rev !== this.rev) this.time.follow(changeSet.stamp);
		this.rev = changeSet.rev;
		if (changeSet.isComplete) return replaceAll(this.docs, changeSet.changes);
		for (const change of changeSet.changes) this.docs.apply(change);
		return changeSet.changes.map(refOf);
	}

	private notify(refs: readonly DocRef[]): void {
		if (refs.length > 0) this.changed.emit(refs);
	}

	private report(reason: StoreErrorReason, error: unknown): void {
		this.parts.onStoreError(reason, error instanceof StoreError ? error.cause : error);
	}

	private reasonOf(error: unknown): StoreErrorReason | 'busy' {
		if (error instanceof StoreError) return error.reason;
		this.parts.onError(error);
		return 'unreachable';
	}
}

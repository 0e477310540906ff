import type { Clock, Off, Random } from '../types/clock';
import { DocMaps, DocsTx, refOf } from './docMaps';
import { Events } from '../types/events';
import type { Change, DocRef, Docs, StateStore, Transaction, EpochMs } from '../types/stateStore';
import { PoolError } from '../types/streamPart';
import { BusyBackoff } from './busyBackoff';
import { changesToResync } from './resync';
import {
	StoreError,
	type ChangeSet,
	type StoreConnection,
	type StoreBackend,
	type StoreErrorReason,
} from '../types/storeConnection';
import { StoreClock } from './storeClock';
import { copyOf, replaceAll } from './whole';

/** ms. How often others' writes are looked for. */
const lookMs = 250;
/** Looks between two questions whether the store is still the same one. */
const looksPerCheck = 4;
/** ms. A store out of reach is tried again after this; one that is locked sooner. */
const rejoinMs = 10_000;
const unlockMs = 1_000;

export interface SharedStoreParts {
	readonly place: StoreBackend;
	/** Its `steady` must be one for all processes of the machine. */
	readonly clock: Clock;
	readonly random: Random;
	/** The store is out of reach, and why: the windows do not know of each other until it is back. */
	readonly onTrouble: (trouble: StoreErrorReason, cause: unknown) => void;
	/** A listener threw, or a store threw what it must not: the ledger goes on. */
	readonly onError: (error: unknown) => void;
}

interface Job {
	/** Runs the step on what is known; answers what tells its caller once it is written. Throws what the step throws. */
	readonly run: (tx: Transaction, now: EpochMs) => () => void;
	readonly reject: (error: unknown) => void;
}

type Mode =
	| { readonly state: 'opening' }
	| { readonly state: 'shared'; readonly store: StoreConnection }
	/** The store is out of reach: documents live in memory. `base` is how they began. */
	| { readonly state: 'offline'; readonly base: DocMaps; readonly store: StoreConnection | undefined }
	| { readonly state: 'unsupported' };

/**
 * The ledger of all windows of a machine, on a store that they share. Where the store is out of reach it serves from memory,
 * and brings together what each side did when it is back.
 */
export class SharedStore implements StateStore {
	private readonly docs = new DocMaps();
	private readonly changed: Events<readonly DocRef[]>;
	private readonly jobs: Job[] = [];
	private readonly time: StoreClock;
	private readonly patience: BusyBackoff;
	private mode: Mode = { state: 'opening' };
	private rev = -1;
	/** The name of the store that the documents came from. */
	private storeName: string | undefined;
	private draining = false;
	private looks = 0;
	private retryTimer: Off | undefined;
	/** An opening under way. */
	private opening: Promise<void> = Promise.resolve();
	private lookTimer: Off | undefined;
	private joinTimer: Off | undefined;

	constructor(private readonly parts: SharedStoreParts) {
		this.changed = new Events(parts.onError);
		this.time = new StoreClock(parts.clock);
		this.patience = new BusyBackoff(parts.clock.monotonic, parts.random);
		this.start(this.open());
	}

	replica(): Docs {
		return this.docs;
	}

	now(): EpochMs {
		return this.time.now();
	}

	transact<T>(step: (tx: Transaction, now: EpochMs) => T): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			if (this.mode.state === 'unsupported') {
				reject(new PoolError('ledgerDown', []));
				return;
			}
			const run = (tx: Transaction, now: EpochMs): (() => void) => {
				const result = step(tx, now);
				return () => resolve(result);
			};
			this.jobs.push({ run, reject });
			this.drain();
		});
	}

	onDidChange(listener: (refs: readonly DocRef[]) => void): Off {
		return this.changed.on(listener);
	}

	/** Resolves when nothing is open any more. */
	close(): Promise<void> {
		const { mode } = this;
		this.mode = { state: 'unsupported' };
		for (const off of [this.retryTimer, this.lookTimer, this.joinTimer]) off?.();
		this.changed.clear();
		for (const { reject } of this.jobs.splice(0)) reject(new PoolError('ledgerDown', []));
		if (mode.state === 'shared' || mode.state === 'offline') mode.store?.close();
		return this.opening;
	}

	/** Runs what waits, in the order it came, for as long as the store takes it. */
	private drain(): void {
		if (this.draining) return;
		this.draining = true;
		while (this.jobs.length > 0 && this.takesNext());
		this.draining = false;
	}

	/** Runs the first that waits; false where nothing can run now. */
	private takesNext(): boolean {
		const { mode } = this;
		if (this.retryTimer) return false;
		if (mode.state === 'shared') this.guarded(mode.store, () => this.runNext(mode.store));
		else if (mode.state === 'offline') this.runAlone();
		else return false;
		return true;
	}

	private runNext(store: StoreConnection): void {
		const page = store.begin(this.rev);
		const refs = this.absorb(page);
		const mustStamp = this.time.catchUp();
		const now = this.time.now();
		const job = this.jobs[0];
		const tx = new DocsTx(this.docs, now);
		let done: (() => void) | undefined;
		try {
			done = job?.run(tx, now);
		} catch (error) {
			store.rollback();
			this.jobs.shift();
			job?.reject(error);
			this.tell(refs);
			return;
		}
		const { changes } = tx;
		if (changes.length > 0 || mustStamp) this.rev = store.commit(changes, this.time.stamp());
		else store.rollback();
		this.jobs.shift();
		this.patience.renew();
		for (const change of changes) this.docs.apply(change);
		this.tell([...refs, ...changes.map(refOf)]);
		done?.();
	}

	private runAlone(): void {
		const job = this.jobs.shift();
		if (!job) return;
		this.time.catchUp();
		const tx = new DocsTx(this.docs, this.time.now());
		try {
			const done = job.run(tx, this.time.now());
			for (const change of tx.changes) this.docs.apply(change);
			this.tell(tx.changes.map(refOf));
			done();
		} catch (error) {
			job.reject(error);
		}
	}

	/** Does something with the store; where that fails, waits a little or goes round it. */
	private guarded(store: StoreConnection, act: () => void): void {
		try {
			act();
		} catch (error) {
			const reason = this.reasonOf(error);
			if (reason !== 'busy') this.goRound(reason, store, error);
			else if (this.patience.lasts()) this.retrySoon();
			else this.goRound('locked', store, error);
		}
	}

	private retrySoon(): void {
		this.retryTimer = this.parts.clock.after(this.patience.nextMs(), () => {
			this.retryTimer = undefined;
			this.drain();
		});
	}

	private goRound(trouble: StoreErrorReason, store: StoreConnection | undefined, error?: unknown): void {
		this.patience.renew();
		// A lock that somebody else holds ends some time: the store stays open.
		const kept = trouble === 'locked' ? store : undefined;
		if (!kept) store?.close();
		this.serveAlone(kept);
		this.say(trouble, error);
		if (trouble === 'damaged') this.start(this.parts.place.setAside().then(() => this.open()));
		else if (trouble === 'deleted') this.start(this.open());
		else this.joinLater(trouble);
	}

	/** Another store has taken the place of this one. */
	private moveOn(store: StoreConnection): void {
		store.close();
		this.serveAlone(undefined);
		this.start(this.open());
	}

	private serveAlone(store: StoreConnection | undefined): void {
		this.lookTimer?.();
		this.mode = { state: 'offline', base: copyOf(this.docs), store };
	}

	private joinLater(trouble: StoreErrorReason): void {
		this.joinTimer?.();
		// What this editor lacks does not come while it runs.
		if (trouble === 'missing') return;
		this.joinTimer = this.parts.clock.after(trouble === 'locked' ? unlockMs : rejoinMs, () => this.start(this.open()));
	}

	private start(opening: Promise<void>): void {
		this.opening = opening;
	}

	private async open(): Promise<void> {
		const { mode } = this;
		if (mode.state === 'unsupported' || mode.state === 'shared') return;
		let store: StoreConnection | undefined = mode.state === 'offline' ? mode.store : undefined;
		try {
			store ??= await this.parts.place.open();
			if (this.mode !== mode) store.close();
			else this.join(store);
		} catch (error) {
			if (this.mode === mode) this.notJoined(error, store);
		}
		this.drain();
	}

	private notJoined(error: unknown, store: StoreConnection | undefined): void {
		const reason = this.reasonOf(error);
		if (this.mode.state === 'offline') {
			if (reason !== 'busy') store?.close();
			this.mode = { ...this.mode, store: reason === 'busy' ? store : undefined };
			// Not at once: where the disk spoils whatever is written, each new one is damaged, too.
			if (reason === 'damaged') {
				this.say(reason, error);
				this.start(this.parts.place.setAside());
			}
			this.joinLater(reason === 'busy' ? 'locked' : reason);
		} else if (reason !== 'busy') {
			this.goRound(reason, store, error);
		} else if (this.patience.lasts()) {
			store?.close();
			this.joinTimer = this.parts.clock.after(this.patience.nextMs(), () => this.start(this.open()));
		} else {
			this.goRound('locked', store, error);
		}
	}

	/** Reads all that the store holds, adds what happened here without it, and goes on with it. */
	private join(store: StoreConnection): void {
		const { mode } = this;
		const page = store.begin(-1);
		let changes: readonly Change[];
		try {
			this.time.adopt(page.stamp);
			// Nobody writes before the store was opened, or found out of reach.
			changes =
				mode.state === 'offline'
					? changesToResync(this.docs, mode.base, page.changes, page.store === this.storeName, this.time.now())
					: [];
			this.rev = store.commit(changes, this.time.stamp());
		} catch (error) {
			store.rollback();
			throw error;
		}
		this.storeName = page.store;
		this.mode = { state: 'shared', store };
		this.patience.renew();
		const refs = replaceAll(this.docs, page.changes);
		for (const change of changes) this.docs.apply(change);
		this.lookLater();
		this.tell([...refs, ...changes.map(refOf)]);
	}

	private lookLater(): void {
		this.lookTimer?.();
		this.lookTimer = this.parts.clock.after(lookMs, () => this.look());
	}

	/** What other windows have written shows here. */
	private look(): void {
		const { mode } = this;
		if (mode.state !== 'shared') return;
		const { store } = mode;
		try {
			const page = store.look(this.rev);
			if (page) this.tell(this.absorb(page));
		} catch (error) {
			const reason = this.reasonOf(error);
			if (reason !== 'busy') {
				this.goRound(reason, store, error);
				this.drain();
				return;
			}
		}
		// The time of all windows moves along, also where nothing is written.
		if (this.time.hasJumped()) this.transact(() => undefined).catch(() => undefined);
		if (++this.looks % looksPerCheck === 0) void this.check(store);
		this.lookLater();
	}

	private async check(store: StoreConnection): Promise<void> {
		const validity = await store.validity();
		if (validity === 'current' || this.mode.state !== 'shared' || this.mode.store !== store) return;
		if (validity === 'deleted') this.goRound('deleted', store);
		else this.moveOn(store);
		this.drain();
	}

	/** Takes over what others changed; answers what that was. */
	private absorb(page: ChangeSet): readonly DocRef[] {
		if (page.rev !== this.rev) this.time.follow(page.stamp);
		this.rev = page.rev;
		if (page.whole) return replaceAll(this.docs, page.changes);
		for (const change of page.changes) this.docs.apply(change);
		return page.changes.map(refOf);
	}

	private tell(refs: readonly DocRef[]): void {
		if (refs.length > 0) this.changed.emit(refs);
	}

	private say(trouble: StoreErrorReason, error: unknown): void {
		this.parts.onTrouble(trouble, error instanceof StoreError ? error.cause : error);
	}

	private reasonOf(error: unknown): StoreErrorReason | 'busy' {
		if (error instanceof StoreError) return error.reason;
		this.parts.onError(error);
		return 'unreachable';
	}
}

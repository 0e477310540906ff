import {
	changesToResync,
	copyOf,
	DocMaps,
	DocsTransaction,
	Events,
	refOf,
	replaceAll,
	StepQueue,
	StoreError,
	type Clock,
	type Dispose,
	type DocRef,
	type Docs,
	type EpochMs,
	type StateStore,
	type StoreErrorReason,
	type Transaction,
} from '../pool/pool';
import { asStoreError, type ClosedBy, type Database } from './database';
import { clear, readSince, write, type Page } from './documents';

/** ms. A database that is out of reach is tried again after this. */
const resyncMs = 10_000;
/** ms. A lock that another tab holds for longer is not waited for: no write takes a thousandth of it. */
const maxLockMs = 5_000;

const both = ['documents', 'head'] as const;

export interface BrowserStoreParts {
	/** Of the database, of the lock on it, and of the channel about it. */
	readonly name: string;
	/** Rejects with `StoreError`. */
	readonly open: () => Promise<Database>;
	readonly locks: Pick<LockManager, 'request'>;
	/** One machine, one wall clock: all tabs read the same time, and none is kept. */
	readonly clock: Pick<Clock, 'wall' | 'after'>;
	readonly newId: () => string;
	/** The database is out of reach, and why: the tabs do not know of each other until it is back. */
	readonly onStoreError: (reason: StoreErrorReason, cause: unknown) => void;
	/** A listener threw: the store goes on. */
	readonly onError: (error: unknown) => void;
}

type Mode =
	| { readonly state: 'opening' }
	| { readonly state: 'shared'; readonly database: Database }
	/** The database is out of reach: documents live in memory. `base` is how they began. */
	| { readonly state: 'offline'; readonly base: DocMaps }
	| { readonly state: 'closed' };

/**
 * The state of all tabs of a browser that have one origin: documents in IndexedDB, one writer at a time under a lock, the
 * others told by a channel. Without the database it serves from memory, and brings both together when that is back.
 */
export class BrowserStore implements StateStore {
	private readonly docs = new DocMaps();
	private readonly changed: Events<readonly DocRef[]>;
	private readonly queue = new StepQueue();
	private readonly channel: BroadcastChannel;
	private mode: Mode = { state: 'opening' };
	private rev = -1;
	/** The name of the store that the documents came from. */
	private storeName: string | undefined;
	private draining = false;
	/** While what happened here goes into the database: a step that ran meanwhile would be lost. */
	private isAdopting = false;
	/** What others changed, and no listener has heard of. */
	private readonly unheard: DocRef[] = [];
	/** Another tab has written since this one looked. */
	private mustFollow = false;
	private resyncTimer: Dispose | undefined;
	private opening: Promise<void>;

	constructor(private readonly parts: BrowserStoreParts) {
		this.changed = new Events(parts.onError);
		this.channel = new BroadcastChannel(parts.name);
		this.channel.onmessage = () => {
			this.mustFollow = true;
			this.drain();
		};
		this.opening = this.open();
	}

	replica(): Docs {
		return this.docs;
	}

	now(): EpochMs {
		return this.parts.clock.wall();
	}

	transact<T>(step: (tx: Transaction, now: EpochMs) => T): Promise<T> {
		const done = this.queue.add(step);
		this.drain();
		return done;
	}

	onDidChange(listener: (refs: readonly DocRef[]) => void): Dispose {
		return this.changed.on(listener);
	}

	close(): Promise<void> {
		const { mode } = this;
		this.mode = { state: 'closed' };
		this.resyncTimer?.();
		this.channel.close();
		this.changed.clear();
		this.queue.close();
		if (mode.state === 'shared') mode.database.close();
		return this.opening;
	}

	/** Runs what waits, in the order it came, one step at a time. */
	private drain(): void {
		if (this.draining) return;
		this.draining = true;
		this.runAll().catch(this.parts.onError);
	}

	private async runAll(): Promise<void> {
		try {
			while (this.queue.steps.length > 0 || this.mustFollow) {
				const { mode } = this;
				if (mode.state === 'shared') await this.reach(mode.database);
				else if (mode.state === 'offline' && !this.isAdopting) this.runOffline();
				else return;
			}
		} finally {
			// In the same turn as the last look, so that nothing comes in between.
			this.draining = false;
		}
	}

	/** Does the next thing with the database; where that fails, goes on without it. */
	private async reach(database: Database): Promise<void> {
		try {
			await (this.queue.steps.length > 0 ? this.runShared(database) : this.follow(database));
		} catch (error) {
			if (this.isCurrent(database)) this.goOffline(database, asStoreError(error, 'unreachable'));
		}
	}

	private async runShared(database: Database): Promise<void> {
		const step = this.queue.steps[0];
		if (!step) return;
		this.mustFollow = false;
		const ended = await this.locked(() =>
			database.transaction('readwrite', both, async (of) => {
				const page = await readSince(of, this.rev, this.storeName);
				this.apply(page);
				const now = this.now();
				const tx = new DocsTransaction(this.docs, now);
				let tell: () => void;
				try {
					tell = step.run(tx, now);
				} catch (error) {
					return { changes: [], head: page.head, tell: () => step.reject(error) };
				}
				const { changes } = tx;
				const head = changes.length > 0 ? await write(of, page.head, changes) : page.head;
				return { changes, head, tell };
			}),
		);
		if (!this.isCurrent(database)) return;
		const { changes, head, tell } = ended;
		this.queue.steps.shift();
		this.rev = head.rev;
		for (const change of changes) this.docs.apply(change);
		if (changes.length > 0) this.channel.postMessage(head.rev);
		this.notify(changes.map(refOf));
		tell();
	}

	private async follow(database: Database): Promise<void> {
		this.mustFollow = false;
		await database.transaction('readonly', both, async (of) => {
			this.apply(await readSince(of, this.rev, this.storeName));
		});
		if (this.isCurrent(database)) this.notify([]);
	}

	private runOffline(): void {
		this.mustFollow = false;
		this.queue.runFirstInMemory(this.docs, this.now(), (refs) => this.notify(refs));
	}

	private async open(): Promise<void> {
		const { mode } = this;
		let database: Database | undefined;
		try {
			database = await this.parts.open();
			if (this.mode === mode) await this.adopt(database, mode);
			else database.close();
		} catch (error) {
			database?.close();
			const failure = asStoreError(error, 'unreachable');
			if (this.mode === mode && failure.reason === 'damaged') await this.startAnew();
			if (this.mode === mode) this.openFailed(failure);
		}
		this.drain();
	}

	/** Reads all that the database holds, adds what happened here without it, and goes on with it. */
	private async adopt(database: Database, mode: Mode): Promise<void> {
		try {
			await this.adoptNow(database, mode);
		} finally {
			this.isAdopting = false;
		}
	}

	private async adoptNow(database: Database, mode: Mode): Promise<void> {
		const { page, own, head } = await this.locked(() =>
			database.transaction('readwrite', both, async (of) => {
				const found = await readSince(of, -1, undefined);
				const began = found.head.store === '' ? { ...found.head, store: this.parts.newId() } : found.head;
				const isSame = began.store === this.storeName;
				this.isAdopting = true;
				const changes =
					mode.state === 'offline' ? changesToResync(this.docs, mode.base, found.changes, isSame, this.now()) : [];
				return { page: found, own: changes, head: await write(of, began, changes) };
			}),
		);
		if (this.mode !== mode) {
			database.close();
			return;
		}
		this.storeName = head.store;
		this.rev = head.rev;
		this.mode = { state: 'shared', database };
		database.onClosed = (by) => this.taken(database, by);
		const refs = replaceAll(this.docs, page.changes);
		for (const change of own) this.docs.apply(change);
		if (own.length > 0) this.channel.postMessage(head.rev);
		// What was told while this tab was coming here was told to nobody.
		this.mustFollow = true;
		this.notify([...refs, ...own.map(refOf)]);
	}

	private openFailed(error: StoreError): void {
		const isNew = this.mode.state !== 'offline';
		if (isNew) this.enterOffline(error);
		this.resyncLater();
	}

	private goOffline(database: Database, error: StoreError): void {
		database.onClosed = () => undefined;
		database.close();
		this.enterOffline(error);
		if (error.reason === 'damaged') this.opening = this.startAnew().then(() => this.open());
		else if (error.reason === 'deleted') this.opening = this.open();
		else this.resyncLater();
	}

	private enterOffline(error: StoreError): void {
		this.mode = { state: 'offline', base: copyOf(this.docs) };
		this.notify([]);
		this.parts.onStoreError(error.reason === 'busy' ? 'locked' : error.reason, error.cause);
	}

	private resyncLater(): void {
		this.resyncTimer?.();
		this.resyncTimer = this.parts.clock.after(resyncMs, () => {
			this.opening = this.open();
		});
	}

	/** What the database holds cannot be read: it begins anew, with what this tab knows. */
	private async startAnew(): Promise<void> {
		try {
			const database = await this.parts.open();
			await this.locked(() => database.transaction('readwrite', both, (of) => clear(of, this.parts.newId())));
			database.close();
		} catch (error) {
			this.parts.onError(error);
		}
	}

	private taken(database: Database, by: ClosedBy): void {
		if (!this.isCurrent(database)) return;
		this.goOffline(database, new StoreError(by === 'newerTab' ? 'newer' : 'deleted'));
		this.drain();
	}

	/** Takes over what others changed. */
	private apply({ head, isComplete, changes }: Page): void {
		this.rev = head.rev;
		this.storeName = head.store;
		if (isComplete) {
			this.unheard.push(...replaceAll(this.docs, changes));
		} else {
			for (const change of changes) this.docs.apply(change);
			this.unheard.push(...changes.map(refOf));
		}
	}

	private isCurrent(database: Database): boolean {
		return this.mode.state === 'shared' && this.mode.database === database;
	}

	private locked<T>(work: () => Promise<T>): Promise<T> {
		return this.parts.locks.request(this.parts.name, { signal: AbortSignal.timeout(maxLockMs) }, work) as Promise<T>;
	}

	private notify(own: readonly DocRef[]): void {
		const refs = [...this.unheard.splice(0), ...own];
		if (refs.length > 0) this.changed.emit(refs);
	}
}

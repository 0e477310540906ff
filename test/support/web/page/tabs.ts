import type { StateStore } from '../../../../src/pool/pool';
import { BrowserStore } from '../../../../src/web/browserStore';
import { Database, resultOf } from '../../../../src/web/database';
import { VirtualClock } from '../../virtualClock';

/** Turns of the page in which nothing may happen before it counts as quiet. */
const quietTurns = 4;
/** ms. */
const maxSettlingMs = 20_000;

/** Virtual time in a page: the database answers in its own time, and virtual time stands still meanwhile. */
class PageClock extends VirtualClock {
	isBusy: () => boolean = () => false;

	override async settle(): Promise<void> {
		const end = performance.now() + maxSettlingMs;
		for (let quiet = 0; quiet < quietTurns; quiet = this.isBusy() ? 0 : quiet + 1) {
			if (performance.now() > end) throw new Error('The stores of the page never came to agree.');
			await turn();
		}
	}
}

const channel = new MessageChannel();

/** One turn of the page's loop. */
function turn(): Promise<void> {
	return new Promise((resolve) => {
		channel.port1.onmessage = () => resolve();
		channel.port2.postMessage(undefined);
	});
}

let databases = 0;

/** The stores of several tabs on a fresh database. Each has its own connection and channel, as in a tab of its own. */
export class Tabs {
	readonly clock = new PageClock();
	readonly troubles: string[] = [];
	readonly name = `test-${++databases}-${crypto.randomUUID()}`;
	private readonly stores = new Set<BrowserStore>();
	/** Steps and transactions under way, of all tabs. */
	private running = 0;
	private mayDiffer = false;
	private readonly errors: unknown[] = [];

	constructor() {
		this.clock.isBusy = () => this.running > 0 || !(this.mayDiffer || this.agree());
	}

	readonly open = (factory?: () => IDBFactory): StateStore => {
		const store = new BrowserStore({
			name: this.name,
			open: async () => this.watched(await Database.open(this.name, this.clock, factory)),
			locks: navigator.locks,
			clock: this.clock,
			newId: () => crypto.randomUUID(),
			onStoreError: (reason) => this.troubles.push(reason),
			onError: (error) => this.errors.push(error),
		});
		this.stores.add(store);
		return {
			replica: () => store.replica(),
			now: () => store.now(),
			onDidChange: (listener) => store.onDidChange(listener),
			transact: (step) => this.counted(() => store.transact(step)),
			close: async () => {
				this.stores.delete(store);
				await store.close();
			},
		};
	};

	readonly spread = (): Promise<void> => this.clock.settle();
	readonly wall = (): number => this.clock.wall();
	readonly pass = (ms: number): Promise<void> => this.clock.advance(ms);

	readonly until = async <T>(promise: Promise<T>): Promise<T> => this.clock.until(promise);

	/** Lets time pass until something has come true. */
	async eventually(what: string, isTrue: () => Promise<boolean>): Promise<void> {
		// One that is offline agrees with nobody.
		this.mayDiffer = true;
		for (const end = performance.now() + maxSettlingMs; !(await isTrue()); await this.clock.advance(1_000)) {
			if (performance.now() > end) throw new Error(`${what}: it never came true`);
		}
		this.mayDiffer = false;
	}

	readonly close = async (): Promise<void> => {
		for (const store of this.stores) await store.close();
		await resultOf(indexedDB.deleteDatabase(this.name));
		if (this.errors.length > 0) throw new AggregateError(this.errors, String(this.errors[0]));
	};

	/** A tab has read what another wrote before its transaction has ended, and tells its listeners only then. */
	private watched(database: Database): Database {
		const transaction = database.transaction.bind(database);
		database.transaction = (...given) => this.counted(() => transaction(...given));
		return database;
	}

	private async counted<T>(work: () => Promise<T>): Promise<T> {
		this.running++;
		try {
			return await work();
		} finally {
			this.running--;
		}
	}

	/** Whether all tabs hold the same documents: what one wrote has come to the others. */
	private agree(): boolean {
		const texts = [...this.stores].map((store) => {
			const { bucket, key, model, pool, usage, requestRecord, windowQueue, leader, cooldown } = store.replica();
			const maps = [bucket, key, model, usage, requestRecord, windowQueue, leader, cooldown];
			return JSON.stringify([pool, maps.map((map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1)))]);
		});
		return new Set(texts).size <= 1;
	}
}

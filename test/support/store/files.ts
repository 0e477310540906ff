import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SqliteBackend } from '../../../src/node/sqlite/sqliteBackend';
import { SharedStore, type Clock, type StoreBackend, type StoreErrorReason } from '../../../src/pool/pool';
import { VirtualClock } from '../virtualClock';
import { diskIsAsked } from './diskClock';

/** Windows on one SQLite file, in virtual time. */
export class Files {
	readonly clock = new VirtualClock();
	readonly folder = mkdtempSync(path.join(tmpdir(), 'keypool-ledger-'));
	/** What was said, oldest first. */
	readonly troubles: StoreErrorReason[] = [];
	readonly errors: unknown[] = [];
	private readonly ledgers: SharedStore[] = [];

	get file(): string {
		return path.join(this.folder, 'ledger-1.sqlite');
	}

	open(place: StoreBackend = this.place(), clock: Clock = this.clock): SharedStore {
		const store = new SharedStore({
			backend: place,
			clock,
			random: () => 0.5,
			onStoreError: (trouble) => this.troubles.push(trouble),
			onError: (error) => this.errors.push(error),
		});
		this.ledgers.push(store);
		return store;
	}

	place(): SqliteBackend {
		return new SqliteBackend(this.folder);
	}

	/** Lets as much time pass as the promise needs, and first what the disk needs. */
	async until<T>(promise: Promise<T>): Promise<T> {
		const state = { settled: false };
		const isSettled = (): boolean => state.settled;
		const mark = (): void => {
			state.settled = true;
		};
		promise.then(mark, mark);
		for (;;) {
			await this.disk(isSettled, 30);
			if (isSettled()) return promise;
			await this.clock.advance(5);
		}
	}

	/** Lets the disk work, however slow it is, and time pass until something has come true. */
	async eventually(done: () => boolean): Promise<void> {
		for (let turn = 0; turn < 2_000 && !done(); turn++) {
			await this.disk(() => done() || !diskIsAsked(), Infinity);
			await this.disk(done, 30);
			await this.clock.advance(50);
		}
		assert.ok(done(), 'it never came true');
	}

	/** Lets the disk work until something has come true, or for so many turns; time stands still. */
	async disk(done: () => boolean, most = 100_000): Promise<void> {
		for (let turn = 0; turn < most && !done(); turn++) await new Promise((resolve) => setImmediate(resolve));
	}

	async close(): Promise<void> {
		for (const store of this.ledgers) await store.close();
		rmSync(this.folder, { recursive: true, force: true });
		if (this.errors.length > 0) throw new AggregateError(this.errors);
	}
}

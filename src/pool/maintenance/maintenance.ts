import type { Dispose } from '../types/clock';
import { downsampleOldest } from './downsample';
import type { PoolEvent } from '../types/events';
import { DataErasure, type ErasureScope } from './dataErasure';
import type { StateStore } from '../types/stateStore';
import { recordCooldowns } from '../usage/cooldownLog';
import type { Snapshot } from '../types/availability';
import { expiredDocuments } from './retention';

/** Keeps the ledger in order. */
export class Maintenance {
	private readonly erasure: DataErasure;

	constructor(
		private readonly store: StateStore,
		private readonly pool: { snapshot(): Snapshot; onEvent(listener: (event: PoolEvent) => void): Dispose },
	) {
		this.erasure = new DataErasure(store);
	}

	/** Forgets what is of no use any more, and sums up where there is very much. For one of the windows, now and then. */
	async applyRetention(): Promise<void> {
		const keys = this.pool.snapshot().keys.map(({ key }) => key);
		await this.store.transact((tx, now) => {
			for (const ref of expiredDocuments(this.store.replica(), keys, now)) tx.drop(ref);
		});
		await this.store.transact((tx, now) => downsampleOldest(tx, this.store.replica(), now));
	}

	/** Writes down which buckets rest now, and why. For one of the windows. */
	recordCooldowns(): Promise<void> {
		return recordCooldowns(this.store, this.pool.snapshot());
	}

	/**
	 * Forgets what is known of all keys and projects, or of some: quotas, use, and a pause by one of them. What is known
	 * of models goes too. Requests under way go on. Of all: other windows hear of it.
	 */
	erase(only?: ErasureScope): Promise<void> {
		return only ? this.erasure.erase(only) : this.erasure.eraseAll();
	}

	onEvent(listener: (event: PoolEvent) => void): Dispose {
		return this.pool.onEvent(listener);
	}

	/** @param clearMemory of what this window holds in memory, when another one has forgotten everything. */
	followOthers(clearMemory: () => Promise<void>, report: (error: unknown) => void): Dispose {
		return this.erasure.follow(clearMemory, report);
	}
}

import type { Off } from '../types/clock';
import { downsampleOldest } from './downsample';
import type { PoolEvent } from '../types/events';
import { DataErasure, type Some } from './dataErasure';
import type { StateStore } from '../types/stateStore';
import { noteRests } from '../usage/cooldownLog';
import type { Snapshot } from '../types/availability';
import { expiredDocuments } from './retention';

/** Keeps the ledger in order. */
export class Maintenance {
	private readonly forgetting: DataErasure;

	constructor(
		private readonly ledger: StateStore,
		private readonly pool: { snapshot(): Snapshot; onEvent(listener: (event: PoolEvent) => void): Off },
	) {
		this.forgetting = new DataErasure(ledger);
	}

	/** Forgets what is of no use any more, and sums up where there is very much. For one of the windows, now and then. */
	async tidy(): Promise<void> {
		const keys = this.pool.snapshot().keys.map(({ key }) => key);
		await this.ledger.transact((tx, now) => {
			for (const ref of expiredDocuments(this.ledger.replica(), keys, now)) tx.drop(ref);
		});
		await this.ledger.transact((tx, now) => downsampleOldest(tx, this.ledger.replica(), now));
	}

	/** Writes down which buckets rest now, and why. For one of the windows. */
	noteRests(): Promise<void> {
		return noteRests(this.ledger, this.pool.snapshot());
	}

	/**
	 * Forgets what is known of all keys and projects, or of some: quotas, use, and a pause by one of them. What is known
	 * of models goes too. Requests under way go on. Of all: other windows hear of it.
	 */
	forget(only?: Some): Promise<void> {
		return only ? this.forgetting.some(only) : this.forgetting.everything();
	}

	onEvent(listener: (event: PoolEvent) => void): Off {
		return this.pool.onEvent(listener);
	}

	/** @param letGo of what this window holds in memory, when another one has forgotten everything. */
	followOthers(letGo: () => Promise<void>, report: (error: unknown) => void): Off {
		return this.forgetting.follow(letGo, report);
	}
}

import type { Off } from '../types/clock';
import { foldOldest } from './downsample';
import type { PoolEvent } from '../types/events';
import { Forgetting, type Some } from './dataErasure';
import type { Ledger } from '../types/stateStore';
import { noteRests } from '../usage/cooldownLog';
import type { Snapshot } from '../types/availability';
import { outdated } from './retention';

/** Keeps the ledger in order. */
export class Upkeep {
	private readonly forgetting: Forgetting;

	constructor(
		private readonly ledger: Ledger,
		private readonly pool: { snapshot(): Snapshot; onEvent(listener: (event: PoolEvent) => void): Off },
	) {
		this.forgetting = new Forgetting(ledger);
	}

	/** Forgets what is of no use any more, and sums up where there is very much. For one of the windows, now and then. */
	async tidy(): Promise<void> {
		const keys = this.pool.snapshot().keys.map(({ key }) => key);
		await this.ledger.transact((tx, now) => {
			for (const ref of outdated(this.ledger.replica(), keys, now)) tx.drop(ref);
		});
		await this.ledger.transact((tx, now) => foldOldest(tx, this.ledger.replica(), now));
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

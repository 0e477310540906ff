import type { Dispose } from '../types/clock';
import { downsampleOldest } from './downsample';
import type { PoolEvent } from '../types/events';
import { DataErasure, type ErasureScope } from './dataErasure';
import type { Key } from '../types/key';
import type { StateStore } from '../types/stateStore';
import { recordCooldowns } from '../usage/cooldownLog';
import type { Snapshot } from '../types/availability';
import { expiredDocuments } from './retention';

/** Retention, erasure and the cooldown log of one pool's store. */
export class Maintenance {
	private readonly erasure: DataErasure;

	/** @param kept keys that the user has although the pool may use others in their place; none where they are not read yet */
	constructor(
		private readonly store: StateStore,
		private readonly pool: {
			snapshot(): Snapshot;
			onEvent(listener: (event: PoolEvent) => void): Dispose;
			cancelRequests(reason: Error): Promise<void>;
		},
		private readonly kept?: () => readonly Key[],
	) {
		this.erasure = new DataErasure(store);
	}

	/** Deletes expired documents, and downsamples counts if there are very many. Runs in one window. */
	async applyRetention(): Promise<void> {
		const inUse = this.pool.snapshot().keys.map(({ key }) => key);
		const kept = this.kept?.() ?? inUse;
		const keys = kept.length > 0 ? [...kept, ...inUse] : [];
		await this.store.transact((tx, now) => {
			for (const ref of expiredDocuments(this.store.replica(), keys, now)) tx.drop(ref);
		});
		await this.store.transact((tx, now) => downsampleOldest(tx, this.store.replica(), now));
	}

	/** Records the current cooldowns. Runs in one window. */
	recordCooldowns(): Promise<void> {
		return recordCooldowns(this.store, this.pool.snapshot());
	}

	/**
	 * Erases what is stored about all keys and projects, or about some, with a pause that they caused, and about models.
	 * Requests in flight end first, because they would be recorded later. If everything is erased, other windows follow.
	 */
	async erase(only?: ErasureScope): Promise<void> {
		await this.endRequests();
		return only ? this.erasure.erase(only) : this.erasure.eraseAll();
	}

	onEvent(listener: (event: PoolEvent) => void): Dispose {
		return this.pool.onEvent(listener);
	}

	/**
	 * @param clearMemory clears what this window holds in memory when another window has erased everything
	 * @param ended hears that no request is under way any more that would be counted with what is erased
	 */
	followOthers(
		clearMemory: () => Promise<void>,
		report: (error: unknown) => void,
		ended: () => void | Promise<void> = () => undefined,
	): Dispose {
		return this.erasure.follow(async () => {
			await clearMemory();
			await this.endRequests();
			await ended();
		}, report);
	}

	private endRequests(): Promise<void> {
		return this.pool.cancelRequests(new Error('Everything is erased.'));
	}
}

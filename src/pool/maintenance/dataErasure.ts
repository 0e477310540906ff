import type { Dispose } from '../types/clock';
import { newsFrom } from '../types/events';
import { partsOf } from '../types/key';
import type { StateStore, PoolRecord, EpochMs } from '../types/stateStore';
import { projectOf } from '../budget/spending';
import { skewMs } from '../quota/bucket';
import { withoutCosts } from '../budget/erasedCosts';
import { withoutRevoked } from '../health/revokedTier';

/** Ids of the keys and projects to erase. */
export interface ErasureScope {
	readonly keys: ReadonlySet<string>;
	readonly projects: ReadonlySet<string>;
}

/**
 * Deletes what is stored about keys. When another window deletes everything, this window clears its memory and deletes again,
 * because a late write would bring data back.
 */
export class DataErasure {
	/** The last erasure that this window has seen. */
	private seen: EpochMs | undefined;
	/** Erasures before this window started do not concern it. */
	private startedAt: EpochMs;

	constructor(private readonly store: StateStore) {
		this.seen = store.replica().pool.forgottenAt;
		this.startedAt = store.now();
	}

	/**
	 * Follows erasures of other windows.
	 *
	 * @param clearMemory clears what this window holds in memory; what ending requests write meanwhile is deleted after it
	 */
	follow(clearMemory: () => Promise<void>, report: (error: unknown) => void): Dispose {
		return this.store.onDidChange(() => {
			const { forgottenAt } = this.store.replica().pool;
			if (forgottenAt === undefined || forgottenAt === this.seen) return;
			this.seen = forgottenAt;
			const now = this.store.now();
			this.startedAt = newsFrom(this.startedAt, now);
			// A time ahead is left over from before the clock was set back.
			if (forgottenAt <= this.startedAt || forgottenAt > now + skewMs) return;
			clearMemory()
				.then(() => this.eraseLateWrites())
				.catch(report);
		});
	}

	/** Erases everything, in every window. */
	eraseAll(): Promise<void> {
		return this.drop(undefined, (now) => {
			this.seen = now;
			return { v: 2, forgottenAt: now };
		});
	}

	/** Erases some keys and projects, a pause that one of them caused, and all models. */
	erase(which: ErasureScope): Promise<void> {
		return this.drop(which, (_, { paused, ...record }) => {
			const kept = withoutRevoked(record, (project) => which.projects.has(project));
			return paused === undefined || which.keys.has(paused.by) ? kept : { ...kept, paused };
		});
	}

	/** Deletes what was written while the memory was cleared. */
	private eraseLateWrites(): Promise<void> {
		return this.drop(undefined, emptied);
	}

	private drop(
		only: ErasureScope | undefined,
		poolRecord: (now: EpochMs, before: PoolRecord) => PoolRecord,
	): Promise<void> {
		const { bucket, key, model, usage, requestRecord, cooldown, client, spending, dailyCost, outbox } =
			this.store.replica();
		const ofKey = (id: string): boolean => only?.keys.has(id) ?? true;
		const ofProject = (id: string): boolean => only?.projects.has(id) ?? true;
		return this.store.transact((tx, now) => {
			for (const id of bucket.keys()) if (ofProject(partsOf(id)[0])) tx.drop({ kind: 'bucket', id });
			for (const id of key.keys()) if (ofKey(id)) tx.drop({ kind: 'key', id });
			for (const id of model.keys()) tx.drop({ kind: 'model', id });
			for (const [id, doc] of usage) if (ofKey(doc.key)) tx.drop({ kind: 'usage', id });
			for (const [id, { attempts }] of requestRecord) {
				if (only === undefined || attempts.some((attempt) => ofKey(attempt.key)))
					tx.drop({ kind: 'requestRecord', id });
			}
			const costs = [...dailyCost].filter(([, doc]) => ofKey(doc.key));
			for (const [id] of costs) tx.drop({ kind: 'dailyCost', id });
			const gone = costs.map(([, cost]) => cost);
			for (const [id, doc] of spending) {
				const project = projectOf(id);
				if (only === undefined || (project !== undefined && ofProject(project))) tx.drop({ kind: 'spending', id });
				else if (project === undefined) tx.put({ kind: 'spending', id, doc: withoutCosts(doc, id, gone) });
			}
			for (const id of cooldown.keys()) if (ofProject(partsOf(id)[0])) tx.drop({ kind: 'cooldown', id });
			if (only === undefined) {
				for (const id of client.keys()) tx.drop({ kind: 'client', id });
				for (const id of outbox.keys()) tx.drop({ kind: 'outbox', id });
			}
			tx.put({ kind: 'pool', doc: poolRecord(now, tx.pool()) });
		});
	}
}

/** An empty record that keeps only the time of the last erasure. */
function emptied(_: EpochMs, { forgottenAt }: PoolRecord): PoolRecord {
	return { v: 2, ...(forgottenAt !== undefined && { forgottenAt }) };
}

import type { Dispose } from '../types/clock';
import { partsOf } from '../types/key';
import type { StateStore, PoolRecord, EpochMs } from '../types/stateStore';
import { projectOf } from '../budget/scopes';
import { withoutCosts } from '../budget/erasedCosts';
import { withoutRevoked } from '../health/revokedTier';

/** Keys and projects by their ids. */
export interface ErasureScope {
	readonly keys: ReadonlySet<string>;
	readonly projects: ReadonlySet<string>;
}

/**
 * Takes what is known of keys out of the ledger, and tells where another window has taken out all of it: what a window
 * holds in memory it would write again.
 */
export class DataErasure {
	/** What was forgotten before this window began concerns it no more. */
	private handledAt: EpochMs;

	constructor(private readonly store: StateStore) {
		this.handledAt = store.now();
	}

	/**
	 * Follows other windows that forget everything.
	 *
	 * @param clearMemory of what this window holds in memory; what the end of a request writes by that is forgotten after it.
	 */
	follow(clearMemory: () => Promise<void>, report: (error: unknown) => void): Dispose {
		return this.store.onDidChange((refs) => {
			if (!refs.some(({ kind }) => kind === 'pool')) return;
			const { forgottenAt = 0 } = this.store.replica().pool;
			if (forgottenAt <= this.handledAt) return;
			this.handledAt = forgottenAt;
			clearMemory()
				.then(() => this.eraseLateWrites())
				.catch(report);
		});
	}

	/** All of it, and says so to every window. */
	eraseAll(): Promise<void> {
		return this.drop(undefined, (now) => {
			this.handledAt = Math.max(this.handledAt, now);
			return { v: 2, forgottenAt: now };
		});
	}

	/** Of some keys and projects, and a pause by one of them; what is known of models goes too. */
	erase(which: ErasureScope): Promise<void> {
		return this.drop(which, (_, { paused, ...record }) => {
			const kept = withoutRevoked(record, (project) => which.projects.has(project));
			return paused === undefined || which.keys.has(paused.by) ? kept : { ...kept, paused };
		});
	}

	/** What came in while a window let go. */
	private eraseLateWrites(): Promise<void> {
		return this.drop(undefined, emptied);
	}

	private drop(
		only: ErasureScope | undefined,
		poolRecord: (now: EpochMs, before: PoolRecord) => PoolRecord,
	): Promise<void> {
		const { bucket, key, model, usage, requestRecord, cooldown, client, spending, dailyCost } = this.store.replica();
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
				const isGone = project === undefined ? only === undefined : ofProject(project);
				if (isGone) tx.drop({ kind: 'spending', id });
				else if (project === undefined) tx.put({ kind: 'spending', id, doc: withoutCosts(doc, id, gone) });
			}
			for (const id of cooldown.keys()) if (ofProject(partsOf(id)[0])) tx.drop({ kind: 'cooldown', id });
			if (only === undefined) for (const id of client.keys()) tx.drop({ kind: 'client', id });
			tx.put({ kind: 'pool', doc: poolRecord(now, tx.pool()) });
		});
	}
}

/** Nothing but when all was forgotten last. */
function emptied(_: EpochMs, { forgottenAt }: PoolRecord): PoolRecord {
	return { v: 2, ...(forgottenAt !== undefined && { forgottenAt }) };
}

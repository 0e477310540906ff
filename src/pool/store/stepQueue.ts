import type { DocRef, EpochMs, Transaction } from '../types/stateStore';
import { PoolError } from '../types/streamPart';
import { DocsTransaction, refOf, type DocMaps } from './docMaps';

/** A step that waits for its store. */
export interface Step {
	/** Runs the step; the returned function resolves the caller's promise after the commit. Throws what the step throws. */
	readonly run: (tx: Transaction, now: EpochMs) => () => void;
	readonly reject: (error: unknown) => void;
}

/**
 * Runs a step as one of several that are written together: it sees what those before it wrote, and writes nothing where it
 * throws. The returned function settles its caller's promise, after the commit.
 */
export function runWithin(step: Step, tx: DocsTransaction, now: EpochMs): () => void {
	const undo = tx.savepoint();
	try {
		return step.run(tx, now);
	} catch (error) {
		undo();
		return () => step.reject(error);
	}
}

/** Steps that wait for their store, in the order of their coming. */
export class StepQueue {
	readonly steps: Step[] = [];
	private isClosed = false;

	/** Resolves to what the step returns, once it is committed. Rejects with `storeUnavailable` if the store was closed. */
	add<T>(step: (tx: Transaction, now: EpochMs) => T): Promise<T> {
		if (this.isClosed) return Promise.reject(unavailable());
		return new Promise<T>((resolve, reject) => {
			const run = (tx: Transaction, now: EpochMs): (() => void) => {
				const result = step(tx, now);
				return () => resolve(result);
			};
			this.steps.push({ run, reject });
		});
	}

	/** Runs the first step alone; false if none waits. */
	async runFirst(run: (step: Step) => Promise<() => void>): Promise<boolean> {
		const step = this.steps.shift();
		if (!step) return false;
		try {
			const end = await run(step);
			end();
		} catch (error) {
			step.reject(error);
		}
		return true;
	}

	/** Runs the first step on documents in memory. Listeners are told before its caller. */
	runFirstInMemory(docs: DocMaps, now: EpochMs, notify: (refs: readonly DocRef[]) => void): void {
		const step = this.steps.shift();
		if (!step) return;
		const tx = new DocsTransaction(docs, now);
		try {
			const end = step.run(tx, now);
			for (const change of tx.changes) docs.apply(change);
			notify(tx.changes.map(refOf));
			end();
		} catch (error) {
			step.reject(error);
		}
	}

	/** The store is closed: what waits, and what comes, is rejected. */
	close(): void {
		this.isClosed = true;
		for (const { reject } of this.steps.splice(0)) reject(unavailable());
	}
}

const unavailable = (): PoolError => new PoolError('storeUnavailable', []);

import { PoolError, type EpochMs, type Transaction } from '../../pool/pool';
import type { Step } from './steps';

/** Steps that wait for the store, in the order of their coming. */
export class StepQueue {
	readonly steps: Step[] = [];

	/** Resolves to what the step returns, once it is committed. */
	add<T>(step: (tx: Transaction, now: EpochMs) => T): Promise<T> {
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

	/** The store was closed. */
	rejectAll(): void {
		for (const { reject } of this.steps.splice(0)) reject(new PoolError('storeUnavailable', []));
	}
}

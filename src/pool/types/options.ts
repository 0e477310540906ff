import type { Budgets } from './spending';

/** What a person may tune, validated by `settings.ts`; each may change while requests run. */
export interface Options {
	/** One of `strategyNames`; an unknown name counts as the default. */
	readonly strategy: string;
	/** The model that `usable` in the snapshot speaks of. */
	readonly model: string;
	/** Sends a round: at most max(5, this x enabled keys). */
	readonly maxRetries: number;
	readonly baseDelayMs: number;
	/** Only keys of paid projects are used, by requests that wait already too, and counted in the snapshot. */
	readonly paidOnly: boolean;
	readonly paidKeys: 'last' | 'mixed' | 'first';
	readonly whenExhausted: 'fallbackModel' | 'wait';
	/** Batch calls at the same time; `runBatch` holds it to 1 to 32. */
	readonly batchConcurrency: number;
	readonly budgets: Budgets;
}

/** `next`, with the default for each number that is none. */
export function sane(next: Options): Options {
	const count = (value: number, fallback: number): number => (Number.isFinite(value) && value >= 0 ? value : fallback);
	return {
		...next,
		maxRetries: count(next.maxRetries, defaults.maxRetries),
		baseDelayMs: count(next.baseDelayMs, defaults.baseDelayMs),
	};
}

export const defaults: Options = {
	strategy: 'headroom',
	model: 'gemini-3.8-flash',
	maxRetries: 3,
	baseDelayMs: 1000,
	paidOnly: false,
	paidKeys: 'last',
	whenExhausted: 'fallbackModel',
	batchConcurrency: 3,
	budgets: {},
};

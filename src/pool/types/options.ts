import type { Budgets } from './spending';
import type { StrategyName } from './strategyName';

/** The user's options, validated by `settings.ts`. They may change while requests run. */
export interface Options {
	readonly strategy: StrategyName;
	/** The default model: `usable` in the snapshot is about this one. */
	readonly model: string;
	/** A prompt makes at most max(5, this x enabled keys) sends. */
	readonly maxRetries: number;
	readonly baseDelayMs: number;
	/** Only keys of paid projects are used and counted. Applies to waiting requests too. */
	readonly paidOnly: boolean;
	readonly paidKeys: 'last' | 'mixed' | 'first';
	readonly whenExhausted: 'fallbackModel' | 'wait';
	/** Concurrent calls of a batch, 1 to 32. */
	readonly batchConcurrency: number;
	readonly budgets: Budgets;
}

/** `next`, with the default in place of each invalid number. */
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

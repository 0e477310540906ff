import type { Made } from './package.cjs';

interface Budget {
	/** Bytes. */
	readonly goal: number;
	/** Bytes, as they were when somebody last wrote them down. */
	readonly recorded: number;
}

export const budgets: { readonly package: Budget; readonly activation: Budget; readonly web: Budget };
/** What grew too much, in a sentence each; empty when all is well. */
export function overBudget(made: Pick<Made, 'bytes' | 'activation' | 'web'>): readonly string[];
/** What a start reads of other people's packages that it should not, in a sentence each; empty when all is well. */
export function readTooEarly(made: Pick<Made, 'readWith'>): readonly string[];

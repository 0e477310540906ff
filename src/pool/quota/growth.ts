import type { EpochMs } from '../types/stateStore';

/** What a count has grown by since `before`, less what was given back, up to so much; one that was reset counts in full. */
export function growth(now: number, before = 0, givenBack = 0): number {
	return now >= before - givenBack ? now - before : now;
}

/** What was counted here since `before`, on top of `theirs`: less, where calls cost less than was held for them. */
export function added(theirs: number, ours: number, before = 0, givenBack = 0): number {
	return Math.max(0, theirs + growth(ours, before, givenBack));
}

/** One amount of each, together. */
export function sumOf<T>(held: readonly T[], amount: (one: T) => number): number {
	return held.reduce((sum, one) => sum + amount(one), 0);
}

/** A call's hold with the later of its two ends: it was told on one side that the call goes on. */
export function heldLonger<T extends { readonly expiresAt: EpochMs }>(hold: T, other: T | undefined): T {
	return other && other.expiresAt > hold.expiresAt ? { ...hold, expiresAt: other.expiresAt } : hold;
}

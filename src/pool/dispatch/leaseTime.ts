import type { PoolRequest } from '../types/poolRequest';

/** ms. A lease outlives the longest allowed silence by this much. */
const graceMs = 30_000;
/** ms. The least of that once a piece has come. */
const marginMs = 5_000;

/** @param factor on the time-outs */
export function leaseMsOf({ firstMs, betweenMs }: PoolRequest['idle'], factor: number): number {
	return Math.max(firstMs, betweenMs) * factor + graceMs;
}

/** ms since the last renewal after which a piece renews its lease: the rest must outlive the longest silence that may follow. */
export function renewAfterMs(idle: PoolRequest['idle'], factor: number, hasOutput: boolean): number {
	const leaseMs = leaseMsOf(idle, factor);
	const silenceMs = (hasOutput ? idle.betweenMs : idle.firstMs) * factor;
	return Math.min(leaseMs / 2, leaseMs - silenceMs - marginMs);
}

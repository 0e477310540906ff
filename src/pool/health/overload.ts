import type { ModelRecord, EpochMs } from '../types/stateStore';
import type { Rejected } from '../quota/admissionChecks';

/** Why no call on this model may go out now, with the back-offs in a row. */
export function rejectedByOverload(
	record: ModelRecord,
	now: EpochMs,
): (Rejected & { readonly backoffLevel: number }) | undefined {
	const { overloadedUntil, probe, backoffLevel } = record;
	if (overloadedUntil > now) return { reason: 'overloaded', retryAt: overloadedUntil, backoffLevel };
	return probe && probe.expiresAt > now
		? { reason: 'overloaded', retryAt: probe.expiresAt, backoffLevel, mayRetryEarlier: true }
		: undefined;
}

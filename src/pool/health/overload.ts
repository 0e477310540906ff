import type { ModelRecord, Wall } from '../types/stateStore';
import type { Denied } from '../quota/admissionChecks';

/** Why no call on this model may go out now, with the back-offs in a row. */
export function deniedByLoad(record: ModelRecord, now: Wall): (Denied & { readonly repeats: number }) | undefined {
	const { overloadedUntil, probe, repeats } = record;
	if (overloadedUntil > now) return { why: 'overloaded', retryAt: overloadedUntil, repeats };
	return probe && probe.expiresAt > now
		? { why: 'overloaded', retryAt: probe.expiresAt, repeats, mayEndSooner: true }
		: undefined;
}

import type { LeaseId, ProjectId } from '../types/key';
import type { PoolRecord, EpochMs } from '../types/stateStore';
import { skewMs } from '../quota/bucket';
import type { Rejected } from '../quota/admissionChecks';
import type { Availability } from '../types/availability';
import type { FailureAction } from '../types/failure';

/** This many projects with a bare 429 within this time (ms) have one cause: the address or the account. */
const burstProjects = 3;
const burstMs = 10_000;
/** ms. Interval between probes. */
const probeMs = 60_000;

/** A bare 429 names no quota and states no delay. */
export function isBare(action: FailureAction): boolean {
	return action.type === 'coolDown' && action.reason === 'capacity' && action.delayMs === undefined;
}

/** Records a bare 429. The third project within ten seconds starts the throttle; one for the probe postpones the next probe. */
export function recordBareRefusal(record: PoolRecord, project: ProjectId, lease: LeaseId, now: EpochMs): PoolRecord {
	const { throttled, bare = [], ...rest } = record;
	if (throttled) {
		if (throttled.probe?.lease !== lease) return record;
		const { probe: _, ...still } = throttled;
		return { ...record, throttled: { ...still, nextProbeAt: now + probeMs } };
	}
	const recent = bare.filter((one) => one.project !== project && Math.abs(now - one.at) < burstMs);
	const refused = [...recent, { project, at: now }];
	if (refused.length < burstProjects) return { ...record, bare: refused };
	const projects = refused.map((one) => one.project);
	return { ...rest, throttled: { since: now, nextProbeAt: now + probeMs, projects } };
}

/** Why no request may go out now; undefined if one may go as the probe. */
export function rejectedByThrottle({ throttled }: PoolRecord, now: EpochMs): Rejected | undefined {
	if (!throttled) return undefined;
	const { probe, nextProbeAt } = throttled;
	if (probe && probe.expiresAt > now) return { reason: 'throttled', retryAt: probe.expiresAt, mayRetryEarlier: true };
	// A time too far in the future is left over from before the clock was set back.
	return nextProbeAt > now && nextProbeAt <= now + probeMs + skewMs
		? { reason: 'throttled', retryAt: nextProbeAt }
		: undefined;
}

/** The availability of every key while the pool is throttled; undefined if it is not. */
export function throttleAvailability(record: PoolRecord, now: EpochMs): Availability | undefined {
	const denied = rejectedByThrottle(record, now);
	if (!denied) return undefined;
	return denied.mayRetryEarlier
		? { state: 'halfOpen', reason: denied.reason }
		: { state: 'coolingDown', reason: denied.reason, until: denied.retryAt };
}

/** Marks the one request that goes out while the pool is throttled. */
export function startThrottleProbe(record: PoolRecord, lease: LeaseId, expiresAt: EpochMs, now: EpochMs): PoolRecord {
	const { throttled } = record;
	return throttled
		? { ...record, throttled: { ...throttled, probe: { lease, expiresAt }, nextProbeAt: now + probeMs } }
		: record;
}

export function isThrottleProbe({ throttled }: PoolRecord, lease: LeaseId): boolean {
	return throttled?.probe?.lease === lease;
}

/** The probe ended without an answer. If it was never sent, the next one may go at once. */
export function endThrottleProbe(record: PoolRecord, lease: LeaseId, sent: boolean, now: EpochMs): PoolRecord {
	const { throttled } = record;
	if (!throttled || !isThrottleProbe(record, lease)) return record;
	const { probe: _, ...still } = throttled;
	return { ...record, throttled: sent ? still : { ...still, nextProbeAt: now } };
}

/** The probe is being answered, so the throttle is over. */
export function answerThrottleProbe(record: PoolRecord, lease: LeaseId): PoolRecord {
	return isThrottleProbe(record, lease) ? withoutThrottle(record) : record;
}

/** The record without a throttle. */
export function withoutThrottle(record: PoolRecord): PoolRecord {
	if (!record.throttled) return record;
	const { throttled: _, ...rest } = record;
	return rest;
}

/** The record at `now`: a throttle from the future is left over from before the clock was set back. */
export function throttleAfterRollback(record: PoolRecord, now: EpochMs): PoolRecord {
	return record.throttled && record.throttled.since > now + skewMs ? withoutThrottle(record) : record;
}

import type { LeaseId, ProjectId } from '../types/key';
import type { PoolRecord, Wall } from '../types/stateStore';
import { skewMs } from '../quota/bucket';
import type { Denied } from '../quota/admissionChecks';
import type { Standing } from '../types/availability';
import type { Verdict } from '../types/failure';

/** So many projects refused without a named quota, within this time (ms), have one cause: the address or the account. */
const burstProjects = 3;
const burstMs = 10_000;
/** ms. One request may find out whether it is over. */
const probeMs = 60_000;

/** A 429 that names no quota and states no delay. */
export function isBare(verdict: Verdict): boolean {
	return verdict.act === 'rest' && verdict.why === 'capacity' && verdict.delayMs === undefined;
}

/** Takes a bare 429. The third project within ten seconds begins the throttle; the probe's puts the next one off. */
export function refusedBare(record: PoolRecord, project: ProjectId, lease: LeaseId, now: Wall): PoolRecord {
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

/** Why no request may go out now; none where one may go as the probe. */
export function deniedByThrottle({ throttled }: PoolRecord, now: Wall): Denied | undefined {
	if (!throttled) return undefined;
	const { probe, nextProbeAt } = throttled;
	if (probe && probe.expiresAt > now) return { why: 'throttled', retryAt: probe.expiresAt, mayEndSooner: true };
	// A time that is too far away was left by a clock that went backwards.
	return nextProbeAt > now && nextProbeAt <= now + probeMs + skewMs
		? { why: 'throttled', retryAt: nextProbeAt }
		: undefined;
}

/** What it says of every key; nothing where it says nothing. */
export function throttleStanding(record: PoolRecord, now: Wall): Standing | undefined {
	const denied = deniedByThrottle(record, now);
	if (!denied) return undefined;
	return denied.mayEndSooner
		? { is: 'probing', why: denied.why }
		: { is: 'resting', why: denied.why, until: denied.retryAt };
}

/** The one request that goes out while the pool is throttled. */
export function probing(record: PoolRecord, lease: LeaseId, expiresAt: Wall, now: Wall): PoolRecord {
	const { throttled } = record;
	return throttled
		? { ...record, throttled: { ...throttled, probe: { lease, expiresAt }, nextProbeAt: now + probeMs } }
		: record;
}

export function isThrottleProbe({ throttled }: PoolRecord, lease: LeaseId): boolean {
	return throttled?.probe?.lease === lease;
}

/** The probe ended without an answer; one that was never sent leaves the next one to go at once. */
export function probeEnded(record: PoolRecord, lease: LeaseId, sent: boolean, now: Wall): PoolRecord {
	const { throttled } = record;
	if (!throttled || !isThrottleProbe(record, lease)) return record;
	const { probe: _, ...still } = throttled;
	return { ...record, throttled: sent ? still : { ...still, nextProbeAt: now } };
}

/** The probe is being answered: it is over. */
export function probeAnswered(record: PoolRecord, lease: LeaseId): PoolRecord {
	return isThrottleProbe(record, lease) ? unthrottled(record) : record;
}

/** Without a throttle. */
export function unthrottled(record: PoolRecord): PoolRecord {
	if (!record.throttled) return record;
	const { throttled: _, ...rest } = record;
	return rest;
}

/** As it is at `now`: a throttle of the future was left by a clock that went backwards. */
export function throttleOfNow(record: PoolRecord, now: Wall): PoolRecord {
	return record.throttled && record.throttled.since > now + skewMs ? unthrottled(record) : record;
}

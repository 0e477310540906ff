import type { Limits } from '../types/key';
import type { Bucket, Wall } from '../types/stateStore';
import { at } from './bucket';
import { limitOf } from './limits';
import { firstChangeAfter, minuteUse } from './minute';
import { deniedByState, deniedByWindow, probedLimit } from './admissionChecks';
import { deniedBySlowStart } from './slowStart';
import { ourRpm, strangersShare } from './externalUsage';
import type { Reason } from '../types/failure';

/** What ranking needs of a bucket, computed once and true until `changesAt` unless the bucket is written to. */
export interface Outlook {
	/** A call of no size is denied until then; 0 where it is not. */
	readonly blockedUntil: Wall;
	readonly why: Reason | undefined;
	/** A probe is under way: the block may end before `blockedUntil`. */
	readonly mayEndSooner: boolean;
	/** The least remaining/limit over the known windows; 1 where none is known. */
	readonly headroom: number;
	/** Input tokens that still fit into the minute; infinite where no limit is known. */
	readonly tokensLeft: number;
	readonly inFlight: number;
	readonly changesAt: Wall;
}

export const clear: Outlook = {
	blockedUntil: 0,
	why: undefined,
	mayEndSooner: false,
	headroom: 1,
	tokensLeft: Infinity,
	inFlight: 0,
	changesAt: Infinity,
};

export function outlook(given: Bucket, own: Limits | undefined, now: Wall): Outlook {
	const bucket = at(given, now);
	const { state, minute, day, leases } = bucket;
	const used = minuteUse(minute, now);
	const rpm = ourRpm(bucket, own, now);
	const tpm = limitOf(bucket, own, 'tpm');
	const headroom = Math.min(
		share(rpm, used.requests),
		share(tpm, used.input),
		share(limitOf(bucket, own, 'rpd'), day.requests),
		share(limitOf(bucket, own, 'tpd'), day.input),
	);
	const blocked =
		deniedByState(bucket, now) ??
		deniedByWindow(bucket, { likely: 0, atMost: 0, own }, now) ??
		deniedBySlowStart(bucket, own, now);
	let changesAt = Math.min(day.endsAt, firstChangeAfter(minute, now) ?? Infinity, blocked?.retryAt ?? Infinity);
	if ((state.is === 'resting' || state.is === 'closed') && state.until > now)
		changesAt = Math.min(changesAt, state.until);
	if (strangersShare(bucket, now) > 0) changesAt = Math.min(changesAt, bucket.stranger?.until ?? Infinity);
	for (const lease of leases) changesAt = Math.min(changesAt, lease.expiresAt);
	return {
		blockedUntil: blocked?.retryAt ?? 0,
		why: blocked?.why,
		mayEndSooner: blocked?.mayEndSooner === true,
		headroom,
		tokensLeft: tpm === undefined || probedLimit(bucket, now) === 'tpm' ? Infinity : tpm - used.input,
		inFlight: leases.length,
		changesAt: changesAt > now ? changesAt : now + 1,
	};
}

function share(limit: number | undefined, used: number): number {
	if (limit === undefined) return 1;
	return limit > 0 ? Math.max(0, (limit - used) / limit) : 0;
}

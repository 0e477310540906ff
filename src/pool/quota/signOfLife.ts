import type { LeaseId } from '../key';
import type { Bucket, Wall } from '../ledger';
import { at, leaseOf } from './bucket';
import { minuteUse } from './minute';
import { isAhead } from './slowStart';

/** A call has shown its first sign of life: it lets those through that waited for it. */
export function proved(given: Bucket, id: LeaseId, now: Wall): Bucket {
	const bucket = borne(given, id, now);
	return bucket.state.is === 'probing' && bucket.state.lease === id && leaseOf(bucket, id)
		? { ...bucket, state: { is: 'open' } }
		: bucket;
}

/** The first sign of life of a call: what the minute has borne without it is known now. */
function borne(given: Bucket, id: LeaseId, now: Wall): Bucket {
	const bucket = at(given, now);
	const lease = leaseOf(bucket, id);
	if (!lease || !isAhead(lease, now) || bucket.limits.rpm) return bucket;
	const leases = bucket.leases.map((one) => (one === lease ? { ...one, alive: true as const } : one));
	const count = minuteUse(bucket.minute, now).requests - leases.filter((one) => isAhead(one, now)).length;
	return { ...bucket, leases, borne: Math.max(bucket.borne ?? 0, count) };
}

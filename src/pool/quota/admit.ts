import type { Dimension, LeaseId } from '../types/key';
import type { Bucket, BucketState, Lease, EpochMs } from '../types/stateStore';
import { at } from './bucket';
import { rejectedByState, rejectedByWindow, reserved, type Rejected, type TokenEstimate } from './admissionChecks';
import { minuteUse } from './minute';
import { rejectedBySlowStart } from './slowStart';
import { countInMinute } from './minuteCounter';
import { dimensionInTheWay, mayTest } from './limitLearning';

/** What one call asks of a bucket. */
export interface Ask extends TokenEstimate {
	readonly lease: LeaseId;
	readonly holder: string;
	/** ms after which the lease counts as spent. */
	readonly leaseMs: number;
	/** Whether this call may test a limit that is in doubt. */
	readonly mayTest: boolean;
}

/** The one window rule: takes a lease and counts the send, or says why not and when to ask again. */
export function admit(
	given: Bucket,
	ask: Ask,
	now: EpochMs,
): { readonly lease: Lease; readonly next: Bucket } | Rejected {
	const bucket = at(given, now);
	const denied =
		rejectedByState(bucket, now) ??
		rejectedByWindow(bucket, ask, now) ??
		rejectedBySlowStart(bucket, ask.userLimits, now);
	let tests: Dimension | undefined;
	if (denied) {
		const inTheWay = dimensionInTheWay(denied.reason);
		const untested = !ask.mayTest || rejectedByState(bucket, now) !== undefined;
		if (!inTheWay || untested || !mayTest(bucket, ask.userLimits, inTheWay, now)) return denied;
		tests = inTheWay;
	}
	const input = reserved(bucket, ask, minuteUse(bucket.minute, now).input);
	const lease: Lease = {
		id: ask.lease,
		holder: ask.holder,
		input,
		sentAt: now,
		expiresAt: now + ask.leaseMs,
		...(tests ? { tests } : {}),
	};
	const next: Bucket = {
		...bucket,
		status: withCall(bucket.status, ask.lease),
		minute: countInMinute(bucket.minute, now, 1, input, now),
		day: { ...bucket.day, requests: bucket.day.requests + 1, input: bucket.day.input + input },
		leases: [...bucket.leases, lease],
	};
	return { lease, next };
}

/** A call after a rest is a probe. */
function withCall(state: BucketState, lease: LeaseId): BucketState {
	switch (state.state) {
		case 'available':
		case 'unsupported':
			return state;
		case 'coolingDown':
		case 'halfOpen': {
			const { reason, backoffLevel, wholeAt } = state;
			return { state: 'halfOpen', reason, lease, backoffLevel, ...(wholeAt === undefined ? {} : { wholeAt }) };
		}
	}
}

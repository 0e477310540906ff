import type { Dimension, LeaseId } from '../types/key';
import type { Bucket, BucketState, Lease, Wall } from '../types/stateStore';
import { at } from './bucket';
import { deniedByState, deniedByWindow, reserved, type Denied, type Size } from './admissionChecks';
import { minuteUse } from './minute';
import { deniedBySlowStart } from './slowStart';
import { tally } from './minuteCounter';
import { dimensionInTheWay, mayTest } from './limitLearning';

/** What one call asks of a bucket. */
export interface Ask extends Size {
	readonly lease: LeaseId;
	readonly holder: string;
	/** ms after which the lease counts as spent. */
	readonly leaseMs: number;
	/** Whether this call may test a limit that is in doubt. */
	readonly mayTest: boolean;
}

/** The one window rule: takes a lease and counts the send, or says why not and when to ask again. */
export function admit(given: Bucket, ask: Ask, now: Wall): { readonly lease: Lease; readonly next: Bucket } | Denied {
	const bucket = at(given, now);
	const denied =
		deniedByState(bucket, now) ?? deniedByWindow(bucket, ask, now) ?? deniedBySlowStart(bucket, ask.own, now);
	let tests: Dimension | undefined;
	if (denied) {
		const inTheWay = dimensionInTheWay(denied.why);
		const untested = !ask.mayTest || deniedByState(bucket, now) !== undefined;
		if (!inTheWay || untested || !mayTest(bucket, ask.own, inTheWay, now)) return denied;
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
		state: withCall(bucket.state, ask.lease),
		minute: tally(bucket.minute, now, 1, input, now),
		day: { ...bucket.day, requests: bucket.day.requests + 1, input: bucket.day.input + input },
		leases: [...bucket.leases, lease],
	};
	return { lease, next };
}

/** A call after a rest is a probe. */
function withCall(state: BucketState, lease: LeaseId): BucketState {
	switch (state.is) {
		case 'open':
		case 'closed':
			return state;
		case 'resting':
		case 'probing': {
			const { why, repeats, wholeAt } = state;
			return { is: 'probing', why, lease, repeats, ...(wholeAt === undefined ? {} : { wholeAt }) };
		}
	}
}

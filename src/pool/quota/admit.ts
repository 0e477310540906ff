import type { Dimension, LeaseId } from '../types/key';
import type { Bucket, BucketState, Lease, EpochMs } from '../types/stateStore';
import { bucketAt } from './bucket';
import {
	rejectedByState,
	rejectedByWindow,
	reservedTokens,
	type Rejected,
	type TokenEstimate,
} from './admissionChecks';
import { minuteUse } from './minute';
import { rejectedBySlowStart } from './slowStart';
import { countInMinute } from './minuteCounter';
import { limitingDimension, mayTest } from './limitLearning';

/** What one call asks of a bucket. */
export interface AdmissionRequest extends TokenEstimate {
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
	request: AdmissionRequest,
	now: EpochMs,
): { readonly lease: Lease; readonly next: Bucket } | Rejected {
	const bucket = bucketAt(given, now);
	const rejected =
		rejectedByState(bucket, now) ??
		rejectedByWindow(bucket, request, now) ??
		rejectedBySlowStart(bucket, request.userLimits, now);
	let tests: Dimension | undefined;
	if (rejected) {
		const inTheWay = limitingDimension(rejected.reason);
		const untested = !request.mayTest || rejectedByState(bucket, now) !== undefined;
		if (!inTheWay || untested || !mayTest(bucket, request.userLimits, inTheWay, now)) return rejected;
		tests = inTheWay;
	}
	const input = reservedTokens(bucket, request, minuteUse(bucket.minute, now).input);
	const lease: Lease = {
		id: request.lease,
		holder: request.holder,
		input,
		sentAt: now,
		expiresAt: now + request.leaseMs,
		...(tests ? { tests } : {}),
	};
	const next: Bucket = {
		...bucket,
		status: afterAdmission(bucket.status, request.lease),
		minute: countInMinute(bucket.minute, now, 1, input, now),
		day: { ...bucket.day, requests: bucket.day.requests + 1, input: bucket.day.input + input },
		leases: [...bucket.leases, lease],
	};
	return { lease, next };
}

/** A call after a rest is a probe. */
function afterAdmission(status: BucketState, lease: LeaseId): BucketState {
	switch (status.state) {
		case 'available':
		case 'unsupported':
			return status;
		case 'coolingDown':
		case 'halfOpen': {
			const { reason, backoffLevel, wholeAt } = status;
			return { state: 'halfOpen', reason, lease, backoffLevel, ...(wholeAt === undefined ? {} : { wholeAt }) };
		}
	}
}

import { bucketId, type BucketId, type Limits, type Project } from '../types/key';
import type { Bucket, EpochMs } from '../types/stateStore';
import { rejectedByWindow, type Rejected } from './admissionChecks';
import { bucketAt, initialBucket } from './bucket';

/** The model part of the bucket that counts a project's daily cap over all models. */
export const allModels = '*';

/** A project's daily cap: the bucket that counts it, and its limits. */
export interface Cap {
	readonly id: BucketId;
	readonly limits: Limits;
}

/** The user's cap for a Pacific day; undefined without a number. */
export function capOf({ id, dailyCap }: Project): Cap | undefined {
	const limits: Limits = { ...one('rpd', dailyCap?.requests), ...one('tpd', dailyCap?.tokens) };
	return Object.keys(limits).length > 0 ? { id: bucketId(id, allModels), limits } : undefined;
}

/** Whether the cap is used up at `now`, and until when. A cap of 0 is used up before anything was counted. */
export function rejectedByCap(cap: Cap, counted: Bucket | undefined, now: EpochMs): Rejected | undefined {
	const rejected = rejectedByWindow(
		bucketAt(counted ?? initialBucket(now), now),
		{ likely: 0, atMost: 0, userLimits: cap.limits },
		now,
	);
	return rejected && { reason: 'cap', retryAt: rejected.retryAt };
}

function one(dimension: keyof Limits, value: number | undefined): Limits {
	return value === undefined || Number.isNaN(value) ? {} : { [dimension]: value };
}

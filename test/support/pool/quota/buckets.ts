import type { Bucket, LeaseId } from '../../../../src/pool/pool';
import { admit, type AdmissionRequest } from '../../../../src/pool/quota/lease';
import { initialBucket } from '../../../../src/pool/quota/bucket';

/** Noon in Los Angeles, 2026-11-24. */
export const noon = Date.UTC(2026, 10, 24, 20);
/** The Pacific midnight after it. */
export const midnight = Date.UTC(2026, 10, 25, 8);

export const ask = (more: Partial<AdmissionRequest> & { id?: string } = {}): AdmissionRequest => {
	const { id = 'l', ...rest } = more;
	return {
		lease: id as LeaseId,
		holder: 'r',
		likely: 10,
		atMost: 16,
		leaseMs: 90_000,
		userLimits: undefined,
		mayTest: false,
		...rest,
	};
};

/** A bucket after sends at these times, each of 10 tokens; their leases are named `l<at>`. */
export function after(sends: readonly number[], from: Bucket = initialBucket(noon)): Bucket {
	return sends.reduce((bucket, at) => {
		const admitted = admit(bucket, ask({ id: `l${at - noon}` }), at);
		if ('reason' in admitted) throw new Error(`denied: ${admitted.reason}`);
		return admitted.next;
	}, from);
}

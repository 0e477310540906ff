import type { LeaseGrant } from '../types/leaseRequest';
import type { Bucket, EpochMs, Transaction } from '../types/stateStore';

/** ms. How long a model counts as missing after a 404 (test/fixtures/errors/index.json). */
const missingMs = 10 * 60_000;

/**
 * The service has no such model. Where somebody else has written the call, it may be missing for what they ask alone, and they
 * may have made its name up: of one that nothing has ever answered to, nothing is kept.
 */
export function recordMissing(
	tx: Transaction,
	{ bucketId, resolved }: LeaseGrant,
	isForeign: boolean,
	now: EpochMs,
): void {
	if (!isForeign) {
		tx.put({ kind: 'model', id: resolved, doc: { ...tx.model(resolved), missingUntil: now + missingMs } });
	} else if (isUnused(tx.bucket(bucketId))) {
		tx.drop({ kind: 'bucket', id: bucketId });
		// Other projects may have learnt of it: it may be missing for what this call asks.
		const { samples, backoffLevel, resolvesTo } = tx.model(resolved);
		if (samples + backoffLevel === 0 && !resolvesTo) tx.drop({ kind: 'model', id: resolved });
	}
}

function isUnused({ status, limits, day, leases, sustainedRpm }: Bucket): boolean {
	const hasLearnt = sustainedRpm !== undefined || Object.keys(limits).length > 0;
	return status.state === 'available' && day.requests === 0 && leases.length === 0 && !hasLearnt;
}

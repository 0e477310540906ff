import { bucketId, type BucketId, type Key, type Limits, type Project } from '../types/key';
import type { Bucket, Docs, EpochMs, KeyRecord } from '../types/stateStore';
import { initialKeyRecord } from '../health/initialRecords';
import { deniedUntil } from '../quota/admissionChecks';
import { capOf, rejectedByCap, type Cap } from '../quota/cap';
import { quotaStatus, untouched, type QuotaStatus } from '../quota/quotaStatus';
import type { CandidateStats } from './strategies/strategy';

/** A key for one model, with everything that choosing needs to know of it as of the last `update`. */
export class Candidate implements CandidateStats {
	readonly bucketId: BucketId;
	readonly cap: Cap | undefined;
	readonly isPaid: boolean;
	record: KeyRecord = initialKeyRecord;
	/** What the key, its bucket and its project's daily cap allow. */
	status: QuotaStatus = untouched;
	private bucket: Bucket | undefined;
	private capBucket: Bucket | undefined;

	/**
	 * @param index its position in the order of all keys
	 * @param resolved the model's own name
	 */
	constructor(
		readonly index: number,
		readonly key: Key,
		readonly project: Project,
		private readonly resolved: string,
		readonly userLimits: Limits | undefined,
	) {
		this.bucketId = bucketId(project.id, resolved);
		this.cap = capOf(project);
		this.isPaid = project.tier === 'paid';
	}

	/** Reads its documents. Recomputes the status only if they have changed or it is no longer valid. */
	update({ bucket: buckets, key: records }: Docs, now: EpochMs): void {
		const { cap } = this;
		const bucket = buckets.get(this.bucketId);
		const capBucket = cap && buckets.get(cap.id);
		const record = records.get(this.key.id) ?? initialKeyRecord;
		const isSame = bucket === this.bucket && capBucket === this.capBucket;
		const isCurrent = isSame && record.deniedModels === this.record.deniedModels && this.status.validUntil > now;
		this.record = record;
		if (isCurrent) return;
		this.bucket = bucket;
		this.capBucket = capBucket;
		const ofBucket = bucket ? quotaStatus(bucket, this.userLimits, now) : untouched;
		const capped = cap && capBucket ? withCap(ofBucket, cap, capBucket, now) : ofBucket;
		this.status = withDenial(capped, deniedUntil(record, this.resolved, now));
	}
}

function withCap(status: QuotaStatus, cap: Cap, counted: Bucket, now: EpochMs): QuotaStatus {
	const capped = rejectedByCap(cap, counted, now);
	const validUntil = Math.min(status.validUntil, Math.max(counted.day.endsAt, now + 1));
	if (!capped) return { ...status, validUntil };
	return { ...status, validUntil, reason: 'cap', mayRetryEarlier: false, blockedUntil: capped.retryAt };
}

/** The service denies the key this model, whatever the bucket has left. */
function withDenial(status: QuotaStatus, until: EpochMs): QuotaStatus {
	if (until <= status.blockedUntil) return status;
	const validUntil = Math.min(status.validUntil, until);
	return { ...status, validUntil, reason: 'modelDenied', mayRetryEarlier: false, blockedUntil: until };
}

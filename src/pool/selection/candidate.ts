import { bucketId, type BucketId, type Key, type Limits, type Project } from '../types/key';
import type { Bucket, Docs, EpochMs, KeyRecord } from '../types/stateStore';
import { initialKeyRecord } from '../health/initialRecords';
import { deniedUntil } from '../quota/admissionChecks';
import { dailyCapOf, rejectedByDailyCap } from '../budget/dailyCap';
import { projectScope } from '../budget/scopes';
import { spendingAt } from '../budget/spending';
import type { SpendingRecord } from '../types/spending';
import { quotaStatus, untouched, type QuotaStatus } from '../quota/quotaStatus';
import type { CandidateStats } from './strategies/strategy';

/** A key for one model, with everything that choosing needs to know of it as of the last `update`. */
export class Candidate implements CandidateStats {
	readonly bucketId: BucketId;
	private readonly isCapped: boolean;
	readonly isPaid: boolean;
	record: KeyRecord = initialKeyRecord;
	/** What the key, its bucket and its project's daily cap allow. */
	status: QuotaStatus = untouched;
	private bucket: Bucket | undefined;
	/** Of its project, where that has a daily cap. */
	private spending: SpendingRecord | undefined;

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
		this.isCapped = dailyCapOf(project) !== undefined;
		this.isPaid = project.tier === 'paid';
	}

	/** Reads its documents. Recomputes the status only if they have changed or it is no longer valid. */
	update({ bucket: buckets, key: records, spending: spendings }: Docs, now: EpochMs): void {
		const bucket = buckets.get(this.bucketId);
		const spending = this.isCapped ? spendings.get(projectScope(this.project.id)) : undefined;
		const record = records.get(this.key.id) ?? initialKeyRecord;
		const isSame = bucket === this.bucket && spending === this.spending;
		const isCurrent = isSame && record.deniedModels === this.record.deniedModels && this.status.validUntil > now;
		this.record = record;
		if (isCurrent) return;
		this.bucket = bucket;
		this.spending = spending;
		const ofBucket = bucket ? quotaStatus(bucket, this.userLimits, now) : untouched;
		const capped = spending ? withCap(ofBucket, this.project, spendingAt(spending, now)) : ofBucket;
		this.status = withDenial(capped, deniedUntil(record, this.resolved, now));
	}
}

/** @param spending of now */
function withCap(status: QuotaStatus, project: Project, spending: SpendingRecord): QuotaStatus {
	const capped = rejectedByDailyCap(project, spending, 0);
	const validUntil = Math.min(status.validUntil, spending.day.endsAt);
	if (!capped) return { ...status, validUntil };
	return { ...status, validUntil, reason: 'cap', mayRetryEarlier: false, blockedUntil: capped.retryAt };
}

/** The service denies the key this model, whatever the bucket has left. */
function withDenial(status: QuotaStatus, until: EpochMs): QuotaStatus {
	if (until <= status.blockedUntil) return status;
	const validUntil = Math.min(status.validUntil, until);
	return { ...status, validUntil, reason: 'modelDenied', mayRetryEarlier: false, blockedUntil: until };
}

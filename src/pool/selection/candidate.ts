import type { Columns } from './columns';
import { bucketId, type BucketId, type Key, type Limits, type Project } from '../types/key';
import type { Docs, KeyRecord, EpochMs } from '../types/stateStore';
import { capOf, rejectedByCap, type Cap } from '../quota/cap';
import { deniedUntil } from '../quota/admissionChecks';
import { untouched, quotaStatus, type QuotaStatus } from '../quota/quotaStatus';
import type { Granted } from './strategies/strategy';

/** A candidate for one model that keeps what choosing needs, computed anew only when its documents or the time ask for it. */
export class Candidate implements Granted {
	readonly bucketId: BucketId;
	readonly cap: Cap | undefined;
	readonly isPaid: boolean;
	private current: KeyRecord;
	private last: QuotaStatus = untouched;

	/**
	 * @param resolved the model's own name
	 * @param userLimits the user's own limits
	 */
	constructor(
		readonly index: number,
		readonly key: Key,
		readonly project: Project,
		private readonly resolved: string,
		readonly userLimits: Limits | undefined,
		record: KeyRecord,
		private readonly columns: Columns,
	) {
		this.bucketId = bucketId(project.id, resolved);
		this.cap = capOf(project);
		this.isPaid = project.tier === 'paid';
		this.current = record;
		columns.setKey(index, key, this.isPaid);
		this.setRecord(record);
	}

	get record(): KeyRecord {
		return this.current;
	}

	setRecord(record: KeyRecord): void {
		if (record.deniedModels !== this.current.deniedModels) this.columns.expire(this.index);
		this.current = record;
		this.columns.setRecord(this.index, !this.key.enabled || record.status.state === 'quarantined', record);
	}

	/** How its bucket, its project's daily cap and the key itself stand at `now`, for this model. Cheap while nothing changed. */
	quotaStatus({ bucket: buckets }: Docs, now: EpochMs): QuotaStatus {
		if (!this.columns.isStale(this.index, now)) return this.last;
		const bucket = buckets.get(this.bucketId);
		const free = withCap(bucket ? quotaStatus(bucket, this.userLimits, now) : untouched, this.cap, buckets, now);
		this.last = withDenied(free, deniedUntil(this.current, this.resolved, now));
		this.columns.setOutlook(this.index, this.last, now);
		return this.last;
	}
}

function withCap(free: QuotaStatus, cap: Cap | undefined, buckets: Docs['bucket'], now: EpochMs): QuotaStatus {
	const counted = cap && buckets.get(cap.id);
	if (!cap || !counted) return free;
	const capped = rejectedByCap(cap, counted, now);
	const validUntil = Math.min(free.validUntil, Math.max(counted.day.endsAt, now + 1));
	if (!capped) return { ...free, validUntil };
	return { ...free, validUntil, reason: 'cap', mayRetryEarlier: false, blockedUntil: capped.retryAt };
}

/** The service does not let the key use the model, whatever the bucket has left. */
function withDenied(free: QuotaStatus, until: EpochMs): QuotaStatus {
	if (until <= free.blockedUntil) return free;
	const validUntil = Math.min(free.validUntil, until);
	return { ...free, validUntil, reason: 'modelDenied', mayRetryEarlier: false, blockedUntil: until };
}

import type { Dispose, Random } from '../types/clock';
import { type KeyId, bucketId, type BucketId, type Key, type Limits, type Project } from '../types/key';
import type { KeySet } from '../types/keySet';
import { resolveAlias } from '../health/modelRecord';
import type { EpochMs, StateStore, Bucket, Docs, KeyRecord } from '../types/stateStore';
import { initialBucket } from '../quota/bucket';
import { userLimitsOf } from '../quota/limits';
import { initialKeyRecord } from '../health/initialRecords';
import { deniedUntil, quotaStatus, untouched, type QuotaStatus } from '../quota/admissionChecks';
import { dailyCapOf, rejectedByDailyCap } from '../budget/dailyCap';
import { projectScope, spendingAt } from '../budget/spending';
import type { SpendingRecord } from '../types/spending';
import type { CandidateStats } from './strategies/strategy';

/** Models whose candidates are cached. */
const maxModels = 32;

/** The candidates for each model that is asked for: all keys, in key order. */
export class Candidates {
	private readonly byModel = new Map<string, readonly Candidate[]>();
	/** What each alias last resolved to. */
	private readonly aliases = new Map<string, string>();
	private readonly off: Dispose;

	constructor(
		private readonly store: StateStore,
		private keySet: KeySet,
		private readonly random: Random,
	) {
		for (const [model, { resolvesTo }] of store.replica().model) {
			if (resolvesTo) this.aliases.set(model, resolvesTo.model);
		}
		this.off = store.onDidChange((refs) => {
			for (const ref of refs) if (ref.kind === 'model') this.updateAlias(ref.id);
		});
	}

	setKeySet(keySet: KeySet): void {
		this.keySet = keySet;
		this.byModel.clear();
	}

	/** The candidates for a model, by any of its names, as of `now`. */
	of(model: string, now: EpochMs): readonly Candidate[] {
		const candidates = this.byModel.get(model) ?? this.create(model);
		const docs = this.store.replica();
		const { isFar = false } = this.store;
		for (const candidate of candidates) {
			candidate.update(docs, now);
			candidate.place = isFar ? (candidate.place ?? this.random()) : undefined;
		}
		return candidates;
	}

	/** A key's candidate; its record and status may be out of date. */
	find(model: string, key: KeyId): Candidate | undefined {
		return (this.byModel.get(model) ?? this.create(model)).find((candidate) => candidate.key.id === key);
	}

	dispose(): void {
		this.off();
	}

	private create(model: string): readonly Candidate[] {
		const resolved = resolveAlias(this.store, model);
		const candidates = this.keySet.keys.map((key, index) => {
			const project = this.keySet.project(key.project);
			const userLimits = userLimitsOf(project, resolved, (name) => resolveAlias(this.store, name));
			return new Candidate(index, key, project, resolved, userLimits);
		});
		if (this.byModel.size >= maxModels) this.byModel.clear();
		this.byModel.set(model, candidates);
		return candidates;
	}

	/** An alias that resolves differently changes the buckets and limits of every name that leads to either model. */
	private updateAlias(model: string): void {
		const to = this.store.replica().model.get(model)?.resolvesTo?.model ?? model;
		if (to === (this.aliases.get(model) ?? model)) return;
		this.aliases.set(model, to);
		this.byModel.clear();
	}
}

/** A key for one model, with everything that choosing needs to know of it as of the last `update`. */
export class Candidate implements CandidateStats {
	readonly bucketId: BucketId;
	private readonly isCapped: boolean;
	readonly isPaid: boolean;
	record: KeyRecord = initialKeyRecord;
	/** What the key, its bucket and its project's daily cap allow. */
	status: QuotaStatus = { ...untouched, validUntil: 0 };
	place: number | undefined;
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
		const known = bucket ?? (this.userLimits && initialBucket(now));
		const ofBucket = known ? quotaStatus(known, this.userLimits, now) : untouched;
		const capped = spending ? withCap(ofBucket, this.project, spendingAt(spending, now)) : ofBucket;
		this.status = withDenial(capped, deniedUntil(record, this.resolved, now));
	}
}

/**
 * The status with the project's daily cap counted in.
 *
 * @param spending of now
 */
function withCap(status: QuotaStatus, project: Project, spending: SpendingRecord): QuotaStatus {
	const capped = rejectedByDailyCap(project, spending, 0);
	const validUntil = Math.min(status.validUntil, spending.day.endsAt);
	if (!capped) return { ...status, validUntil };
	const { retryAt: blockedUntil, mayRetryEarlier = false } = capped;
	// Of two rests the longer one is named. A cap that calls under way may free any moment is the shorter one.
	const isRest = status.reason !== undefined && !status.mayRetryEarlier;
	if (isRest && (mayRetryEarlier || status.blockedUntil > blockedUntil)) return { ...status, validUntil };
	return { ...status, validUntil, reason: 'cap', mayRetryEarlier, blockedUntil };
}

/** The service denies the key this model, whatever the bucket has left. */
function withDenial(status: QuotaStatus, until: EpochMs): QuotaStatus {
	if (until <= status.blockedUntil) return status;
	const validUntil = Math.min(status.validUntil, until);
	return { ...status, validUntil, reason: 'modelDenied', mayRetryEarlier: false, blockedUntil: until };
}

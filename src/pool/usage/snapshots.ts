import type { Clock, Dispose } from '../types/clock';
import { bucketId, dimensions, partsOf, type Key, type Limits, type Project } from '../types/key';
import { initialKeyRecord } from '../health/initialRecords';
import type { Bucket, DocRef, KeyRecord, ModelRecord, StateStore, Limit, EpochMs } from '../types/stateStore';
import { bucketAt, initialBucket, longestProbeMs, sentToday } from '../quota/bucket';
import { dailyCapOf, rejectedByDailyCap } from '../budget/dailyCap';
import { projectScope } from '../budget/spending';
import { deniedUntil, quotaStatus, type QuotaStatus } from '../quota/admissionChecks';
import { limitingDimension, mayTest } from '../quota/limitLearning';
import { limitOf, userLimitsOf } from '../quota/limits';
import { fallsTo, leavesAt, minuteUse } from '../quota/minuteCounter';
import type { Options } from '../types/options';
import type { KeySet } from '../types/keySet';
import { resolveAlias } from '../health/modelRecord';
import { throttleAvailability } from '../health/throttle';
import type { KeyView, ModelView, LimitUsage, Snapshot, Availability } from '../types/availability';
import { SpendingViews, spendingChangesAt } from './spendingViews';
import { modelAvailability, suppliesOf, supplyChangesAt, withCapView } from './supply';

/** ms. Timers are re-armed after this, because the clock may have been set or the machine may have slept. */
const maxTimerMs = 60_000;
/** ms. How long a lowered limit is shown as news. */
const newsMs = 7 * 24 * 3_600_000;

/** ms. A minute's counts get smaller at most this often: a busy one has 150 steps. */
const minuteStepMs = 5_000;

/** How many requests wait, and when time alone changes that. */
interface Waits {
	count(now: EpochMs): number;
	changesAt(now: EpochMs): EpochMs;
}

/** Takes snapshots: one object per revision. Time alone also starts a new revision, when it changes an availability. */
export class Snapshots {
	private rev = 0;
	private taken: Snapshot | undefined;
	private timer: Dispose | undefined;
	/** When time alone changes the current snapshot. */
	private changesAt: EpochMs = Infinity;
	private readonly off: Dispose;
	private isOver = false;

	constructor(
		private readonly store: StateStore,
		private readonly clock: Clock,
		private readonly keySet: () => KeySet,
		private readonly options: () => Options,
		private readonly waits: Waits,
		private readonly changed: () => void,
	) {
		this.off = store.onDidChange((refs) => {
			if (refs.some(isShown) || (refs.some(isQueue) && this.isWaitingOld())) this.invalidate();
		});
	}

	/** Something that a snapshot shows has changed. */
	invalidate(): void {
		this.timer?.();
		this.timer = undefined;
		if (this.taken) {
			this.taken = undefined;
			this.rev++;
		}
		this.changed();
	}

	take(): Snapshot {
		this.taken ??= this.make();
		return this.taken;
	}

	dispose(): void {
		this.isOver = true;
		this.off();
		this.timer?.();
	}

	private make(): Snapshot {
		const now = this.store.now();
		const docs = this.store.replica();
		const { pool, model: models } = docs;
		const { model, strategy, paidOnly, budgets } = this.options();
		const buckets = bucketsByProject(this.store);
		const spending = new SpendingViews(docs.spending, budgets, now);
		const keys = this.keySet().keys.map((key) => this.view(key, buckets, spending, now));
		this.changesAt = Math.min(
			...[this.firstChange(keys, now), firstChangeOf(buckets, now), supplyChangesAt(models, now)],
			spendingChangesAt(docs, now),
			this.waits.changesAt(now),
		);
		this.arm();
		const inUse = keys.filter(({ key, isBarred }) => key.enabled && !isBarred);
		const label = (id: string): string => keys.find(({ key }) => key.id === id)?.key.label ?? id;
		return {
			rev: this.rev,
			at: now,
			keys,
			usable: pool.paused ? 0 : inUse.filter(({ availability }) => availability.state === 'usable').length,
			total: inUse.length,
			paidOnly,
			model,
			resolvedModel: resolveAlias(this.store, model),
			aliases: new Map([...models.keys()].map((name) => [name, resolveAlias(this.store, name)])),
			supplies: suppliesOf(keys, models, {
				model,
				isPaused: pool.paused !== undefined,
				throttled: throttleAvailability(pool, now),
				now,
			}),
			...(pool.paused ? { paused: { ...pool.paused, by: label(pool.paused.by) } } : {}),
			spending: spending.pool(),
			clients: spending.clients(),
			waiting: this.waits.count(now),
			strategy,
		};
	}

	/** Windows tell of their queues each second: most of the time nothing that is shown has changed. */
	private isWaitingOld(): boolean {
		return this.taken !== undefined && this.taken.waiting !== this.waits.count(this.store.now());
	}

	private view(
		key: Key,
		buckets: ReadonlyMap<string, readonly [string, Bucket][]>,
		spending: SpendingViews,
		now: EpochMs,
	): KeyView {
		const project = this.keySet().project(key.project);
		const record = this.store.replica().key.get(key.id) ?? initialKeyRecord;
		const used = buckets.get(project.id) ?? [];
		const models = [...used, ...this.neverUsed(project, used, now)].map(([model, bucket]) =>
			modelView(model, bucket, record, this.userLimits(project, model), this.store.replica().model.get(model), now),
		);
		return {
			key,
			project,
			isBarred: this.options().paidOnly && project.tier === 'free',
			availability: this.availability(key, project, record, spending, now),
			score: record.score,
			lastUsed: record.lastUsed,
			success: record.success,
			fail: record.fail,
			tokens: record.tokens,
			isVerified: record.status.state === 'verified',
			models,
			...this.revokedIn(project),
			...spending.project(project),
			...capView(project, spending),
		};
	}

	/** Buckets of which a person allows nothing, so that no call makes them. */
	private neverUsed(project: Project, used: readonly [string, Bucket][], now: EpochMs): readonly [string, Bucket][] {
		const names = Object.keys({ ...project.limits, ...project.presetLimits });
		const models = new Set(names.map((name) => resolveAlias(this.store, name)));
		for (const [model] of used) models.delete(model);
		return [...models]
			.filter((model) => Object.values(this.userLimits(project, model) ?? {}).includes(0))
			.map((model) => [model, initialBucket(now)]);
	}

	private revokedIn({ id }: Project): Pick<KeyView, 'revoked'> {
		const revoked = this.store.replica().pool.revoked?.[id];
		return revoked ? { revoked } : {};
	}

	private availability(
		key: Key,
		project: Project,
		record: KeyRecord,
		spending: SpendingViews,
		now: EpochMs,
	): Availability {
		const { status } = record;
		if (!key.enabled) return { state: 'disabled' };
		if (status.state === 'quarantined') {
			const { reason, since, recheckAt, serviceMessage } = status;
			return {
				state: 'quarantined',
				reason,
				since,
				...(recheckAt === undefined ? {} : { recheckAt }),
				...(serviceMessage ? { serviceMessage } : {}),
			};
		}
		const { model } = this.options();
		const resolved = resolveAlias(this.store, model);
		const { bucket: buckets } = this.store.replica();
		const limits = this.userLimits(project, resolved);
		const bucket = buckets.get(bucketId(project.id, resolved)) ?? (limits && initialBucket(now));
		const availability = ofKey(record, resolved, now, bucket && bucketAvailability(bucket, limits, now));
		return (
			withCapView(availability, capView(project, spending).cap) ??
			throttleAvailability(this.store.replica().pool, now) ??
			modelAvailability(this.store.replica().model.get(resolved), now)
		);
	}

	private userLimits(project: Project, resolved: string): Limits | undefined {
		return userLimitsOf(project, resolved, (name) => resolveAlias(this.store, name));
	}

	/** When time alone changes what is shown of these keys: a cooldown ends, or a minute or day with counts. */
	private firstChange(keys: readonly KeyView[], now: EpochMs): EpochMs {
		let next = Infinity;
		for (const { availability, models, cap } of keys) {
			next = Math.min(next, endOf(availability), cap?.dayEndsAt ?? Infinity);
			for (const one of models) {
				next = Math.min(next, endOf(one.availability));
				if (one.requestsThisMinute + one.tokensThisMinute > 0) next = Math.min(next, one.minuteEndsAt);
				if (one.requestsToday + one.sentToday + one.tokensToday > 0) next = Math.min(next, one.dayEndsAt);
				for (const { fell } of Object.values(one.limitUsage)) if (fell) next = Math.min(next, fell.until);
			}
		}
		const probe = this.store.replica().pool.throttled?.probe;
		return probe && probe.expiresAt > now ? Math.min(next, probe.expiresAt) : next;
	}

	/** Sets the timer for the first change. */
	private arm(): void {
		this.timer?.();
		this.timer = undefined;
		if (this.isOver || this.changesAt === Infinity) return;
		const inMs = this.changesAt - this.store.now();
		this.timer = this.clock.after(Math.min(Math.max(1, inMs), maxTimerMs), () => {
			if (this.store.now() >= this.changesAt) this.invalidate();
			else this.arm();
		});
	}
}

function isQueue({ kind }: DocRef): boolean {
	return kind === 'windowQueue';
}

function isShown({ kind }: DocRef): boolean {
	return ['bucket', 'key', 'model', 'pool', 'spending'].includes(kind);
}

function bucketsByProject(store: StateStore): ReadonlyMap<string, readonly [string, Bucket][]> {
	const byProject = new Map<string, [string, Bucket][]>();
	for (const [id, bucket] of store.replica().bucket) {
		const [project, model] = partsOf(id);
		// Version 0.1.0 counted daily caps there. What was counted under an alias has moved to the model's own name.
		if (model === '*' || resolveAlias(store, model) !== model) continue;
		const list = byProject.get(project);
		if (list) list.push([model, bucket]);
		else byProject.set(project, [[model, bucket]]);
	}
	return byProject;
}

function modelView(
	model: string,
	given: Bucket,
	record: KeyRecord,
	userLimits: Limits | undefined,
	ofModel: ModelRecord | undefined,
	now: EpochMs,
): ModelView {
	const bucket = bucketAt(given, now);
	const minute = minuteUse(bucket.minute, now);
	const used = { rpm: minute.requests, tpm: minute.input, rpd: bucket.day.requests, tpd: bucket.day.input };
	const limitUsage: Partial<Record<(typeof dimensions)[number], LimitUsage>> = {};
	for (const dimension of dimensions) {
		const limit = limitOf(bucket, userLimits, dimension);
		if (limit === undefined) continue;
		const learnt = bucket.limits[dimension];
		const from = limit === userLimits?.[dimension] ? 'user' : (learnt?.source ?? 'stated');
		limitUsage[dimension] = { used: used[dimension], limit, source: from, ...fallOf(learnt, now) };
	}
	const availability = ofKey(record, model, now, bucketAvailability(bucket, userLimits, now));
	return {
		model,
		availability: availability.state === 'usable' ? modelAvailability(ofModel, now) : availability,
		requestsToday: bucket.day.requests,
		sentToday: sentToday(bucket),
		tokensToday: bucket.day.input,
		dayEndsAt: bucket.day.endsAt,
		requestsThisMinute: minute.requests,
		tokensThisMinute: minute.input,
		minuteEndsAt: fallsTo(bucket.minute, 0, 0, now),
		limitUsage,
		inFlight: bucket.leases.length,
	};
}

/** The bucket's availability, unless the service denies the key this model for longer. */
function ofKey<S extends Availability | undefined>(
	record: KeyRecord,
	model: string,
	now: EpochMs,
	availability: S,
): S | Availability {
	const until = deniedUntil(record, model, now);
	const isLonger =
		until > 0 && (availability === undefined || endOf(availability) === Infinity || endOf(availability) < until);
	return isLonger ? { state: 'unsupported', reason: 'modelDenied', until } : availability;
}

function endOf(availability: Availability): EpochMs {
	return availability.state === 'coolingDown' || availability.state === 'unsupported' ? availability.until : Infinity;
}

/**
 * When the first lease expires: the calls of a window that crashed end then. Or when a probe is waited for no longer, or what
 * was sent in a minute leaves it.
 */
function firstChangeOf(buckets: ReadonlyMap<string, readonly [string, Bucket][]>, now: EpochMs): EpochMs {
	let next = Infinity;
	for (const ofProject of buckets.values()) {
		for (const [, bucket] of ofProject) {
			const { status, leases, minute } = bucketAt(bucket, now);
			// What was refused is counted as nothing.
			const first = minute.find((sent) => sent[2] + sent[3] > 0 && leavesAt(sent) > now);
			if (first) next = Math.min(next, Math.max(leavesAt(first), now + minuteStepMs));
			const probe = status.state === 'halfOpen' ? status : undefined;
			for (const { id, sentAt, expiresAt } of leases) {
				const ends =
					id === probe?.lease ? [expiresAt, sentAt + longestProbeMs, probe.wholeAt ?? Infinity] : [expiresAt];
				for (const end of ends) if (end > now) next = Math.min(next, end);
			}
		}
	}
	return next;
}

function fallOf(learnt: Limit | undefined, now: EpochMs): Pick<LimitUsage, 'fell'> {
	if (!learnt?.fell || learnt.value >= learnt.fell.from) return {};
	const until = learnt.fell.at + newsMs;
	return until > now ? { fell: { from: learnt.fell.from, until } } : {};
}

function bucketAvailability(given: Bucket, userLimits: Limits | undefined, now: EpochMs): Availability {
	const bucket = bucketAt(given, now);
	const { status } = bucket;
	const { blockedUntil, reason } = blockedLongest(bucket, userLimits, now);
	// A bucket in slow start takes a few requests at a time, so its key is usable.
	if (blockedUntil <= now || reason === 'unknownLimit') return { state: 'usable' };
	const serviceMessage =
		'serviceMessage' in status && status.reason === reason ? { serviceMessage: status.serviceMessage } : {};
	if (status.state === 'unsupported')
		return { state: 'unsupported', reason: status.reason, until: status.until, ...serviceMessage };
	if (status.state === 'halfOpen') return { state: 'halfOpen', reason: status.reason };
	const end = endOrNone(blockedUntil, bucket.day);
	return { state: 'coolingDown', reason: reason ?? 'capacity', ...end, ...serviceMessage };
}

/** When a rest ends, the minute or the day can still be full: then it lasts until that takes a call again. */
function blockedLongest(bucket: Bucket, userLimits: Limits | undefined, now: EpochMs): QuotaStatus {
	const rest = quotaStatus(bucket, userLimits, now);
	const end = rest.blockedUntil;
	if (bucket.status.state !== 'coolingDown' || end <= now || end === Infinity) return rest;
	const after = quotaStatus(bucket, userLimits, end);
	const dimension = limitingDimension(after.reason);
	const isFull = dimension !== undefined && !mayTest(bucketAt(bucket, end), userLimits, dimension, end);
	return isFull && after.blockedUntil > end ? after : rest;
}

/** A limit of 0 has no end: it is looked at again when the day ends. */
function endOrNone(until: EpochMs, day: { readonly endsAt: EpochMs }): { until: EpochMs; isEndless?: true } {
	return until === Infinity ? { until: day.endsAt, isEndless: true } : { until };
}

function capView(project: Project, spending: SpendingViews): Pick<KeyView, 'cap'> {
	const cap = dailyCapOf(project);
	if (!cap) return {};
	const record = spending.recordOf(projectScope(project.id));
	const { day } = record;
	const denied = rejectedByDailyCap(project, record, 0);
	const used = (value: number, limit: number): LimitUsage => ({ used: value, limit, source: 'user' });
	return {
		cap: {
			// What calls under way hold is not used yet.
			availability:
				denied && !denied.mayRetryEarlier
					? { state: 'coolingDown', reason: 'cap', ...endOrNone(denied.retryAt, day) }
					: { state: 'usable' },
			limitUsage: {
				...(cap.requests !== undefined && { rpd: used(day.requests, cap.requests) }),
				...(cap.tokens !== undefined && { tpd: used(day.tokens, cap.tokens) }),
			},
			dayEndsAt: day.endsAt,
		},
	};
}

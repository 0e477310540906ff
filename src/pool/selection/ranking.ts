import type { Random } from '../types/clock';
import { isFreeOfCost, type BucketId } from '../types/key';
import { tokensOf } from '../health/modelRecord';
import { ahead } from '../queue/sharedQueue';
import { admit, type AdmissionRequest } from '../quota/lease';
import type { Bucket, EpochMs, QueueRecord, Transaction } from '../types/stateStore';
import type { Options } from '../types/options';
import { sessionKeyUnder } from './affinity';
import type { LeaseRequest } from '../types/leaseRequest';
import type { Candidate, Candidates } from './candidates';
import { maxRanked, type RunningStrategy } from './strategies/strategy';

/** Keys that could take a request now, each group in key order. The second group is asked after the first: money says which. */
export interface Usable {
	/** All, where money does not matter. */
	readonly first: readonly Candidate[];
	readonly second: readonly Candidate[];
}

/** Which keys could take a request, and in which order they are tried. It reads the replica, which may be stale. */
export class Ranking {
	constructor(
		private readonly candidates: Candidates,
		private readonly random: Random,
		private readonly options: () => Options,
		private readonly strategy: () => RunningStrategy,
	) {}

	/**
	 * @param likely input tokens
	 * @param rejected buckets that are out of the question
	 */
	usable(request: LeaseRequest, likely: number, rejected: ReadonlySet<BucketId>, now: EpochMs): Usable {
		const first: Candidate[] = [];
		const second: Candidate[] = [];
		const isSecondPaid = this.isSecondPaid();
		for (const candidate of this.candidates.of(request.model, now)) {
			const { blockedUntil, tokensLeft } = candidate.status;
			if (blockedUntil > now || tokensLeft < likely || rejected.has(candidate.bucketId)) continue;
			if (mayServe(request, candidate)) (candidate.isPaid === isSecondPaid ? second : first).push(candidate);
		}
		return { first, second };
	}

	/**
	 * The best of a group, best first. The preferred key leads the first group, whatever it costs; the key of the session leads
	 * the group that it is in. The second group is empty while the first one is as large as a ranking: it is asked only when all
	 * of the first rejected.
	 */
	rank(request: LeaseRequest, usable: Usable, which: 'first' | 'second', now: EpochMs): readonly Candidate[] {
		const { preferredKey } = request;
		const { first, second } = usable;
		if (which === 'second' && first.length >= maxRanked) return [];
		const byStrategy = usable[which].length === 0 ? [] : this.strategy().rank(usable[which], this.random, now);
		const sessionKey = request.sessionKey && sessionKeyUnder(this.options().strategy, request);
		const ofSession = sessionKey && usable[which].find(({ key }) => key.id === sessionKey);
		const ranked = ofSession ? [ofSession, ...byStrategy] : byStrategy;
		if (preferredKey === undefined || which === 'second') return ranked;
		const isPreferred = ({ key }: Candidate): boolean => key.id === preferredKey;
		const preferred = first.find(isPreferred) ?? second.find(isPreferred);
		return preferred ? [preferred, ...ranked] : ranked;
	}

	/** Whether paid buckets come second, or free ones (false), or money has no say: a setting, or the strategy's own. */
	private isSecondPaid(): boolean | undefined {
		const { paidKeys, strategy } = this.options();
		if (paidKeys === 'mixed' || strategy === 'weighted' || strategy === 'primaryBackup') return undefined;
		return paidKeys === 'last';
	}
}

/** Apart from quota: enabled, not quarantined, not excluded in this round, and what the request needs. */
export function mayServe(request: LeaseRequest, { key, record, bucketId, isPaid, project }: Candidate): boolean {
	const { needs, paidForSize, excludedKeys, excludedBuckets } = request;
	if (!key.enabled || record.status.state === 'quarantined') return false;
	if ((needs.paid === true || paidForSize) && !isPaid) return false;
	if (needs.free === true && !isFreeOfCost(project)) return false;
	if (needs.project !== undefined && needs.project !== project.id) return false;
	return !excludedBuckets.has(bucketId) && !excludedKeys.has(key.id);
}

/** Waiters of other windows that one step looks at. */
const maxAhead = 32;

/** Who of another window was there first, and takes or is kept the room that this request would need. */
export function firstInQueue(
	tx: Transaction,
	{ ticket }: LeaseRequest,
	{ bucketId: id, project }: Candidate,
	admission: AdmissionRequest,
	model: string,
	now: EpochMs,
): QueueRecord | undefined {
	if (!ticket) return undefined;
	let first: QueueRecord | undefined;
	let left: Bucket = tx.bucket(id);
	for (const other of ahead(tx.windowQueues(), ticket, now).slice(0, maxAhead)) {
		if (other.holds === id) return other;
		if (!other.models.includes(model) || (other.paid && project.tier !== 'paid')) continue;
		if (other.free === true && !isFreeOfCost(project)) continue;
		if (other.project !== undefined && other.project !== project.id) continue;
		const admitted = admit(left, { ...admission, ...tokensOf(other.size, tx.model(model)) }, now);
		if ('reason' in admitted) continue;
		left = admitted.next;
		first ??= other;
	}
	return first && 'reason' in admit(left, admission, now) ? first : undefined;
}

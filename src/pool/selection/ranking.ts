import type { Random } from '../types/clock';
import type { BucketId } from '../types/key';
import type { EpochMs } from '../types/stateStore';
import type { Options } from '../types/options';
import type { LeaseRequest } from '../types/leaseRequest';
import type { Candidate } from './candidate';
import type { ModelCandidates, Candidates } from './candidates';
import type { RunningStrategy } from './strategies/registry';
import { maxRanked, type RankingInput } from './strategies/strategy';

/** Keys that could take a request now, and the order that money puts them in. */
export interface Usable {
	readonly candidates: ModelCandidates;
	/** Those that come first; all, where money does not matter. */
	readonly first: RankingInput;
	readonly second: RankingInput;
	readonly count: number;
}

/** Which keys could take a request, and in which order they are tried: from possibly stale facts, without a promise. */
export class Ranking {
	constructor(
		private readonly candidates: Candidates,
		private readonly random: Random,
		private readonly options: () => Options,
		private readonly strategy: () => RunningStrategy,
	) {}

	/** `likely` in input tokens; `denied` may not be had. Whoever asks calls `release` in the end. */
	usable(request: LeaseRequest, likely: number, denied: ReadonlySet<BucketId>, now: EpochMs): Usable {
		const candidates = this.candidates.of(request.model);
		candidates.bringUpToDate(now);
		const { columns: facts, size } = candidates;
		const { isPaid, room: usageOf } = facts;
		const secondIs = this.secondByMoney();
		const places = candidates.borrow();
		let first = 0;
		let second = size;
		let place = 0;
		// From one spent key to the next, and to the end.
		for (const spent of [...candidates.placesOf(request.excludedKeys, request.excludedBuckets, denied), size]) {
			for (; place < spent; place++) {
				// Written down for both and counted for one or none: a branch that goes either way costs more than the writes.
				places[first] = place;
				places[second] = place;
				const may = (usageOf[place] ?? 0) >= likely ? 1 : 0;
				const isSecond = isPaid[place] === secondIs ? may : 0;
				first += may - isSecond;
				second += isSecond;
			}
			place = spent + 1;
		}
		if (request.paidForSize || request.needs.paid === true || request.needs.project !== undefined) {
			first = keepOnly(request, candidates, places, 0, first);
			second = keepOnly(request, candidates, places, size, second);
		}
		return {
			candidates,
			first: { stats: facts, places, start: 0, end: first },
			second: { stats: facts, places, start: size, end: second },
			count: first + second - size,
		};
	}

	/**
	 * The best of those, best first; before the first ones, whatever it costs, the key to stay on. Nobody of the second while
	 * the first are as many as are ranked: they are asked for only when the first were denied.
	 */
	rank({ preferredKey }: LeaseRequest, usable: Usable, which: 'first' | 'second', now: EpochMs): readonly Candidate[] {
		const { candidates, first, second } = usable;
		const field = usable[which];
		if (which === 'second' && first.end - first.start >= maxRanked) return [];
		const ranked: Candidate[] = [];
		const stay = preferredKey !== undefined && which === 'first' ? candidates.candidateOf(preferredKey) : undefined;
		if (stay && (isIn(first, stay) || isIn(second, stay))) ranked.push(stay);
		if (field.start === field.end) return ranked;
		for (const place of this.strategy().rank(field, this.random, now)) {
			const candidate = candidates.all[place];
			if (candidate) ranked.push(candidate);
		}
		return ranked;
	}

	release({ candidates, first }: Usable): void {
		candidates.giveBack(first.places);
	}

	/** Whether paid buckets (1) come second, or free ones (0), or money has no say (2): a setting, or the strategy's own. */
	private secondByMoney(): 0 | 1 | 2 {
		const { paidKeys, strategy } = this.options();
		if (paidKeys === 'mixed' || strategy === 'weighted' || strategy === 'primaryBackup') return 2;
		return paidKeys === 'last' ? 1 : 0;
	}
}

/** Leaves those that the request may have, and answers where they end. */
function keepOnly(
	request: LeaseRequest,
	{ all }: ModelCandidates,
	places: Int32Array,
	start: number,
	end: number,
): number {
	let kept = start;
	for (let n = start; n < end; n++) {
		const place = places[n] ?? 0;
		const candidate = all[place];
		if (candidate && meets(request, candidate)) places[kept++] = place;
	}
	return kept;
}

function isIn({ places, start, end }: RankingInput, { index }: Candidate): boolean {
	const at = places.indexOf(index, start);
	return at >= 0 && at < end;
}

/** Apart from quota: enabled, not quarantined, not spent in this round, and what the request needs. */
export function mayServe(request: LeaseRequest, candidate: Candidate): boolean {
	const { excludedKeys, excludedBuckets } = request;
	if (!candidate.key.enabled || candidate.record.status.state === 'quarantined') return false;
	return meets(request, candidate) && !excludedBuckets.has(candidate.bucketId) && !excludedKeys.has(candidate.key.id);
}

/** Whether a key that works is one that the request may have. */
function meets({ needs, paidForSize }: LeaseRequest, { isPaid, project }: Candidate): boolean {
	if ((needs.paid === true || paidForSize) && !isPaid) return false;
	return needs.project === undefined || needs.project === project.id;
}

import { DocMaps } from '../../src/pool/store/docMaps';
import type { LeaseId } from '../../src/pool/types/key';
import type { StateStore } from '../../src/pool/types/stateStore';
import { defaults } from '../../src/pool/types/options';
import { Ranking } from '../../src/pool/selection/ranking';
import type { Needs } from '../../src/pool/types/poolRequest';
import type { LeaseRequest } from '../../src/pool/types/leaseRequest';
import { Candidates } from '../../src/pool/selection/candidates';
import type { StrategyName } from '../../src/pool/types/strategyName';
import { startStrategy } from '../../src/pool/selection/strategies/registry';
import { seeded } from '../support/simulator/stand';
import { likely, mixedKeys, model } from './mixedKeys';

const now = Date.UTC(2026, 10, 24, 20);
/** Places between two keys that change one after the other: a prime, so that neighbours do not lie in one cache line. */
const stride = 7_919;

/** Choices among so many keys. */
export interface Chooser {
	/** Chooses once, after one bucket and its key have changed. @returns the place of the key */
	choose(): number;
	/** The places of all keys that may be chosen. */
	usable(): readonly number[];
}

export function chooserAmong(strategy: StrategyName, size: number, needs: Needs = {}): Chooser {
	const { roster, data, others, spentKeys, spentBuckets, denied } = mixedKeys(size, seeded(1), now);
	const docs = new DocMaps();
	for (const [id, doc] of data.bucket) docs.bucket.set(id, doc);
	for (const [id, doc] of data.key) docs.key.set(id, doc);
	const candidates = new Candidates(ledgerOf(docs), roster, seeded(2));
	const running = startStrategy(strategy);
	const options = { ...defaults, strategy };
	const ranking = new Ranking(
		candidates,
		seeded(2),
		() => options,
		() => running,
	);
	const seek: LeaseRequest = {
		model,
		size: { bytes: 4 * likely, tokens: 0 },
		needs,
		lease: 'l' as LeaseId,
		holder: 'r',
		client: 'chat',
		isWatched: false,
		serviceTier: 'standard',
		leaseMs: 90_000,
		excludedBuckets: spentBuckets,
		excludedKeys: spentKeys,
		paidForSize: false,
		preferredKey: undefined,
	};
	const usable = (): readonly number[] => {
		const { first, second } = ranking.usable(seek, likely, denied, now);
		return [...first, ...second].map(({ index }) => index).sort((a, b) => a - b);
	};
	const ours = candidates.of(model, now);
	const busy = usable().flatMap((place) => {
		const candidate = ours[place];
		const one = candidate && docs.bucket.get(candidate.bucketId);
		const other = candidate && others.get(candidate.bucketId);
		return one && other ? [{ candidate, states: [one, other] }] : [];
	});
	let sends = 0;

	/**
	 * What a send does to the slots. A bucket has two states in turn, as one that loses as many sends as it gets, so that the
	 * last choice is among as many keys as the first.
	 */
	function send(): void {
		const { candidate, states } = busy[(++sends * stride) % busy.length] ?? {};
		const doc = states?.[Math.ceil(sends / busy.length) % 2];
		if (!candidate || !doc) throw new Error('Nobody is usable.');
		docs.bucket.set(candidate.bucketId, doc);
		docs.key.set(candidate.key.id, { ...candidate.record, lastUsed: now + sends });
	}

	return {
		usable,
		choose: () => {
			send();
			const found = ranking.usable(seek, likely, denied, now);
			const best = ranking.rank(seek, found, 'first', now)[0] ?? ranking.rank(seek, found, 'second', now)[0];
			if (!best) throw new Error('Nobody was chosen.');
			running.onGranted(best, found.first);
			return best.index;
		},
	};
}

/** Choosing only reads: what a send writes is written past the ledger, whose step is no part of choosing. */
function ledgerOf(docs: DocMaps): StateStore {
	return {
		replica: () => docs,
		now: () => now,
		onDidChange: () => () => undefined,
		transact: () => Promise.reject(new Error('Nothing is admitted here.')),
		close: () => Promise.resolve(),
	};
}

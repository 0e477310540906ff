import { MemoryLedger } from '../../src/pool/memoryLedger';
import { defaults } from '../../src/pool/options';
import { Ranking } from '../../src/pool/ranking';
import type { LeaseId } from '../../src/pool/key';
import type { Needs } from '../../src/pool/request';
import type { Seek } from '../../src/pool/seek';
import { Slots } from '../../src/pool/slots';
import type { StrategyName } from '../../src/pool/strategies/names';
import { startStrategy } from '../../src/pool/strategies/registry';
import { seeded } from '../unit/simulator/stand';
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
	const { roster, data, spentKeys, spentBuckets, denied } = mixedKeys(size, seeded(1), now);
	const slots = new Slots(new MemoryLedger({ wall: () => now }, data), roster);
	const running = startStrategy(strategy);
	const options = { ...defaults, strategy };
	const ranking = new Ranking(
		slots,
		seeded(2),
		() => options,
		() => running,
	);
	const seek: Seek = {
		model,
		cost: { bytes: 4 * likely, tokens: 0 },
		needs,
		lease: 'l' as LeaseId,
		holder: 'r',
		leaseMs: 90_000,
		spentBuckets,
		spentKeys,
		paidForSize: false,
		prefer: undefined,
	};
	const usable = (): readonly number[] => {
		const { first, second, ...rest } = ranking.usable(seek, likely, denied, now);
		const places = [first, second].flatMap((field) => [...field.places.subarray(field.start, field.end)]);
		ranking.release({ first, second, ...rest });
		return places.sort((a, b) => a - b);
	};
	const ours = slots.of(model);
	const busy = usable().flatMap((place) => ours.all[place] ?? []);
	let sends = 0;

	/**
	 * What the ledger's news of a send do to the slots: a row of the columns is to be read anew. The document stays the same,
	 * as a bucket that loses as many sends as it gets, so that the last choice is among as many keys as the first.
	 */
	function send(): void {
		const slot = busy[(++sends * stride) % busy.length];
		if (!slot) throw new Error('Nobody is usable.');
		slot.setRecord({ ...slot.record, lastUsed: now + sends });
		ours.refreshBucket(slot.bucketId);
	}

	return {
		usable,
		choose: () => {
			send();
			const found = ranking.usable(seek, likely, denied, now);
			const best = ranking.rank(seek, found, 'first', now)[0] ?? ranking.rank(seek, found, 'second', now)[0];
			if (!best) throw new Error('Nobody was chosen.');
			running.took(best, found.first);
			ranking.release(found);
			return best.index;
		},
	};
}

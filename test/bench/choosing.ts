import type { BucketId, KeyId, LeaseId } from '../../src/pool/key';
import { MemoryLedger } from '../../src/pool/memoryLedger';
import { defaults } from '../../src/pool/options';
import { Ranking } from '../../src/pool/ranking';
import type { Seek } from '../../src/pool/seek';
import { Slots } from '../../src/pool/slots';
import type { StrategyName } from '../../src/pool/strategies/names';
import { startStrategy } from '../../src/pool/strategies/registry';
import { seeded } from '../unit/simulator/stand';
import { timed, type Blocks, type Sample } from './measure';
import { mixedKeys, model } from './mixedKeys';

const nobody: ReadonlySet<BucketId> = new Set();
const now = Date.UTC(2026, 10, 24, 20);

/** µs a choice among so many keys. */
export function choosing(strategy: StrategyName, size: number, blocks: Blocks): Sample {
	const { roster, data } = mixedKeys(size, seeded(1), now);
	const ledger = new MemoryLedger({ wall: () => now }, data);
	const slots = new Slots(ledger, roster);
	const running = startStrategy(strategy);
	const options = { ...defaults, strategy };
	const ranking = new Ranking(
		slots,
		seeded(2),
		() => options,
		() => running,
	);
	const spent = roster.keys.at(-5);
	const seek: Seek = {
		model,
		cost: { bytes: 400, tokens: 0 },
		needs: {},
		lease: 'l' as LeaseId,
		holder: 'r',
		leaseMs: 90_000,
		spentBuckets: new Set(),
		spentKeys: new Set<KeyId>(spent ? [spent.id] : []),
		paidForSize: false,
		prefer: undefined,
	};
	const sample = timed(() => {
		const usable = ranking.usable(seek, 100, nobody, now);
		const best = ranking.rank(seek, usable, 'first', now)[0] ?? ranking.rank(seek, usable, 'second', now)[0];
		if (!best) throw new Error('Nobody was chosen.');
		running.took(best, usable.first);
		ranking.release(usable);
	}, blocks);
	slots.dispose();
	return sample;
}

import assert from 'node:assert/strict';
import { DocMaps, DocsTransaction, type KeyId, type UsageCount, type Write } from '../../../../src/pool/pool';
import { count } from '../../../../src/pool/usage/count';
import { downsampleOldest } from '../../../../src/pool/maintenance/downsample';
import { answers, Rig } from '../../../support/pool/rig';

const now = Date.UTC(2026, 10, 24, 20);
const last = now / 60_000;

/** Each of so many keys has sent once in each minute of a day that ends now. */
function busyDay(keys: number): Write[] {
	const writes: Write[] = [];
	for (let minute = last - 1439; minute <= last; minute++) {
		for (let n = 0; n < keys; n++) {
			const key = `k${n}` as KeyId;
			const doc: UsageCount = { minute, key, outcome: 'answered', sends: 1, input: 2, output: 3 };
			writes.push({ kind: 'usage', id: `${minute} ${key} answered`, doc });
		}
	}
	return writes;
}

/** The counts after a step on a day so busy. */
function after(keys: number, step: (tx: DocsTransaction, docs: DocMaps) => void): readonly UsageCount[] {
	const docs = new DocMaps();
	for (const write of busyDay(keys)) docs.apply(write);
	const tx = new DocsTransaction(docs, now);
	step(tx, docs);
	for (const change of tx.changes) docs.apply(change);
	return [...docs.usage.values()];
}

const sum = (counts: readonly UsageCount[], of: 'sends' | 'input' | 'output'): number =>
	counts.reduce((all, one) => all + one[of], 0);

describe('counts of a busy day', () => {
	it('of 100 keys that send every minute are held by the minute', () => {
		const kept = after(100, (tx, docs) => {
			downsampleOldest(tx, docs, now);
			count(tx, docs, { key: 'a' as KeyId, outcome: 'rpm' }, now);
		});
		assert.equal(kept.length, 144_001);
		assert.equal(new Set(kept.map(({ minute }) => minute)).size, 1440);
	});

	it('of more keys are held by the quarter of an hour where they are oldest, and none is lost', () => {
		const kept = after(120, (tx, docs) => downsampleOldest(tx, docs, now));
		assert.equal(kept.length, 160_000);
		assert.deepEqual([sum(kept, 'sends'), sum(kept, 'input'), sum(kept, 'output')], [172_800, 345_600, 518_400]);
		const [first] = kept;
		assert.ok(first && first.minute % 15 === 0 && first.sends === 15);
		const ofLastHour = kept.filter(({ minute }) => minute > last - 60);
		assert.equal(ofLastHour.length, 120 * 60, 'the last hour stays by the minute');
	});

	it('are folded so many at a time', () => {
		const kept = after(140, (tx, docs) => downsampleOldest(tx, docs, now));
		assert.equal(kept.length, 201_600 - 20_000);
	});

	it('are 200,000 at the most, of which the oldest go', () => {
		const kept = after(140, (tx, docs) => count(tx, docs, { key: 'a' as KeyId, outcome: 'answered' }, now));
		assert.equal(kept.length, 200_000);
		assert.deepEqual([kept.at(-1)?.key, kept[0]?.minute], ['a', last - 1439 + 11]);
	});

	it('are folded by whoever keeps house', async () => {
		const rig = new Rig({ a: {} }, answers);
		await rig.ledger.transact((tx) => busyDay(112).forEach((write) => tx.put(write)));
		assert.equal(rig.pool.usage().minutes().length, 161_280);
		await rig.upkeep.applyRetention();
		assert.equal(rig.ledger.replica().usage.size, 160_000);
	});
});

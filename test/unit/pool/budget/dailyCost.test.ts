import assert from 'node:assert/strict';
import { DocMaps, DocsTransaction, type DailyCost, type KeyId, type ProjectId } from '../../../../src/pool/pool';
import { addDailyCost, type CostGroup } from '../../../../src/pool/budget/dailyCost';

const now = Date.UTC(2026, 10, 24, 20);
const day = 24 * 3_600_000;
const group: CostGroup = {
	...{ key: 'a' as KeyId, project: 'p' as ProjectId, client: 'chat', model: 'm', tier: 'paid' },
	...{ dayEndsAt: now + day, monthEndsAt: now + 9 * day },
};
const charge = {
	...{ cost: 30, listCost: 40, tokens: 17, isCounted: true },
	usage: { input: 10, cached: 1, output: 5, thoughts: 2 },
};

describe('costs by day', () => {
	const add = (docs: DocMaps, more: Partial<CostGroup> = {}): void => {
		const tx = new DocsTransaction(docs, now);
		addDailyCost(tx, docs, { ...group, ...more }, charge);
		for (const change of tx.changes) docs.apply(change);
	};
	const sends = (docs: DocMaps): readonly number[] => [...docs.dailyCost.values()].map((one) => one.sends);

	it('add up what is alike, and keep apart what differs in day, key, client, model or tier', () => {
		const docs = new DocMaps();
		add(docs);
		add(docs);
		const others: readonly Partial<CostGroup>[] = [
			{ dayEndsAt: now },
			{ key: 'b' as KeyId },
			{ client: 'batch' },
			{ model: 'n' },
			{ tier: 'free' },
		];
		for (const other of others) add(docs, other);
		assert.deepEqual(sends(docs), [2, 1, 1, 1, 1, 1]);
		const sums = { sends: 2, input: 20, cached: 2, output: 10, thoughts: 4, cost: 60, listCost: 80 };
		assert.deepEqual([...docs.dailyCost.values()][0], { v: 2, ...group, ...sums });
	});

	it('are 20,000 at the most, of which the oldest day goes, and only where a new one comes', () => {
		const docs = new DocMaps();
		add(docs);
		const [one] = [...docs.dailyCost.values()];
		assert.ok(one);
		for (let n = 1; n < 20_000; n++) {
			const doc: DailyCost = { ...one, dayEndsAt: now + (n === 700 ? 0 : day) };
			docs.apply({ kind: 'dailyCost', id: `${n}`, doc });
		}
		add(docs);
		assert.deepEqual([docs.dailyCost.size, docs.dailyCost.has('700')], [20_000, true]);
		add(docs, { client: 'new' });
		assert.deepEqual([docs.dailyCost.size, docs.dailyCost.has('700')], [20_000, false]);
	});
});

import assert from 'node:assert/strict';
import { answers, Rig, rpd, fails } from './rig';

const keys = { free: {}, rich: { tier: 'paid' }, off: { tier: 'paid', enabled: false } } as const;
const needs = { paid: true };

describe('paid keys only', () => {
	it('never sends to a free key, and says why where no enabled key is a paid one', async () => {
		const rig = new Rig({ free: {}, off: keys.off }, answers);
		const { error } = await rig.answer({ needs });
		assert.equal(error?.reason, 'paidOnly');
		assert.equal(error.facts.paidOnly, true);
		assert.equal(rig.order, '');
	});

	it('says of a wait in vain that free keys were left out on purpose', async () => {
		const rig = new Rig(keys, () => fails(rpd));
		const { error } = await rig.answer({ needs });
		assert.equal(error?.reason, 'waitedTooLong');
		assert.equal(error.facts.paidOnly, true);
		assert.equal(rig.order, 'rich');
		const free = await rig.answer();
		assert.equal(free.error?.facts.paidOnly, undefined);
	});

	it('is still no key at all where there is none', async () => {
		assert.equal((await new Rig({}, answers).answer({ needs })).error?.reason, 'noKeys');
	});

	it('counts in the snapshot the keys that may be used', () => {
		const rig = new Rig(keys, answers);
		assert.deepEqual([rig.pool.snapshot().usable, rig.pool.snapshot().total], [2, 2]);
		rig.pool.configure({ paidOnly: true });
		const { usable, total, paidOnly } = rig.pool.snapshot();
		assert.deepEqual([usable, total, paidOnly], [1, 1, true]);
	});
});

describe('forgetting everything', () => {
	it('leaves keys unproven, buckets unknown and the pool running', async () => {
		const rig = new Rig(keys, ({ key }) =>
			fails(key === 'free' ? { act: 'bench', why: 'leaked', scope: 'key', abuse: true, recheckMs: [] } : rpd),
		);
		await rig.answer();
		assert.ok(rig.pool.snapshot().paused);
		await rig.upkeep.forget();
		const snapshot = rig.pool.snapshot();
		assert.equal(snapshot.paused, undefined);
		assert.ok(snapshot.keys.every(({ proven, models, lastUsed }) => !proven && models.length === 0 && lastUsed === 0));
		assert.deepEqual(rig.pool.usage().minutes(), []);
		assert.deepEqual(rig.pool.usage().trails(), []);
	});

	it('of some keys leaves what is known of the others, and a pause that they caused', async () => {
		const rig = new Rig({ gone: {}, stays: {} }, ({ key }) =>
			fails(key === 'gone' ? rpd : { act: 'bench', why: 'leaked', scope: 'key', abuse: true, recheckMs: [] }),
		);
		await rig.answer();
		const projectOf = (label: string) => {
			const view = rig.pool.snapshot().keys.find(({ key }) => key.label === label);
			assert.ok(view);
			return view.project.id;
		};
		await rig.upkeep.forget({ keys: new Set(['gone']), projects: new Set([projectOf('gone')]) });
		const { keys: views, paused } = rig.pool.snapshot();
		assert.equal(paused?.by, 'stays');
		assert.deepEqual(
			views.map(({ key, standing, lastUsed }) => [key.label, standing.is, lastUsed > 0]),
			[
				['gone', 'usable', false],
				['stays', 'benched', true],
			],
		);
		assert.deepEqual(
			rig.pool
				.usage()
				.minutes()
				.map(({ key }) => key),
			['stays'],
		);
	});
});

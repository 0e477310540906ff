import assert from 'node:assert/strict';
import { PoolError } from '../../../../src/pool/pool';
import { answers, fails, network, Rig, rpd, rpm } from '../../../support/pool/rig';

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

	it('holds for a prompt that waits when the demand is made: it ends, and nothing unpaid is sent', async () => {
		const rig = new Rig({ free: {} }, (send) => (send.nth === 1 ? fails(rpm(38_000)) : answers(send)));
		const waits = rig.ask();
		await rig.clock.advance(1_000);
		assert.deepEqual([rig.order, waits.types], ['free', 'waiting']);
		rig.pool.configure({ paidOnly: true });
		await rig.clock.until(waits.ended);
		assert.deepEqual([waits.error?.reason, waits.error?.facts.paidOnly, rig.elapsed], ['paidOnly', true, 1_000]);
		await rig.clock.advance(120_000);
		assert.equal(rig.order, 'free');
	});

	it('holds for a prompt that waits: it is answered by a paid key where there is one', async () => {
		const rig = new Rig({ free: {}, rich: { tier: 'paid' } }, (send) =>
			send.nth === 1 ? fails(rpm(send.key === 'free' ? 10_000 : 60_000)) : answers(send),
		);
		const waits = rig.ask();
		await rig.clock.advance(1_000);
		rig.pool.configure({ paidOnly: true });
		await rig.clock.until(waits.ended);
		assert.deepEqual([waits.text, rig.order], ['from rich', 'free rich rich']);
	});

	it('holds for a prompt that backs off from a free key, and for one whose consumer is told of a switch', async () => {
		const rig = new Rig({ free: {} }, () => fails(network));
		const backsOff = rig.ask();
		await rig.clock.advance(100);
		rig.pool.configure({ paidOnly: true });
		await rig.clock.until(backsOff.ended);
		assert.equal(rig.order, 'free');

		const other = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(rpd) : answers(send)));
		const reasons: unknown[] = [];
		const reading = (async () => {
			try {
				for await (const part of other.pool.stream(other.request(), other.open)) {
					if (part.type === 'switched') other.pool.configure({ paidOnly: true });
				}
			} catch (error) {
				reasons.push(error instanceof PoolError && error.reason);
			}
		})();
		await other.clock.until(reading);
		assert.deepEqual([other.order, reasons], ['a', ['paidOnly']]);
	});

	it('holds while a place is on its way: it is given back, and nothing is counted', async () => {
		const rig = new Rig({ free: {} }, answers);
		const asked = rig.ask();
		for (let turns = 0; turns < 200 && rig.order === ''; turns += 1) {
			if (turns === 5) rig.pool.configure({ paidOnly: true });
			await Promise.resolve();
		}
		await rig.clock.until(asked.ended);
		assert.deepEqual([rig.order, asked.error?.reason], ['', 'paidOnly']);
	});

	it('of a prompt is not lifted by a later option', async () => {
		const rig = new Rig({ free: {}, rich: { tier: 'paid' } }, (send) =>
			send.nth === 1 ? fails(rpm(20_000)) : answers(send),
		);
		rig.pool.configure({ paidOnly: true });
		const waits = rig.ask({ needs });
		await rig.clock.advance(1_000);
		rig.pool.configure({ paidOnly: false });
		await rig.clock.until(waits.ended);
		assert.equal(rig.order, 'rich rich');
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
			fails(key === 'free' ? { type: 'quarantine', reason: 'leaked', scope: 'key', abuse: true, recheckMs: [] } : rpd),
		);
		await rig.answer();
		assert.ok(rig.pool.snapshot().paused);
		await rig.maintenance.erase();
		const snapshot = rig.pool.snapshot();
		assert.equal(snapshot.paused, undefined);
		assert.ok(
			snapshot.keys.every(
				({ isVerified: proven, models, lastUsed }) => !proven && models.length === 0 && lastUsed === 0,
			),
		);
		assert.deepEqual(rig.pool.usage().minutes(), []);
		assert.deepEqual(rig.pool.usage().requestRecords(), []);
	});

	it('of some keys leaves what is known of the others, and a pause that they caused', async () => {
		const rig = new Rig({ gone: {}, stays: {} }, ({ key }) =>
			fails(key === 'gone' ? rpd : { type: 'quarantine', reason: 'leaked', scope: 'key', abuse: true, recheckMs: [] }),
		);
		await rig.answer();
		const projectOf = (label: string) => {
			const view = rig.pool.snapshot().keys.find(({ key }) => key.label === label);
			assert.ok(view);
			return view.project.id;
		};
		await rig.maintenance.erase({ keys: new Set(['gone']), projects: new Set([projectOf('gone')]) });
		const { keys: views, paused } = rig.pool.snapshot();
		assert.equal(paused?.by, 'stays');
		assert.deepEqual(
			views.map(({ key, availability, lastUsed }) => [key.label, availability.state, lastUsed > 0]),
			[
				['gone', 'usable', false],
				['stays', 'quarantined', true],
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

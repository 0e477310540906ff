import assert from 'node:assert/strict';
import type { FailureAction, LeaseId, ModelRecord } from '../../../../src/pool/pool';
import { initialModelRecord } from '../../../../src/pool/health/initialRecords';
import { supplyChangesAt } from '../../../../src/pool/usage/supply';
import { timesAsLong } from '../../../support/fastEnough';
import { answers, badKey, fails, leaked, overloaded, Rig, rpd, rpm } from '../../../support/pool/rig';

const minute = 60_000;
const noModel: FailureAction = { type: 'markUnsupported', reason: 'tierLacksModel', forMs: 24 * 60 * minute };
const missing: FailureAction = { type: 'fail', reason: 'noSuchModel' };
const ask = (rig: Rig, model: string) => rig.answer({ models: [model], maxWaitMs: 0 });
const serviceMessage = (rig: Rig): string[] =>
	rig.pool.snapshot().supplies.map(({ model, usable, total }) => `${model} ${usable}/${total}`);

describe('the supply of keys', () => {
	it('is that of the default model, and of every other that was asked for in the last hour', async () => {
		const rig = new Rig({ a: {}, b: {}, off: { enabled: false } }, (send) =>
			send.model === 'pro' && send.key === 'b' ? fails(rpd) : answers(send),
		);
		assert.deepEqual(serviceMessage(rig), ['m 2/2']);
		await ask(rig, 'lite');
		await ask(rig, 'pro');
		assert.deepEqual(serviceMessage(rig), ['m 2/2', 'lite 2/2', 'pro 1/2']);
		await rig.clock.advance(30 * minute);
		await ask(rig, 'lite');
		await rig.clock.advance(29 * minute);
		assert.deepEqual(serviceMessage(rig), ['m 2/2', 'lite 2/2', 'pro 1/2']);
		await rig.clock.advance(2 * minute);
		assert.deepEqual(serviceMessage(rig), ['m 2/2', 'lite 2/2']);
		await rig.clock.advance(60 * minute);
		assert.deepEqual(serviceMessage(rig), ['m 2/2']);
	});

	it('counts a model that was asked for in vain, the fallback that answered instead, and one that was chosen while it waited', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.model === 'pro' ? fails(rpm(60_000)) : answers(send)));
		await rig.answer({ models: ['pro', 'lite'] });
		assert.deepEqual(serviceMessage(rig), ['m 1/1', 'lite 1/1', 'pro 0/1']);
		await rig.clock.advance(61 * minute);
		assert.deepEqual(serviceMessage(rig), ['m 1/1']);
		rig.setScript(() => fails(rpm(60_000)));
		const waits = rig.ask({ models: ['pro'] });
		await rig.clock.advance(1_000);
		waits.stream.useModel('flash');
		await rig.clock.advance(1_000);
		assert.ok(serviceMessage(rig).includes('flash 0/1'), serviceMessage(rig).join(', '));
		await rig.clock.until(waits.ended);
		const none = new Rig({}, answers);
		await ask(none, 'pro');
		assert.deepEqual(serviceMessage(none), ['m 0/0', 'pro 0/0']);
	});

	it('is found as fast where whoever writes to a team’s store has chained names without end', async () => {
		const rigOf = async (to: (n: number) => string): Promise<Rig> => {
			const rig = new Rig({ a: {} }, answers);
			await rig.store.transact((tx, askedAt) => {
				for (let n = 0; n < 1_000; n++) {
					const resolvesTo = { model: to(n), from: 'answer' } as const;
					tx.put({ kind: 'model', id: `m${n}`, doc: { ...initialModelRecord, askedAt, resolvesTo } });
				}
			});
			return rig;
		};
		const [chained, apart] = [await rigOf((n) => `m${n + 1}`), await rigOf((n) => `n${n}`)];
		const look = (rig: Rig) => (): void => {
			rig.setKeys({ a: {} });
			rig.pool.snapshot();
		};
		const times = timesAsLong(look(chained), look(apart));
		assert.ok(times < 20, `${times.toFixed(0)} times as long`);
	});

	it('is seen by another window, and after a restart', async () => {
		const one = new Rig({ a: {}, b: {} }, answers, { window: 'one' });
		const two = new Rig({ a: {}, b: {} }, answers, { window: 'two', beside: one });
		await ask(one, 'pro');
		assert.deepEqual(serviceMessage(two), ['m 2/2', 'pro 2/2']);
		const later = new Rig({ a: {} }, answers, { store: one.store.export(), start: one.clock.wall() });
		await later.maintenance.applyRetention();
		assert.deepEqual(serviceMessage(later), ['m 1/1', 'pro 1/1']);
	});

	it('is told by the own name of a model, once, whatever it was called', async () => {
		const served = async function* () {
			await Promise.resolve();
			yield { finishReason: 'STOP', servedModel: 'pro-1', output: 'x' };
		};
		const rig = new Rig({ a: {} }, served);
		await ask(rig, 'pro-latest');
		await ask(rig, 'pro-1');
		assert.deepEqual(serviceMessage(rig), ['m 1/1', 'pro-1 1/1']);
	});

	it('has no keys whose tier lacks the model, and no model that does not exist', async () => {
		const rig = new Rig({ a: {}, b: {}, rich: { tier: 'paid' } }, (send) => {
			if (send.model === 'typo') return fails(missing);
			return send.model === 'pro' && send.key !== 'rich' ? fails(noModel) : answers(send);
		});
		await ask(rig, 'pro');
		await ask(rig, 'typo');
		assert.deepEqual(serviceMessage(rig), ['m 3/3', 'pro 1/1']);
		rig.pool.configure({ paidOnly: true });
		assert.deepEqual(serviceMessage(rig), ['m 1/1', 'pro 1/1']);
	});

	it('tells when the first key is back, and that the model itself is overloaded', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => fails(rpm(send.key === 'a' ? 50_000 : 40_000)));
		await ask(rig, 'pro');
		const [, pro] = rig.pool.snapshot().supplies;
		assert.deepEqual([pro?.usable, pro?.isOverloaded, pro?.states], [0, false, { coolingDown: 2 }]);
		const [, soonest] = rig.pool.snapshot().keys.map(({ models }) => models.find(({ model }) => model === 'pro'));
		assert.ok(soonest?.availability.state === 'coolingDown' && soonest.availability.until < rig.clock.wall() + 50_000);
		assert.equal(pro?.back, soonest.availability.until);
		const busy = new Rig({ a: {} }, (send) => (send.nth < 3 ? fails(overloaded) : answers(send)));
		const asked = busy.ask({ models: ['pro'] });
		await busy.clock.advance(500);
		assert.equal(busy.pool.snapshot().supplies[1]?.isOverloaded, true);
		await busy.clock.until(asked.ended);
		assert.equal(busy.pool.snapshot().supplies[1]?.isOverloaded, false);
	});

	it('says nothing of a return where no key rests, and counts one that rests among others that answer', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(rpm(50_000)) : answers(send)));
		assert.ok(!('back' in (rig.pool.snapshot().supplies[0] ?? {})));
		await ask(rig, 'pro');
		const [, pro] = rig.pool.snapshot().supplies;
		assert.deepEqual([pro?.usable, (pro?.back ?? 0) > rig.clock.wall()], [1, true]);
	});

	it('has no key that is quarantined, whatever the model; the model may be overloaded all the same', async () => {
		const keys = { a: {}, b: {} };
		const rig = new Rig(keys, (send) => fails(send.key === 'a' ? badKey : overloaded));
		await rig.answer({ maxWaitMs: 0 });
		await ask(rig, 'pro');
		const [, pro] = rig.pool.snapshot().supplies;
		assert.deepEqual([pro?.usable, pro?.isOverloaded, pro?.states], [0, true, { quarantined: 1, coolingDown: 1 }]);
	});

	it('has no key of an overloaded model, whatever is left of its daily cap', async () => {
		const rig = new Rig({ a: { dailyCap: { requests: 99 } } }, () => fails(overloaded));
		await ask(rig, 'pro');
		assert.deepEqual(rig.pool.snapshot().supplies[1]?.states, { coolingDown: 1 });
	});

	it('has no key whose project is allowed nothing of the model, though nothing was ever sent to it', async () => {
		const rig = new Rig({ a: { limits: { pro: { rpd: 0 } } } }, answers);
		const { error } = await ask(rig, 'pro');
		assert.deepEqual([error?.reason, error?.facts.limit, rig.sends.length], ['rpd', 0, 0]);
		assert.deepEqual(serviceMessage(rig), ['m 1/1', 'pro 0/1']);
		const { supplies, keys } = rig.pool.snapshot();
		assert.equal(supplies[1]?.back, undefined);
		const [row, ...others] = keys[0]?.models ?? [];
		assert.ok(row?.availability.state === 'coolingDown' && row.availability.isEndless && others.length === 0);
		rig.setKeys({ a: { limits: { pro: { rpd: 1 } } } });
		assert.deepEqual(serviceMessage(rig), ['m 1/1', 'pro 1/1']);
	});

	it('is that of twenty models at most, those that were asked for last', async () => {
		const rig = new Rig({ a: {} }, answers);
		for (let n = 0; n < 25; n += 1) {
			await ask(rig, `m${n}`);
			await rig.clock.advance(1_000);
		}
		const { supplies } = rig.pool.snapshot();
		assert.deepEqual([supplies.length, supplies[1]?.model, supplies.at(-1)?.model], [21, 'm24', 'm5']);
	});

	it('is written down no more often than every half minute', async () => {
		const rig = new Rig({ a: {} }, answers);
		const times = new Set<unknown>();
		rig.store.onDidChange(() => times.add(rig.store.replica().model.get('m')?.askedAt));
		for (let n = 0; n < 40; n += 1) {
			await rig.answer();
			await rig.clock.advance(1_000);
		}
		assert.equal(times.size, 2);
	});

	it('is none while the pool is paused, and has no key whose daily cap is used up', async () => {
		const capped = new Rig({ a: { dailyCap: { requests: 1 } }, b: {}, off: { enabled: false } }, answers);
		await ask(capped, 'pro');
		assert.deepEqual(serviceMessage(capped), ['m 1/2', 'pro 1/2']);
		const [, ofPro] = capped.pool.snapshot().supplies;
		assert.deepEqual(ofPro?.states, { coolingDown: 1, usable: 1, disabled: 1 });
		const paused = new Rig({ a: {}, b: {} }, () => fails(leaked));
		await ask(paused, 'm');
		assert.deepEqual(serviceMessage(paused), ['m 0/2']);
	});

	it('changes by itself when a model in use is out of use, answers again, or is looked for again', () => {
		const now = Date.UTC(2026, 10, 24, 20);
		const changesAt = (more: Partial<ModelRecord>): number =>
			supplyChangesAt(new Map([['m', { ...initialModelRecord, askedAt: now, ...more }]]), now) - now;
		const outOfUse = 60.5 * minute;
		assert.equal(changesAt({}), outOfUse);
		assert.equal(changesAt({ overloadedUntil: now + 5 }), 5);
		assert.equal(changesAt({ missingUntil: now + 5 }), 5);
		assert.equal(changesAt({ probe: { lease: 'l' as LeaseId, expiresAt: now + 5 } }), 5);
		assert.equal(changesAt({ overloadedUntil: now }), outOfUse);
		assert.equal(changesAt({ askedAt: now - outOfUse, overloadedUntil: now + 5 }), Infinity, 'nobody asks for it');
	});
});

import assert from 'node:assert/strict';
import type { Availability, BucketId, LeaseId, ModelView, ProjectId } from '../../../../src/pool/pool';
import { answers, fails, hangs, overloaded, Rig, rpm } from '../../../support/pool/rig';
import type { StoreData } from '../../../support/pool/inMemoryStore';

const minute = 60_000;
const hour = 60 * minute;
const model = (rig: Rig): ModelView | undefined => rig.pool.snapshot().keys[0]?.models[0];
const availability = (rig: Rig): Availability | undefined => rig.pool.snapshot().keys[0]?.availability;

/** How often people are told that something has changed while `ms` pass, by somebody who looks each time. */
async function toldIn(rig: Rig, ms: number): Promise<number> {
	let told = 0;
	rig.pool.snapshot();
	const off = rig.pool.onEvent(({ type }) => {
		if (type !== 'changed') return;
		told++;
		rig.pool.snapshot();
	});
	await rig.clock.advance(ms);
	off();
	return told;
}

describe('what a snapshot shows as time goes by, though nobody asks anything', () => {
	it('counts of the minute go with the minute, those of the day with the Pacific day', async () => {
		const rig = new Rig({ a: { limits: { m: { rpm: 10, rpd: 20 } } } }, answers);
		for (let n = 0; n < 3; n++) await rig.answer();
		assert.deepEqual([model(rig)?.requestsThisMinute, model(rig)?.requestsToday], [3, 3]);
		assert.equal(await toldIn(rig, 2 * minute), 1, 'told once that the minute is over');
		assert.deepEqual([model(rig)?.requestsThisMinute, model(rig)?.requestsToday], [0, 3]);
		assert.deepEqual(model(rig)?.limitUsage.rpm, { used: 0, limit: 10, source: 'user' });
		assert.equal(await toldIn(rig, hour), 1, 'told once that nobody asks for the model any more');
		assert.equal(await toldIn(rig, 48 * hour), 1, 'told once that the day is over');
		assert.deepEqual([model(rig)?.requestsToday, model(rig)?.limitUsage.rpd?.used], [0, 0]);
	});

	it('counts of the minute leave it one after the other, and are told of every five seconds at most', async () => {
		const rig = new Rig({ a: { limits: { m: { rpm: 100 } } } }, answers);
		for (let n = 0; n < 50; n++) {
			await rig.answer();
			await rig.clock.advance(1_000);
		}
		model(rig);
		await rig.clock.advance(36_000);
		const used = model(rig)?.requestsThisMinute ?? 0;
		assert.ok(used > 0 && used < 35, `${used} of a minute whose first 26 seconds are over`);
		const told = await toldIn(rig, 2 * minute);
		assert.ok(told > 1 && told <= 8, `told ${told} times`);
	});

	it('a probe that a killed window has left ends with its lease', async () => {
		const before = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(10_000)) : hangs(send)));
		await before.answer({ maxWaitMs: 0 });
		await before.clock.advance(10_000);
		void before.ask();
		await before.clock.settle();
		const store = JSON.parse(JSON.stringify(before.store.export())) as StoreData;
		const rig = new Rig({ a: {} }, answers, { store, start: before.clock.wall() });
		assert.deepEqual([availability(rig), rig.pool.snapshot().usable], [{ state: 'halfOpen', reason: 'rpm' }, 0]);
		assert.equal(model(rig)?.inFlight, 1);
		await rig.clock.advance(10 * minute);
		assert.deepEqual([availability(rig), rig.pool.snapshot().usable], [{ state: 'usable' }, 1]);
		assert.equal(model(rig)?.inFlight, 0);
	});

	it('a probe that takes its time is waited for no longer than the quota takes to be whole, or a minute and a half', async () => {
		const idle = { firstMs: 10 * minute, betweenMs: 10 * minute };
		const rig = new Rig(
			{ a: {} },
			(send) => [answers(send), fails(rpm(10_000)), hangs(send)][send.nth - 1] ?? hangs(send),
		);
		await rig.answer();
		await rig.answer({ maxWaitMs: 0 });
		await rig.clock.advance(10_000);
		void rig.ask({ idle });
		await rig.clock.settle();
		assert.equal(availability(rig)?.state, 'halfOpen');
		assert.deepEqual([await toldIn(rig, 50_149), await toldIn(rig, 1), availability(rig)?.state], [0, 1, 'usable']);
		rig.pool.dispose();

		const other = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(10_000)) : hangs(send)));
		await other.answer({ maxWaitMs: 0 });
		await other.clock.advance(10_000);
		void other.ask({ idle });
		await other.clock.settle();
		// Once that the minute of the probe is over, and then.
		assert.deepEqual(
			[await toldIn(other, 89_999), await toldIn(other, 1), availability(other)?.state],
			[1, 1, 'usable'],
		);
		other.pool.dispose();
	});

	it('a rest that lasts over midnight is told to its end: there the key was still refused', async () => {
		const start = Date.UTC(2026, 10, 25, 8) - 10_000;
		const rig = new Rig({ a: {} }, () => fails(rpm(30_000)), { start });
		await rig.answer({ maxWaitMs: 0 });
		assert.deepEqual(availability(rig), { state: 'coolingDown', reason: 'rpm', until: start + 30_000 });
	});

	it('a rest is told to the moment at which the key takes a call again, not to one at which its minute is still full', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 3 ? fails(rpm(38_000, 1)) : answers(send)));
		for (let n = 0; n < 3; n++) {
			await rig.answer({ maxWaitMs: 0 });
			await rig.clock.advance(15_000);
		}
		const resting = availability(rig);
		assert.ok(resting?.state === 'coolingDown');
		await rig.clock.advance(resting.until - rig.clock.wall());
		assert.deepEqual(availability(rig), { state: 'usable' });
		assert.equal((await rig.answer({ maxWaitMs: 0 })).text, 'from a');
	});

	it('what was sent today is told until midnight, also where the count of the quota was put back to 0', async () => {
		const rig = new Rig({ a: {} }, answers, { start: Date.UTC(2026, 10, 25, 8) - 5 * minute });
		await rig.answer();
		await rig.pool.execute({ type: 'clearCooldown', project: 'p-a' as ProjectId, model: 'm' });
		await rig.clock.advance(2 * minute);
		assert.deepEqual([model(rig)?.requestsToday, model(rig)?.sentToday], [0, 1]);
		await rig.clock.advance(4 * minute);
		assert.equal(model(rig)?.sentToday, 0);
	});

	it('calls of a window that is gone end with their leases, and a probe of a throttled pool with its time', async () => {
		const rig = new Rig({ a: {} }, answers);
		const expires = (ms: number, now: number) => ({ lease: 'gone' as LeaseId, expiresAt: now + ms });
		await rig.store.transact((tx, now) => {
			const id = 'p-a/m' as BucketId;
			const lease = { id: 'gone' as LeaseId, holder: 'x', input: 0, sentAt: now, expiresAt: now + 9_000 };
			tx.put({ kind: 'bucket', id, doc: { ...tx.bucket(id), leases: [lease] } });
		});
		assert.equal(model(rig)?.inFlight, 1);
		assert.deepEqual([await toldIn(rig, 8_999), await toldIn(rig, 1), model(rig)?.inFlight], [0, 1, 0]);
		await rig.store.transact((tx, now) => {
			const throttled = { since: now, nextProbeAt: now, projects: [], probe: expires(9_000, now) };
			tx.put({ kind: 'pool', doc: { v: 2, throttled } });
		});
		assert.equal(availability(rig)?.state, 'halfOpen');
		assert.deepEqual([await toldIn(rig, 8_999), await toldIn(rig, 1), availability(rig)?.state], [0, 1, 'usable']);
	});

	it('is true within a minute where the clock is set ahead, or the machine has slept', async () => {
		const rig = new Rig({ a: {} }, () => fails(rpm(hour - 1000)));
		await rig.answer({ maxWaitMs: 0 });
		assert.equal(availability(rig)?.state, 'coolingDown');
		rig.clock.jump(2 * hour);
		await rig.clock.advance(minute);
		assert.equal(availability(rig)?.state, 'usable');
	});

	it('tells nobody anything while nothing changes, and waits for nothing where nothing will', async () => {
		const rig = new Rig({ a: {} }, () => fails(rpm(hour - 1000)));
		rig.pool.snapshot();
		assert.equal(rig.clock.pending, 0);
		await rig.answer({ maxWaitMs: 0 });
		assert.equal(await toldIn(rig, hour - 1001), 0);
		assert.equal(await toldIn(rig, 1), 1);
	});
});

describe('keys of a model that no key can use', () => {
	it('are closed while the service has no such model', async () => {
		const rig = new Rig({ a: {}, b: {} }, () => fails({ type: 'fail', reason: 'noSuchModel' }));
		await rig.answer();
		const until = rig.clock.wall() + 10 * minute;
		assert.deepEqual(
			[availability(rig), rig.pool.snapshot().usable],
			[{ state: 'unsupported', reason: 'noSuchModel', until }, 0],
		);
		await rig.clock.advance(10 * minute);
		assert.equal(rig.pool.snapshot().usable, 2);
	});

	it('cool down while it is overloaded, and are probed by the call that goes first', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.nth === 1 ? fails(overloaded) : hangs(send)));
		const asked = rig.ask();
		await rig.clock.settle();
		const until = rig.clock.wall() + 1000;
		assert.deepEqual(
			[availability(rig), rig.pool.snapshot().usable],
			[{ state: 'coolingDown', reason: 'overloaded', until }, 0],
		);
		await rig.clock.advance(1000);
		assert.deepEqual([availability(rig), rig.pool.snapshot().usable], [{ state: 'halfOpen', reason: 'overloaded' }, 0]);
		rig.pool.dispose();
		await asked.ended;
	});

	it('are usable again when a call that went first is lost with its window', async () => {
		const before = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(overloaded) : hangs(send)));
		void before.ask();
		await before.clock.advance(1000);
		const store = JSON.parse(JSON.stringify(before.store.export())) as StoreData;
		const rig = new Rig({ a: {} }, answers, { store, start: before.clock.wall() });
		assert.equal(availability(rig)?.state, 'halfOpen');
		await rig.clock.advance(10 * minute);
		assert.equal(availability(rig)?.state, 'usable');
	});

	it('say first what is the matter with themselves', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(rpm(38_000)) : fails(overloaded)));
		const asked = rig.ask();
		await rig.clock.settle();
		assert.deepEqual(
			rig.pool.snapshot().keys.map((key) => 'reason' in key.availability && key.availability.reason),
			['rpm', 'overloaded'],
		);
		rig.pool.dispose();
		await asked.ended;
	});

	it('are of no use for a model that is overloaded or missing, though another one is asked by default', async () => {
		for (const [action, state, reason] of [
			[overloaded, 'coolingDown', 'overloaded'],
			[{ type: 'fail', reason: 'noSuchModel' }, 'unsupported', 'noSuchModel'],
		] as const) {
			const rig = new Rig({ a: {} }, (send) => (send.model === 'pro' ? fails(action) : answers(send)));
			await rig.answer();
			const asked = rig.ask({ models: ['pro'] });
			await rig.clock.settle();
			const of = (name: string) => rig.pool.snapshot().keys[0]?.models.find((one) => one.model === name)?.availability;
			const pro = of('pro');
			assert.deepEqual([pro?.state, pro && 'reason' in pro && pro.reason], [state, reason]);
			assert.deepEqual([of('m'), availability(rig)], [{ state: 'usable' }, { state: 'usable' }]);
			const project = rig.pool.snapshot().keys[0]?.project.id ?? assert.fail();
			await rig.pool.execute({ type: 'clearCooldown', project, model: 'pro' });
			assert.deepEqual(of('pro'), { state: 'usable' }, 'until a person clears it');
			rig.pool.dispose();
			await asked.ended;
		}
	});

	it('wait as the throttled pool does, although a model is overloaded for a shorter time', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.model === 'pro' ? fails(overloaded) : answers(send)));
		const asked = rig.ask({ models: ['pro'] });
		await rig.clock.settle();
		const until = rig.store.now() + 60_000;
		await rig.store.transact((tx, since) => {
			tx.put({ kind: 'pool', doc: { v: 2, throttled: { since, nextProbeAt: until, projects: [] } } });
		});
		const supplies = rig.pool.snapshot().supplies.map(({ model, back, isOverloaded }) => [model, back, isOverloaded]);
		assert.deepEqual(supplies, [
			['m', until, false],
			['pro', until, false],
		]);
		rig.pool.dispose();
		await asked.ended;
	});

	it('are usable on the word of a person who clears the cooldown', async () => {
		for (const action of [overloaded, { type: 'fail', reason: 'noSuchModel' } as const]) {
			const rig = new Rig({ a: {} }, () => fails(action));
			const asked = rig.ask();
			await rig.clock.settle();
			assert.equal(rig.pool.snapshot().usable, 0);
			const project = rig.pool.snapshot().keys[0]?.project.id ?? assert.fail();
			await rig.pool.execute({ type: 'clearCooldown', project });
			assert.equal(rig.pool.snapshot().usable, 1);
			rig.pool.dispose();
			await asked.ended;
		}
	});
});

import assert from 'node:assert/strict';
import type { KeyId, RequestRecord, Transaction } from '../../../../src/pool/pool';
import { Statistics } from '../../../../src/pool/usage/statistics';
import { usageOf } from '../../../support/pool/counts';
import { RequestTimer } from '../../../../src/pool/dispatch/requestStream';
import { VirtualClock } from '../../../support/virtualClock';
import { ended } from '../../../support/pool/ended';
import { answers, fails, hangs, internal, Rig, rpd, rpm } from '../../../support/pool/rig';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const a = 'a' as KeyId;
const b = 'b' as KeyId;
const availability = (rig: Rig, at = 0) => rig.pool.snapshot().keys[at]?.availability;

describe('the availability of a key', () => {
	it('disabled, quarantined with what was said and when it is asked about, or usable', async () => {
		const rig = new Rig({ a: {}, b: { enabled: false } }, () =>
			fails({ type: 'quarantine', reason: 'badKey', scope: 'key', abuse: false, recheckMs: [600_000] }, 'no such key'),
		);
		assert.deepEqual([availability(rig), availability(rig, 1)], [{ state: 'usable' }, { state: 'disabled' }]);
		await rig.answer();
		const now = rig.clock.wall();
		assert.deepEqual(availability(rig), {
			...{ state: 'quarantined', reason: 'badKey', since: now, recheckAt: now + 60_000, serviceMessage: 'no such key' },
		});
		const final = new Rig({ a: {} }, () =>
			fails({ type: 'quarantine', reason: 'blocked', scope: 'key', abuse: false, recheckMs: [] }),
		);
		await final.answer();
		assert.deepEqual(availability(final), { state: 'quarantined', reason: 'blocked', since: final.clock.wall() });
	});

	it('cooling down until, closed until, or probing, each told anew when its time comes', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(10_000)) : hangs(send)));
		await rig.answer({ maxWaitMs: 0 });
		assert.deepEqual(availability(rig), { state: 'coolingDown', reason: 'rpm', until: rig.clock.wall() + 10_000 });
		await rig.clock.advance(10_000);
		assert.deepEqual(availability(rig), { state: 'usable' });
		rig.ask();
		await rig.clock.settle();
		assert.deepEqual(availability(rig), { state: 'halfOpen', reason: 'rpm' });
		assert.equal(rig.pool.snapshot().usable, 0);
		const closed = new Rig({ a: {} }, () => fails({ type: 'markUnsupported', reason: 'tierLacksModel', forMs: 5000 }));
		await closed.answer();
		assert.deepEqual(availability(closed), {
			state: 'unsupported',
			reason: 'tierLacksModel',
			until: closed.clock.wall() + 5000,
		});
		let told = 0;
		closed.pool.onEvent(({ type }) => (told += type === 'changed' ? 1 : 0));
		await closed.clock.advance(5000);
		assert.deepEqual([availability(closed), told], [{ state: 'usable' }, 1]);
	});

	it('is told of another model too, when its cooldown ends', async () => {
		const rig = new Rig({ a: {} }, () => fails(rpm(7000)));
		await rig.answer({ models: ['lite'], maxWaitMs: 0 });
		const lite = () => rig.pool.snapshot().keys[0]?.models.find(({ model }) => model === 'lite')?.availability.state;
		assert.equal(lite(), 'coolingDown');
		await rig.clock.advance(7000);
		assert.equal(lite(), 'usable');
	});

	it('shows the room in each known limit, and where it is known from; a daily cap is no model', async () => {
		const rig = new Rig({ a: { limits: { m: { tpm: 1000 } }, dailyCap: { requests: 9 } } }, (send) =>
			send.nth === 2 ? fails({ ...rpd, limit: 20 } as typeof rpd) : answers(send),
		);
		await rig.answer();
		await rig.answer({ maxWaitMs: 0 });
		const models = rig.pool.snapshot().keys[0]?.models;
		assert.deepEqual(
			models?.map(({ model, limitUsage: rooms }) => [model, rooms]),
			[['m', { tpm: { used: 100, limit: 1000, source: 'user' }, rpd: { used: 20, limit: 20, source: 'stated' } }]],
		);
	});

	it('names the key that made the pool pause by its label, one that is gone by its id', async () => {
		const rig = new Rig({ a: { label: 'mine' }, b: {} }, answers);
		const pause = (by: string): Promise<void> =>
			rig.store.transact((tx, since) =>
				tx.put({ kind: 'pool', doc: { v: 2, paused: { reason: 'leaked', by: by as KeyId, since } } }),
			);
		await pause('a');
		assert.deepEqual([rig.pool.snapshot().paused?.by, rig.pool.snapshot().usable], ['mine', 0]);
		await pause('gone');
		assert.equal(rig.pool.snapshot().paused?.by, 'gone');
	});

	it('is a new snapshot for every document that it shows, and for no other', async () => {
		const rig = new Rig({ a: {} }, answers);
		const changes = async (step: (tx: Transaction, now: number) => void): Promise<boolean> => {
			const before = rig.pool.snapshot();
			await rig.store.transact(step);
			return rig.pool.snapshot() !== before;
		};
		const bucket = 'p-a/m' as Parameters<Transaction['bucket']>[0];
		assert.ok(await changes((tx) => tx.put({ kind: 'bucket', id: bucket, doc: { ...tx.bucket(bucket) } })));
		assert.ok(await changes((tx) => tx.put({ kind: 'key', id: a, doc: { ...tx.key(a) } })));
		assert.ok(await changes((tx) => tx.put({ kind: 'model', id: 'm', doc: { ...tx.model('m') } })));
		assert.ok(await changes((tx) => tx.put({ kind: 'pool', doc: { v: 2 } })));
		const line = { v: 2, heartbeatAt: 0, requests: [], chatStreak: 0 } as const;
		assert.ok(!(await changes((tx) => tx.put({ kind: 'windowQueue', id: 'w', doc: line }))));
		rig.pool.dispose();
		assert.ok(!(await changes((tx) => tx.put({ kind: 'key', id: a, doc: { ...tx.key(a) } }))));
	});

	it('follows the order, the options and the keys', () => {
		const rig = new Rig({ a: {}, b: {} }, answers);
		let told = 0;
		rig.pool.onEvent(({ type }) => (told += type === 'changed' ? 1 : 0));
		rig.pool.configure({ strategy: 'leastRecentlyUsed', model: 'other' });
		const { strategy, model, total } = rig.pool.snapshot();
		assert.deepEqual([strategy, model, total, told], ['leastRecentlyUsed', 'other', 2, 1]);
		rig.setKeys({ c: {} });
		assert.deepEqual(
			[
				rig.pool
					.snapshot()
					.keys.map(({ key }) => key.id)
					.join(),
				told,
			],
			['c', 2],
		);
		assert.equal(rig.pool.nextIndex(), undefined);
	});
});

describe('statistics of the past', () => {
	const attempts = (request: string, endedAt: number, attempts: RequestRecord['attempts'] = []): RequestRecord => ({
		...{ request, origin: 'chat', endedAt, outcome: 'answered', attempts },
	});

	it('come oldest first, in whichever order they were written', async () => {
		const clock = new VirtualClock(10 * 60_000);
		const store = new InMemoryStore(clock);
		const statistics = new Statistics(store);
		for (const [name, at] of [
			['late', 9],
			['early', 1],
			['middle', 5],
		] as const) {
			await ended(store, attempts(name, at));
			await store.transact((tx) => tx.put(usageOf({ minute: at * 60, key: a, outcome: 'answered', sends: 1 })));
		}
		assert.deepEqual(
			[statistics.minutes().map(({ minute }) => minute), statistics.requestRecords().map(({ request }) => request)],
			[
				[60, 300, 540],
				['early', 'middle', 'late'],
			],
		);
	});

	it('keep the last two hundred attempts of each, without what was said', async () => {
		const store = new InMemoryStore(new VirtualClock());
		const statistics = new Statistics(store);
		const attempt = (sentAt: number) => ({
			...{ key: a, model: 'm', label: 'a', sentAt, ms: 1, outcome: 'rpm' as const, serviceMessage: 'hush' },
		});
		await ended(
			store,
			attempts(
				'r',
				1,
				Array.from({ length: 210 }, (_, at) => attempt(at)),
			),
		);
		const [kept] = statistics.requestRecords();
		assert.deepEqual([kept?.attempts.length, kept?.attempts[0]?.sentAt], [200, 10]);
		assert.ok(!JSON.stringify(kept).includes('hush'));
	});
});

describe('prompts that go on elsewhere', () => {
	it('are counted at the key that they left, in the minute in which they left it, and why', async () => {
		const rig = new Rig({ a: {}, b: {}, c: {} }, (send) => (send.key === 'c' ? answers(send) : fails(internal)));
		const began = Math.floor(rig.clock.wall() / 60_000);
		const asked = await rig.answer();
		assert.equal(asked.parts.filter(({ type }) => type === 'switched').length, 1);
		rig.setScript((send) => (send.key === 'b' ? fails(rpm()) : answers(send)));
		for (let n = 0; n < 3; n++) await rig.answer();
		const left = rig.pool
			.usage()
			.minutes()
			.filter(({ fallbacks = 0 }) => fallbacks > 0);
		assert.deepEqual(
			left.map(({ minute, key, outcome, fallbacks }) => [minute - began, key, outcome, fallbacks]),
			[
				[0, 'a', 'internal', 1],
				[0, 'b', 'rpm', 1],
			],
		);
		const sends = rig.pool.usage().minutes();
		assert.equal(
			sends.reduce((sum, one) => sum + one.sends, 0),
			rig.sends.length,
			'no send is counted by it',
		);
	});

	it('are told by the time at which they left, not by the end of the request', () => {
		let now = 0;
		const watch = new RequestTimer({ monotonic: () => now });
		now = 1_000;
		watch.setAside({ key: a, model: 'm', reason: 'rpm' });
		now = 200_000;
		watch.setAside({ key: b, model: 'm', reason: 'network' });
		now = 201_000;
		assert.deepEqual(watch.switches(), [
			{ key: a, model: 'm', reason: 'rpm', agoMs: 200_000 },
			{ key: b, model: 'm', reason: 'network', agoMs: 1_000 },
		]);
	});
});

describe('the time of a request', () => {
	it('runs from its beginning, whenever that was, and knows the newest two hundred keys set aside', () => {
		let now = 5000;
		const watch = new RequestTimer({ monotonic: () => now });
		assert.deepEqual(watch.timings(0), { ms: 0, waitedMs: 0, switches: [] });
		now = 5100;
		watch.onPart({ type: 'output', attempt: 1, value: 'x' });
		now = 5300;
		watch.onPart({ type: 'output', attempt: 1, value: 'y' });
		for (let n = 0; n < 200; n++) watch.setAside({ key: a, model: 'm', reason: 'rpm' });
		assert.equal(watch.timings(0).switches.length, 200);
		watch.setAside({ key: a, model: 'm', reason: 'network' });
		const { ms, firstMs, waitedMs, switches } = watch.timings(70);
		assert.deepEqual([ms, firstMs, waitedMs, switches.length, switches.at(-1)], [300, 100, 70, 200, 'network']);
	});
});

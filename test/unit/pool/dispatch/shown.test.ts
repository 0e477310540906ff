import assert from 'node:assert/strict';
import { MemoryLedger, type KeyId, type Trail, type Tx } from '../../../../src/pool/pool';
import { Statistics } from '../../../../src/pool/types/statistics';
import { writeEnd } from '../../../../src/pool/usage/count';
import { Stopwatch } from '../../../../src/pool/usage/requestTimer';
import { VirtualClock } from '../../../support/virtualClock';
import { answers, fails, hangs, internal, Rig, rpd, rpm } from '../../../support/pool/rig';

const a = 'a' as KeyId;
const b = 'b' as KeyId;
const standing = (rig: Rig, at = 0) => rig.pool.snapshot().keys[at]?.standing;

describe('how a key stands', () => {
	it('disabled, benched with what was said and when it is asked about, or usable', async () => {
		const rig = new Rig({ a: {}, b: { enabled: false } }, () =>
			fails({ act: 'bench', why: 'badKey', scope: 'key', abuse: false, recheckMs: [600_000] }, 'no such key'),
		);
		assert.deepEqual([standing(rig), standing(rig, 1)], [{ is: 'usable' }, { is: 'disabled' }]);
		await rig.answer();
		const now = rig.clock.wall();
		assert.deepEqual(standing(rig), {
			...{ is: 'benched', why: 'badKey', since: now, recheckAt: now + 60_000, said: 'no such key' },
		});
		const final = new Rig({ a: {} }, () =>
			fails({ act: 'bench', why: 'blocked', scope: 'key', abuse: false, recheckMs: [] }),
		);
		await final.answer();
		assert.deepEqual(standing(final), { is: 'benched', why: 'blocked', since: final.clock.wall() });
	});

	it('resting until, closed until, or probing, each told anew when its time comes', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(10_000)) : hangs(send)));
		await rig.answer({ maxWaitMs: 0 });
		assert.deepEqual(standing(rig), { is: 'resting', why: 'rpm', until: rig.clock.wall() + 10_000 });
		await rig.clock.advance(10_000);
		assert.deepEqual(standing(rig), { is: 'usable' });
		rig.ask();
		await rig.clock.settle();
		assert.deepEqual(standing(rig), { is: 'probing', why: 'rpm' });
		assert.equal(rig.pool.snapshot().usable, 0);
		const closed = new Rig({ a: {} }, () => fails({ act: 'close', why: 'tierLacksModel', forMs: 5000 }));
		await closed.answer();
		assert.deepEqual(standing(closed), { is: 'closed', why: 'tierLacksModel', until: closed.clock.wall() + 5000 });
		let told = 0;
		closed.pool.onEvent(({ type }) => (told += type === 'changed' ? 1 : 0));
		await closed.clock.advance(5000);
		assert.deepEqual([standing(closed), told], [{ is: 'usable' }, 1]);
	});

	it('is told of another model too, when its rest ends', async () => {
		const rig = new Rig({ a: {} }, () => fails(rpm(7000)));
		await rig.answer({ models: ['lite'], maxWaitMs: 0 });
		const lite = () => rig.pool.snapshot().keys[0]?.models.find(({ model }) => model === 'lite')?.standing.is;
		assert.equal(lite(), 'resting');
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
			models?.map(({ model, rooms }) => [model, rooms]),
			[['m', { tpm: { used: 100, limit: 1000, from: 'user' }, rpd: { used: 20, limit: 20, from: 'taught' } }]],
		);
	});

	it('names the key that made the pool pause by its label, one that is gone by its id', async () => {
		const rig = new Rig({ a: { label: 'mine' }, b: {} }, answers);
		const pause = (by: string): Promise<void> =>
			rig.ledger.transact((tx, since) =>
				tx.put({ kind: 'pool', doc: { v: 1, paused: { why: 'leaked', by: by as KeyId, since } } }),
			);
		await pause('a');
		assert.deepEqual([rig.pool.snapshot().paused?.by, rig.pool.snapshot().usable], ['mine', 0]);
		await pause('gone');
		assert.equal(rig.pool.snapshot().paused?.by, 'gone');
	});

	it('is a new snapshot for every document that it shows, and for no other', async () => {
		const rig = new Rig({ a: {} }, answers);
		const changes = async (step: (tx: Tx, now: number) => void): Promise<boolean> => {
			const before = rig.pool.snapshot();
			await rig.ledger.transact(step);
			return rig.pool.snapshot() !== before;
		};
		const bucket = 'p-a/m' as Parameters<Tx['bucket']>[0];
		assert.ok(await changes((tx) => tx.put({ kind: 'bucket', id: bucket, doc: { ...tx.bucket(bucket) } })));
		assert.ok(await changes((tx) => tx.put({ kind: 'key', id: a, doc: { ...tx.key(a) } })));
		assert.ok(await changes((tx) => tx.put({ kind: 'model', id: 'm', doc: { ...tx.model('m') } })));
		assert.ok(await changes((tx) => tx.put({ kind: 'pool', doc: { v: 1 } })));
		const line = { v: 1, beatAt: 0, waiters: [], chatStreak: 0 } as const;
		assert.ok(!(await changes((tx) => tx.put({ kind: 'line', id: 'w', doc: line }))));
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
	const trail = (request: string, endedAt: number, attempts: Trail['attempts'] = []): Trail => ({
		...{ request, origin: 'chat', endedAt, outcome: 'answered', attempts },
	});

	it('come oldest first, in whichever order they were written', async () => {
		const clock = new VirtualClock(10 * 60_000);
		const ledger = new MemoryLedger(clock);
		const statistics = new Statistics(ledger);
		for (const [name, at] of [
			['late', 9],
			['early', 1],
			['middle', 5],
		] as const) {
			await writeEnd(ledger, trail(name, at));
			await ledger.transact((tx) =>
				tx.put({
					kind: 'usage',
					id: name,
					doc: { minute: at, key: a, outcome: 'answered', sends: 1, input: 0, output: 0 },
				}),
			);
		}
		assert.deepEqual(
			[statistics.minutes().map(({ minute }) => minute), statistics.trails().map(({ request }) => request)],
			[
				[1, 5, 9],
				['early', 'middle', 'late'],
			],
		);
	});

	it('keep the last two hundred attempts of each, without what was said', async () => {
		const ledger = new MemoryLedger(new VirtualClock());
		const statistics = new Statistics(ledger);
		const attempt = (sentAt: number) => ({
			...{ key: a, model: 'm', label: 'a', sentAt, ms: 1, outcome: 'rpm' as const, said: 'hush' },
		});
		await writeEnd(
			ledger,
			trail(
				'r',
				1,
				Array.from({ length: 210 }, (_, at) => attempt(at)),
			),
		);
		const [kept] = statistics.trails();
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
		const watch = new Stopwatch({ steady: () => now });
		now = 1_000;
		watch.setAside({ key: a, reason: 'rpm' });
		now = 200_000;
		watch.setAside({ key: b, reason: 'network' });
		now = 201_000;
		assert.deepEqual(watch.moves(), [
			{ key: a, why: 'rpm', agoMs: 200_000 },
			{ key: b, why: 'network', agoMs: 1_000 },
		]);
	});
});

describe('the time of a request', () => {
	it('runs from its beginning, whenever that was, and knows the newest two hundred keys set aside', () => {
		let now = 5000;
		const watch = new Stopwatch({ steady: () => now });
		assert.deepEqual(watch.took(0), { ms: 0, waitedMs: 0, switches: [] });
		now = 5100;
		watch.saw({ type: 'output', attempt: 1, value: 'x' });
		now = 5300;
		watch.saw({ type: 'output', attempt: 1, value: 'y' });
		for (let n = 0; n < 200; n++) watch.setAside({ key: a, reason: 'rpm' });
		assert.equal(watch.took(0).switches.length, 200);
		watch.setAside({ key: a, reason: 'network' });
		const { ms, firstMs, waitedMs, switches } = watch.took(70);
		assert.deepEqual([ms, firstMs, waitedMs, switches.length, switches.at(-1)], [300, 100, 70, 200, 'network']);
	});
});

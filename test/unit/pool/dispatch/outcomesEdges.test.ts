import assert from 'node:assert/strict';
import {
	defaults,
	Failure,
	type KeyId,
	type WindowQueue,
	type FailureAction,
	type QueueRecord,
} from '../../../../src/pool/pool';
import { ahead, updateFairness } from '../../../../src/pool/queue/sharedQueue';
import { sane } from '../../../../src/pool/types/options';
import { VirtualClock } from '../../../support/virtualClock';
import {
	answers,
	badKey,
	fails,
	hangs,
	network,
	overloaded,
	Rig,
	rpd,
	rpm,
	type Script,
} from '../../../support/pool/rig';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const modelsOf = (rig: Rig, key: string): Readonly<Record<string, number>> =>
	Object.fromEntries(
		(rig.pool.snapshot().keys.find((view) => view.key.id === key)?.models ?? []).map((view) => [
			view.model,
			view.requestsToday,
		]),
	);
const counting = (input: number): Script =>
	async function* () {
		await Promise.resolve();
		yield { output: 'x', finishReason: 'STOP', usage: { input, cached: 0, output: 1, thoughts: 0 } };
	};

describe('what an outcome leaves behind, at its edges', () => {
	it('a place that was given back unused is no cancel in the statistics', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(rpm()) : answers(send)));
		const parts = rig.pool.stream(rig.request(), rig.open)[Symbol.asyncIterator]();
		const { value } = (await parts.next()) as { value: { type: string } };
		assert.equal(value.type, 'switched');
		await parts.return?.();
		await rig.clock.settle();
		assert.deepEqual(
			rig.pool
				.usage()
				.minutes()
				.map(({ outcome }) => outcome),
			['rpm'],
		);
	});

	it('a call that was stopped or broke off counts the input that the service had told, which is not the estimate', async () => {
		const told = { usage: { input: 7, cached: 0, output: 1, thoughts: 0 } };
		const tokens = (rig: Rig): unknown => rig.pool.snapshot().keys[0]?.models[0]?.tokensToday;
		const stopped = new Rig({ a: {} }, async function* (send) {
			yield { output: 'x', ...told };
			yield* hangs(send);
		});
		const stop = new AbortController();
		const asked = stopped.ask({}, stop.signal);
		await stopped.clock.settle();
		stop.abort();
		await stopped.clock.until(asked.ended);
		await stopped.clock.settle();
		const broken = new Rig({ a: {} }, async function* () {
			await Promise.resolve();
			yield { output: 'x', ...told };
			throw new Failure({ type: 'fail', reason: 'contentBlocked' }, true, '', 200);
		});
		await broken.answer();
		assert.deepEqual([tokens(stopped), tokens(broken)], [7, 7]);
	});

	it('score is lost by failures of the key, its bucket or its project alone', async () => {
		const quarantine = { type: 'quarantine', abuse: false, recheckMs: [] } as const;
		const lost: readonly (readonly [FailureAction, number])[] = [
			[rpm(1000), 20],
			[rpd, 20],
			[{ type: 'markUnsupported', reason: 'tierLacksModel', forMs: 1 }, 20],
			[badKey, 20],
			[{ ...quarantine, reason: 'serviceDisabled', scope: 'project' }, 20],
			[{ ...quarantine, reason: 'billing', scope: 'project' }, 20],
			[{ ...quarantine, reason: 'billing', scope: 'account' }, 0],
			[{ type: 'coolDown', reason: 'capacity' }, 0],
			[{ type: 'retryOtherKeyOnce', reason: 'region', paid: true }, 0],
			[overloaded, 0],
			[network, 0],
		];
		for (const [action, points] of lost) {
			const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(action) : hangs(send)));
			const asked = rig.ask({ maxWaitMs: 0 });
			await rig.clock.settle();
			assert.equal(rig.pool.snapshot().keys[0]?.score, 100 - points, JSON.stringify(action));
			rig.pool.dispose();
			await asked.ended;
		}
	});

	it('the first sign of life of the call that goes first after an overload lets the others go', async () => {
		const rig = new Rig({ a: {} }, async function* (send) {
			if (send.nth === 1) yield* fails(overloaded);
			await Promise.resolve();
			yield { output: `${send.nth}` };
			if (send.nth === 2) yield* hangs(send);
			yield { finishReason: 'STOP' };
		});
		const first = rig.ask();
		const second = rig.ask();
		await rig.clock.advance(1_000);
		await rig.clock.settle();
		assert.deepEqual([[first.text, second.text].sort(), rig.elapsed], [['2', '3'], 1_000]);
		rig.pool.dispose();
		await rig.clock.until(Promise.all([first.ended, second.ended]));
	});

	it('the next request is estimated by what the service counted of the one before', async () => {
		const rig = new Rig({ a: {} }, (send, clock) => (send.nth === 1 ? counting(200)(send, clock) : hangs(send)));
		await rig.answer();
		const stop = new AbortController();
		const second = rig.ask({}, stop.signal);
		await rig.clock.settle();
		assert.equal(rig.pool.snapshot().keys[0]?.models[0]?.tokensToday, 400);
		stop.abort();
		await rig.clock.until(second.ended);
	});

	it('a daily cap on tokens is used up by what was counted, not by what was estimated', async () => {
		const rig = new Rig({ a: { dailyCap: { tokens: 250 } } }, counting(10));
		for (let n = 0; n < 6; n++) assert.ok((await rig.answer()).done, `${n}`);
	});

	it('no other bucket comes to be where nobody named another model', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(1_000, 9)) : answers(send)));
		await rig.answer();
		await rig.answer();
		assert.deepEqual(modelsOf(rig, 'a'), { m: 2 });
	});

	it('an alias that is learnt moves what was counted, and makes no buckets of keys that were never used', async () => {
		const rig = new Rig({ a: {}, b: {} }, async function* () {
			await Promise.resolve();
			yield { output: 'x', finishReason: 'STOP', servedModel: 'real' };
		});
		await rig.answer({ models: ['latest'] });
		assert.equal(modelsOf(rig, 'a')['real'], 1);
		assert.deepEqual(modelsOf(rig, 'b'), {});
	});

	it('what a quota says of an alias last is what it stands for', async () => {
		const named = (model: string): FailureAction => ({ ...rpm(1_000), model }) as FailureAction;
		const rig = new Rig({ a: {} }, (send) => (send.nth <= 2 ? fails(named(`v${send.nth}`)) : answers(send)));
		await rig.answer({ models: ['latest'] });
		await rig.answer({ models: ['latest'] });
		assert.equal(modelsOf(rig, 'a')['v2'], 2);
	});

	it('three keys that had worked and are denied pause the pool, whatever each alone would mean', async () => {
		const denied: FailureAction = { type: 'quarantine', reason: 'denied', scope: 'key', abuse: false, recheckMs: [] };
		let works = true;
		const rig = new Rig({ a: {}, b: {}, c: {}, d: {} }, (send) => (works ? answers(send) : fails(denied)));
		for (let n = 0; n < 4; n++) await rig.answer();
		works = false;
		assert.equal((await rig.answer()).error?.reason, 'paused');
		assert.equal(rig.sends.length, 7);
	});
});

describe('a re-check that is due', () => {
	const unreached = new Failure(
		{ type: 'retrySameKey', reason: 'network', scope: 'request', maxRetries: 1, afterRetries: 'fail' },
		false,
		'',
	);

	it('is asked for by one of the windows', async () => {
		const one = new Rig({ a: {} }, () => fails(badKey), { window: 'one' });
		const two = new Rig({ a: {} }, answers, { window: 'two', beside: one });
		one.checking = two.checking = () => unreached;
		await one.answer();
		await one.clock.advance(60_000);
		assert.equal(one.checks.length + two.checks.length, 1);
		await one.clock.advance(60_000);
		assert.equal(one.checks.length + two.checks.length, 2);
	});

	it('stays when it was due, where a person asks before and the service is out of reach', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? answers(send) : fails(badKey)));
		await rig.answer();
		await rig.answer();
		rig.checking = () => unreached;
		const due = (): number | undefined => {
			const availability = rig.pool.snapshot().keys[0]?.availability;
			return availability?.state === 'quarantined' ? availability.recheckAt : undefined;
		};
		const before = due();
		assert.equal(before, rig.clock.wall() + 600_000);
		assert.equal(await rig.pool.check('a' as KeyId), unreached);
		assert.equal(due(), before);
	});
});

describe('options of the engine', () => {
	it('that are no number, or below 0, are the defaults; 0 is a number', () => {
		for (const bad of [NaN, Infinity, -1]) {
			const { maxRetries, baseDelayMs } = sane({ ...defaults, maxRetries: bad, baseDelayMs: bad });
			assert.deepEqual([maxRetries, baseDelayMs], [3, 1000], `${bad}`);
		}
		const { maxRetries, baseDelayMs } = sane({ ...defaults, maxRetries: 0, baseDelayMs: 0 });
		assert.deepEqual([maxRetries, baseDelayMs], [0, 0]);
	});
});

describe('the line of all windows, at its edges', () => {
	const now = 1_000_000;
	const waiter = (priority: 'chat' | 'batch', since: number): QueueRecord => ({
		...{ id: `${priority} ${since}`, priority, since, reason: 'rpm', models: ['m'], paid: false },
		...{ size: { bytes: 1, tokens: 0 } },
	});
	const line = (waiters: readonly QueueRecord[], chatStreak: number): WindowQueue => ({
		...{ v: 2, heartbeatAt: now, requests: waiters, chatStreak },
	});

	it('after four chats it is the first batch that goes first, not the first of all', () => {
		const lines = new Map([['other', line([waiter('chat', 1), waiter('batch', 2), waiter('batch', 3)], 4)]]);
		const me = { id: 'me', window: 'mine', priority: 'chat', since: 9 } as const;
		assert.deepEqual(
			ahead(lines, me, now).map(({ id }) => id),
			['batch 2', 'chat 1'],
		);
	});

	it('chats are counted only while batch waits, and writing is left out where nothing changes', async () => {
		const store = new InMemoryStore(new VirtualClock(now));
		const write = (doc: WindowQueue): Promise<void> =>
			store.transact((tx) => tx.put({ kind: 'windowQueue', id: 'other', doc }));
		const place = (priority: 'chat' | 'batch') => ({ id: 'x', window: 'mine', priority, since: 5 });
		await write(line([waiter('chat', 1)], 0));
		let told = 0;
		store.onDidChange(() => told++);
		await store.transact((tx, at) => updateFairness(tx, place('chat'), at));
		await store.transact((tx, at) => updateFairness(tx, place('batch'), at));
		assert.equal(told, 0);
		assert.deepEqual([...store.replica().windowQueue.keys()], ['other']);
		await write(line([waiter('batch', 1)], 0));
		await store.transact((tx, at) => updateFairness(tx, place('chat'), at));
		assert.deepEqual(store.replica().windowQueue.get('mine'), { v: 2, heartbeatAt: now, requests: [], chatStreak: 1 });
		await store.transact((tx, at) => updateFairness(tx, place('batch'), at));
		assert.equal(store.replica().windowQueue.get('mine')?.chatStreak, 0);
	});
});

import assert from 'node:assert/strict';
import type { WindowQueue, QueueRecord } from '../../../../src/pool/pool';
import { answers, fails, network, Rig, rpm, type Asked, type KeyPlan } from '../../../support/pool/rig';

/** One request a minute. */
const limited = (more: KeyPlan = {}): KeyPlan => ({ limits: { m: { rpm: 1 }, lite: { rpm: 1 } }, ...more });

/** Two windows on one store, with the same keys. */
function twoWindows(keys: Readonly<Record<string, KeyPlan>>): { one: Rig; two: Rig; order: () => string } {
	const one = new Rig(keys, answers, { window: 'one' });
	const two = new Rig(keys, answers, { window: 'two', beside: one });
	const order = (): string =>
		[...one.sends.map((send) => ['one', send.at] as const), ...two.sends.map((send) => ['two', send.at] as const)]
			.sort((a, b) => a[1] - b[1])
			.map(([name]) => name)
			.join(' ');
	return { one, two, order };
}

const waitingIn = (asked: Asked): Extract<Asked['parts'][number], { type: 'waiting' }> => {
	const part = asked.parts.findLast(({ type }) => type === 'waiting');
	assert.ok(part?.type === 'waiting');
	return part;
};

/** A window that waits and says so, and never takes its turn. */
async function silent(rig: Rig, waiter: Partial<QueueRecord>): Promise<void> {
	await rig.store.transact((tx, now) => {
		const who: QueueRecord = {
			...{ id: 'other', priority: 'chat', since: 0, reason: 'rpm', models: ['m'] },
			...{ size: { bytes: 400, tokens: 0 }, paid: false },
			...waiter,
		};
		const doc: WindowQueue = { v: 2, heartbeatAt: now, requests: [who], chatStreak: 0 };
		tx.put({ kind: 'windowQueue', id: 'silent', doc });
	});
}

describe('several windows', () => {
	it('wait in one queue: first come first served, and each is told how many are ahead', async () => {
		const { one, two, order } = twoWindows({ a: limited() });
		await one.answer();
		const asked: Asked[] = [];
		for (const rig of [two, one, two]) {
			asked.push(rig.ask({ maxWaitMs: 600_000 }));
			await one.clock.advance(1000);
		}
		assert.deepEqual(
			asked.map((one) => waitingIn(one).ahead),
			[0, 1, 2],
		);
		for (const one of asked) await two.clock.until(one.ended);
		assert.ok(asked.every(({ done }) => done));
		assert.equal(order(), 'one two one two');
	});

	it('serve chat before batch, and one batch after four chats, in whichever window', async () => {
		const { one, two } = twoWindows({ a: limited() });
		await one.answer();
		const waits = { maxWaitMs: 900_000 };
		const batch = one.ask({ ...waits, priority: 'batch' });
		await one.clock.advance(10);
		const chats = [two, one, two, one, two, one].map((rig) => rig.ask(waits));
		const ends: string[] = [];
		void batch.ended.then(() => ends.push('batch'));
		for (const chat of chats) void chat.ended.then(() => ends.push('chat'));
		await Promise.all([batch, ...chats].map(({ ended }) => one.clock.until(ended)));
		assert.equal(ends.join(' '), 'chat chat chat chat batch chat chat');
	});

	it('a window that has ended, or does not wait any more, is not waited for', async () => {
		const { one, two } = twoWindows({ a: limited() });
		await one.answer();
		const stop = new AbortController();
		const first = one.ask({}, stop.signal);
		await one.clock.advance(1000);
		const second = two.ask();
		await one.clock.settle();
		assert.equal(waitingIn(second).ahead, 1);
		stop.abort();
		await one.clock.settle();
		assert.equal(first.error?.reason, 'cancelled');
		assert.equal(waitingIn(second).ahead, 0);
		assert.deepEqual([...one.store.replica().windowQueue.keys()], ['two']);
		two.pool.dispose();
		await one.clock.settle();
		assert.deepEqual([...one.store.replica().windowQueue.keys()], []);
	});

	it('a window that hangs holds nobody up for longer than 3 s', async () => {
		const { one } = twoWindows({ a: limited() });
		await silent(one, {});
		const asked = one.ask();
		await one.clock.advance(900);
		assert.deepEqual([one.sends.length, waitingIn(asked).ahead, waitingIn(asked).reason], [0, 1, 'rpm']);
		await one.clock.advance(2200);
		assert.equal(asked.text, 'from a');
	});

	it('no window yields to one that wants another model, another project, a paid key, or has room beside', async () => {
		const others: readonly (readonly [Partial<QueueRecord>, Readonly<Record<string, KeyPlan>>])[] = [
			[{ models: ['lite'] }, { a: limited() }],
			[{ project: 'p-other' as NonNullable<QueueRecord['project']> }, { a: limited() }],
			[{ paid: true }, { a: limited() }],
			[{}, { a: { limits: { m: { rpm: 2 } } } }],
			[{ since: Infinity }, { a: limited() }],
			[{ priority: 'batch' }, { a: limited() }],
		];
		for (const [waiter, keys] of others) {
			const { one } = twoWindows(keys);
			await silent(one, waiter);
			const asked = one.ask();
			await one.clock.advance(0);
			assert.equal(asked.text, 'from a', JSON.stringify(waiter));
		}
		for (const [waiter, keys] of [
			[{ paid: true }, { a: limited({ tier: 'paid' }) }],
			[{ project: 'p-a' as NonNullable<QueueRecord['project']> }, { a: limited() }],
			[{ holds: 'p-a/m', models: ['lite'] } as unknown as Partial<QueueRecord>, { a: { limits: { m: { rpm: 50 } } } }],
		] as const) {
			const { one } = twoWindows(keys);
			await silent(one, waiter);
			one.ask();
			await one.clock.advance(0);
			assert.equal(one.sends.length, 0, JSON.stringify(waiter));
		}
	});

	it('tell each other what they wait for, and no more', async () => {
		const told = async (
			keys: Readonly<Record<string, KeyPlan>>,
			request: Parameters<Rig['ask']>[0],
			options: ConstructorParameters<typeof Rig>[2] = {},
			restMs = 60_000,
		): Promise<QueueRecord> => {
			const rig = new Rig(keys, () => fails(rpm(restMs)), { window: 'one', ...options });
			rig.ask(request);
			await rig.clock.advance(0);
			const [waiter] = rig.store.replica().windowQueue.get('one')?.requests ?? [];
			assert.ok(waiter);
			return waiter;
		};
		const both = { models: ['m', 'lite'] as [string, string] };
		const plain = await told({ a: {} }, both);
		assert.deepEqual(plain, {
			...{ id: 'one1', priority: 'chat', since: plain.since, reason: 'rpm', models: ['m', 'lite'] },
			...{ size: { bytes: 400, tokens: 0 }, paid: false },
		});
		assert.deepEqual((await told({ a: {} }, both, { whenExhausted: 'wait' })).models, ['m']);
		assert.deepEqual((await told({ a: {} }, both, {}, 9_000)).models, ['m'], 'it is worth waiting for');
		assert.deepEqual((await told({ a: {} }, both, {}, 11_000)).models, ['m', 'lite']);
		assert.equal((await told({ a: { tier: 'paid' } }, { needs: { paid: true } })).paid, true);
		const project = 'p-a' as NonNullable<QueueRecord['project']>;
		assert.equal((await told({ a: {} }, { needs: { project } })).project, project);
		assert.equal((await told({ a: {} }, { priority: 'batch' })).priority, 'batch');
	});

	it('tell of sixteen waiters at most, and beat once a second while somebody waits', async () => {
		const rig = new Rig({ a: {} }, () => fails(rpm(60_000)), { window: 'one' });
		for (let n = 0; n < 20; n++) rig.ask();
		await rig.clock.advance(0);
		const began = rig.clock.wall();
		assert.equal(rig.store.replica().windowQueue.get('one')?.requests.length, 16);
		await rig.clock.advance(5_500);
		assert.equal(rig.store.replica().windowQueue.get('one')?.heartbeatAt, began + 5_000);
	});

	it('share what one of them learns: a cooldown, a quarantine, a pause', async () => {
		const { one, two } = twoWindows({ a: {}, b: {} });
		one.setScript((send) => (send.key === 'a' ? fails(rpm(60_000)) : answers(send)));
		await one.answer();
		await two.answer();
		assert.deepEqual([one.order, two.order], ['a b', 'b']);
	});

	it('back off together from an overloaded model', async () => {
		const { one, two } = twoWindows({ a: {}, b: {} });
		one.setScript(() =>
			fails({
				type: 'retrySameKey',
				reason: 'overloaded',
				scope: 'model',
				maxRetries: 4,
				afterRetries: 'fallbackModel',
			}),
		);
		const first = one.ask();
		await one.clock.advance(100);
		const second = two.ask();
		await one.clock.advance(500);
		assert.deepEqual([two.sends.length, waitingIn(second).reason], [0, 'overloaded']);
		one.setScript(answers);
		await one.clock.until(Promise.all([first.ended, second.ended]));
		assert.ok(first.done && second.done);
	});

	it('trouble of the way in one of them concerns that one alone', async () => {
		const { one, two } = twoWindows({ a: {} });
		one.setScript((send) => (send.nth < 3 ? fails(network) : answers(send)));
		const first = one.ask();
		await one.clock.advance(100);
		const second = two.ask();
		await one.clock.advance(0);
		assert.equal(second.text, 'from a');
		await one.clock.until(first.ended);
		assert.ok(first.done);
	});
});

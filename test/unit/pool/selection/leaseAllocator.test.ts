import assert from 'node:assert/strict';
import type { BucketId, WindowQueue, StreamPart, FailureAction, QueueRecord } from '../../../../src/pool/pool';
import {
	answers,
	badKey,
	fails,
	Rig,
	rpm,
	type Asked,
	type KeyPlan,
	type RigOptions,
	type Script,
} from '../../../support/pool/rig';
import type { InMemoryStore } from '../../../support/pool/inMemoryStore';

const waitingIn = (asked: Asked): Extract<StreamPart<string>, { type: 'waiting' }> => {
	const part = asked.parts.findLast(({ type }) => type === 'waiting');
	assert.ok(part?.type === 'waiting', asked.error?.reason ?? asked.types);
	return part;
};
const cost = (tokens: number) => ({ size: { bytes: 0, tokens } });
const tpm = (limit: number): KeyPlan => ({ limits: { m: { tpm: limit } } });
const paid = { needs: { paid: true } };

/** Lets the bucket of a key cool down, in the store. */
function coolDown(rig: Rig, key: string, ms: number): Promise<void> {
	return rig.store.transact((tx, now) => {
		const id = `p-${key}/m` as BucketId;
		const state = { state: 'coolingDown', reason: 'rpm', since: now, until: now + ms, backoffLevel: 0 } as const;
		tx.put({ kind: 'bucket', id, doc: { ...tx.bucket(id), status: state } });
	});
}

describe('who is waited for', () => {
	/** Both keys cool down; says of which one a request is told. */
	async function waitsOn(
		keys: Readonly<Record<'soon' | 'late', KeyPlan>>,
		request: Parameters<Rig['ask']>[0] = {},
	): Promise<string | undefined> {
		const rig = new Rig(keys, answers);
		await coolDown(rig, 'soon', 10_000);
		await coolDown(rig, 'late', 60_000);
		const asked = rig.ask(request);
		await rig.clock.advance(0);
		return waitingIn(asked).on.key;
	}

	it('is the key that is back first, unless the request may not have it', async () => {
		assert.equal(await waitsOn({ soon: {}, late: {} }), 'soon');
		assert.equal(await waitsOn({ soon: { enabled: false }, late: {} }), 'late');
		assert.equal(await waitsOn({ soon: {}, late: { tier: 'paid' } }, paid), 'late');
		const project = 'p-late' as NonNullable<QueueRecord['project']>;
		assert.equal(await waitsOn({ soon: {}, late: {} }, { needs: { project } }), 'late');
		assert.equal(
			await waitsOn({ soon: { tier: 'paid' }, late: { tier: 'paid' } }, { needs: { paid: true, project } }),
			'late',
		);
	});

	it('is the key that was tried in this round as well, once it is back', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => fails(rpm(send.key === 'a' ? 20_000 : 50_000)));
		const asked = rig.ask();
		await rig.clock.advance(0);
		assert.deepEqual(waitingIn(asked).on.key, 'a');
	});

	it('is no free key where the request is too large for those', async () => {
		const skip: FailureAction = { type: 'excludeTier', reason: 'tooLargeForTier', limit: 50 };
		const rig = new Rig({ a: {}, b: {}, rich: { tier: 'paid' } }, (send) =>
			fails(send.key === 'a' ? skip : rpm(90_000)),
		);
		await coolDown(rig, 'b', 10_000);
		const asked = rig.ask();
		await rig.clock.advance(0);
		assert.equal(rig.order, 'a rich');
		assert.deepEqual([waitingIn(asked).on.key, waitingIn(asked).inMs], ['rich', 90_000]);
	});

	it('is not known to take long while a probe is under way, though another key is back first', async () => {
		const rig = new Rig({ a: {}, b: {} }, async function* (send, clock) {
			if (send.nth === 1) yield* fails(rpm(send.key === 'a' ? 20_000 : 5_000));
			await new Promise<void>((resolve) => clock.after(4_000, resolve));
			yield* answers(send);
		});
		const first = rig.ask();
		await rig.clock.advance(5_000);
		assert.equal(rig.order, 'a b b', 'b is probed');
		await coolDown(rig, 'a', 8_000);
		const impatient = rig.ask({ maxWaitMs: 4_500 });
		await rig.clock.advance(0);
		assert.deepEqual([waitingIn(impatient).on.key, waitingIn(impatient).inMs], ['a', 8_000]);
		await rig.clock.until(Promise.all([first.ended, impatient.ended]));
		assert.equal(impatient.text, 'from b');
	});

	it('a wait is told by the tokens that are missing, and a request that no minute can hold by its size', async () => {
		const rig = new Rig({ a: tpm(100) }, async function* (send) {
			await Promise.resolve();
			yield { output: `from ${send.key}`, finishReason: 'STOP' };
		});
		assert.equal((await rig.answer(cost(60))).text, 'from a');
		await rig.clock.advance(20_000);
		const all = rig.ask(cost(100));
		await rig.clock.advance(0);
		assert.deepEqual([waitingIn(all).reason, waitingIn(all).inMs], ['tpm', 40_150]);
		const { error } = await rig.answer(cost(101));
		assert.deepEqual([error?.reason, error?.facts.limit, error?.facts.size], ['tooLargeForTier', 100, 101]);
		await rig.clock.until(all.ended);
		assert.deepEqual([all.text, rig.elapsed], ['from a', 60_150]);
	});

	it('of what never ends the size of the request tells more than a bad key, and a wait more than either', async () => {
		for (const keys of [
			{ bad: {}, small: tpm(50) },
			{ small: tpm(50), bad: {} },
		]) {
			const rig = new Rig(keys, (send) => (send.key === 'bad' ? fails(badKey) : answers(send)));
			for (let n = 0; n < 2; n++) await rig.answer(cost(10));
			const { error } = await rig.answer(cost(70));
			assert.deepEqual([error?.reason, error?.facts.limit], ['tooLargeForTier', 50], Object.keys(keys).join());
			assert.equal(error?.facts.key, 'small');
		}
		for (const keys of [
			{ small: tpm(50), cooling: {} },
			{ cooling: {}, small: tpm(50) },
		]) {
			const rig = new Rig(keys, answers);
			for (let n = 0; n < 2; n++) await rig.answer(cost(10));
			await coolDown(rig, 'cooling', 30_000);
			const asked = rig.ask(cost(70));
			await rig.clock.advance(0);
			assert.deepEqual([waitingIn(asked).on.key, waitingIn(asked).reason], ['cooling', 'rpm']);
		}
	});

	it('a model that is not there is asked for again after ten minutes', async () => {
		const rig = new Rig({ a: {} }, () => fails({ type: 'fail', reason: 'noSuchModel' }));
		await rig.answer();
		await rig.clock.advance(599_999);
		assert.equal((await rig.answer()).error?.reason, 'noSuchModel');
		assert.equal(rig.sends.length, 1);
		await rig.clock.advance(1);
		await rig.answer();
		assert.equal(rig.sends.length, 2);
	});
});

describe('a limit in doubt', () => {
	/** A limit of one request a minute was learnt on each key and is in doubt; each key's minute is used up. */
	async function doubtful(keys: Readonly<Record<string, KeyPlan>>, options: RigOptions = {}): Promise<Rig> {
		const isTaught = new Set<string>();
		const script: Script = (send) => {
			if (send.nth !== 2 || isTaught.has(send.key)) return answers(send);
			isTaught.add(send.key);
			return fails(rpm(1_000, 1));
		};
		const rig = new Rig(keys, script, options);
		const count = Object.keys(keys).length;
		for (let n = 0; n < count; n++) await rig.answer();
		while (isTaught.size < count) await rig.answer({ maxWaitMs: 0 });
		await rig.clock.advance(700_000);
		rig.setScript(answers);
		for (let n = 0; n < count; n++) await rig.answer();
		rig.sends.length = 0;
		return rig;
	}

	it('is tested by one call where everybody is at the limit', async () => {
		const rig = await doubtful({ a: {}, b: {} });
		assert.ok((await rig.answer({ maxWaitMs: 0 })).done);
		assert.equal(rig.sends.length, 1);
	});

	it('is tested on no key that the request may not have', async () => {
		const rig = await doubtful({ a: {}, b: {} });
		assert.equal((await rig.answer({ maxWaitMs: 0, ...paid })).error?.reason, 'paidOnly');
		const project = 'p-b' as NonNullable<QueueRecord['project']>;
		assert.equal((await rig.answer({ maxWaitMs: 0, needs: { project } })).text, 'from b');
		assert.equal(rig.order, 'b');
	});

	it('costs nobody a step of the store who may not test it', async () => {
		let steps = 0;
		const counted = (store: InMemoryStore) => ({
			replica: () => store.replica(),
			now: () => store.now(),
			onDidChange: store.onDidChange.bind(store),
			close: () => store.close(),
			transact: ((step) => {
				steps++;
				return store.transact(step);
			}) as InMemoryStore['transact'],
		});
		const rig = new Rig({ a: { limits: { m: { rpm: 1 } } }, b: {} }, answers, { seenThrough: counted });
		await coolDown(rig, 'b', 90_000);
		await rig.answer();
		steps = 0;
		assert.equal((await rig.answer({ maxWaitMs: 0 })).error?.reason, 'waitedTooLong');
		assert.equal(steps, 1, 'its attempts alone');
	});
});

describe('a request of another window that was there first', () => {
	/** Tells of a waiter, now, in a window that never takes its turn. */
	const tell = (rig: Rig, more: Partial<QueueRecord> = {}): Promise<void> =>
		rig.store.transact((tx, now) => {
			const waiter: QueueRecord = {
				...{ id: 'other', priority: 'chat', since: 0, reason: 'rpm', models: ['m'], paid: false },
				...{ size: { bytes: 400, tokens: 0 } },
				...more,
			};
			const doc: WindowQueue = { v: 2, heartbeatAt: now, requests: [waiter], chatStreak: 0 };
			tx.put({ kind: 'windowQueue', id: 'silent', doc });
		});

	it('keeps the tokens it needs, and no more', async () => {
		for (const [tokens, goes] of [
			[500, true],
			[501, false],
		] as const) {
			const rig = new Rig({ a: tpm(1_000) }, answers, { window: 'one' });
			await tell(rig, cost(300));
			const asked = rig.ask(cost(tokens));
			await rig.clock.advance(0);
			assert.equal(asked.done !== undefined, goes, `${tokens}`);
		}
	});

	it('holds nobody up for longer than 3 s where it never takes its turn', async () => {
		const rig = new Rig({ a: { limits: { m: { rpm: 1 } } } }, answers, { window: 'one' });
		await tell(rig);
		const asked = rig.ask();
		for (let ms = 0; ms < 3_000; ms += 500) {
			await rig.clock.advance(500);
			await tell(rig);
		}
		assert.equal(rig.sends.length, 0);
		await rig.clock.advance(1_500);
		assert.equal(asked.text, 'from a');
	});
});

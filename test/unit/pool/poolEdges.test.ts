import assert from 'node:assert/strict';
import { Pool, type KeyId, type StateStore, type ProjectId } from '../../../src/pool/pool';
import { VirtualClock } from '../../support/virtualClock';
import { answers, badKey, fails, hangs, overloaded, Rig, rpm } from '../../support/pool/rig';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

describe('the pool, at its edges', () => {
	it('has no keys before it was given any, whatever other windows find out about theirs', async () => {
		const clock = new VirtualClock();
		const store = new InMemoryStore(clock);
		const pool = new Pool({
			store,
			clock,
			random: () => 0,
			check: () => Promise.resolve(),
		});
		const revoked = { p: { since: clock.wall(), by: 'a' as KeyId } };
		await store.transact((tx) => tx.put({ kind: 'pool', doc: { v: 2, revoked } }));
		const { keys, total, usable } = pool.snapshot();
		assert.deepEqual([keys, total, usable], [[], 0, 0]);
		pool.dispose();
	});

	it('a request that was cancelled before it began sends nothing', async () => {
		const rig = new Rig({ a: {} }, answers);
		const asked = rig.ask({}, AbortSignal.abort());
		await rig.clock.until(asked.ended);
		assert.deepEqual([asked.error?.reason, rig.sends.length], ['cancelled', 0]);
	});

	it('a stream tells its attempts, and its end is an end', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(rpm()) : answers(send)));
		const stream = rig.pool.stream(rig.request(), rig.open);
		assert.equal(stream.attempts.length, 0);
		const parts = stream[Symbol.asyncIterator]();
		for (let next = await parts.next(); !next.done; next = await parts.next());
		assert.deepEqual(
			stream.attempts.map(({ key, outcome }) => `${key} ${outcome}`),
			['a rpm', 'b answered'],
		);
		assert.deepEqual(await parts.return?.(), { done: true, value: undefined });
	});

	it('keeps whose turn it is when keys are moved, and when another option changes', async () => {
		const rig = new Rig({ a: {}, b: {}, c: {} }, answers);
		assert.equal(rig.pool.nextIndex(), undefined, 'nobody has asked yet');
		await rig.answer();
		rig.setKeys({ c: {}, a: {}, b: {} });
		rig.pool.configure({ maxRetries: 2 });
		assert.equal(rig.pool.nextIndex(), 2);
		for (let n = 0; n < 2; n++) await rig.answer();
		assert.equal(rig.order, 'a b c');
	});

	it('asks again about a quarantined key that is enabled again', async () => {
		const rig = new Rig({ a: {} }, () => fails(badKey));
		await rig.answer();
		rig.setKeys({ a: { enabled: false } });
		await rig.clock.advance(120_000);
		assert.deepEqual(rig.checks, []);
		rig.setKeys({ a: {} });
		await rig.clock.advance(1);
		await rig.clock.settle();
		assert.deepEqual(rig.checks, ['a']);
	});

	it('forgets which models there are not; what it keeps of itself says its version', async () => {
		const rig = new Rig({ a: {} }, (send) =>
			send.nth === 1 ? fails({ type: 'fail', reason: 'noSuchModel' }) : answers(send),
		);
		await rig.answer();
		await rig.maintenance.erase();
		assert.equal((await rig.answer()).text, 'from a');
		const forgotten = { v: 2, forgottenAt: rig.clock.wall() };
		assert.deepEqual(rig.store.replica().pool, forgotten);
		await rig.pool.execute({ type: 'resume' });
		assert.deepEqual(rig.store.replica().pool, forgotten);
	});

	it('clears the cooldowns of one project and of no other', async () => {
		const rig = new Rig({ a: {}, b: {} }, () => fails(rpm(90_000)));
		await rig.answer({ maxWaitMs: 0 });
		await rig.pool.execute({ type: 'clearCooldown', project: 'p-a' as ProjectId });
		assert.deepEqual(
			rig.pool.snapshot().keys.map(({ availability }) => availability.state),
			['usable', 'coolingDown'],
		);
	});

	it('clears an overload from the row of a key that has not met it as well: the model rests for every key', async () => {
		const rig = new Rig({ a: {}, b: {} }, () => fails(overloaded));
		await rig.answer({ maxWaitMs: 0 });
		const states = () => rig.pool.snapshot().keys.map(({ availability }) => availability.state);
		assert.deepEqual(states(), ['coolingDown', 'coolingDown']);
		assert.deepEqual([...rig.store.replica().bucket.keys()], ['p-a/m']);
		await rig.pool.execute({ type: 'clearCooldown', project: 'p-b' as ProjectId });
		assert.deepEqual(states(), ['usable', 'usable']);
		assert.equal(rig.store.replica().bucket.size, 1);
	});

	it('leaves nothing behind in the store and no timer when it ends', async () => {
		let listening = 0;
		const counted = (store: InMemoryStore): StateStore => ({
			replica: () => store.replica(),
			now: () => store.now(),
			close: () => store.close(),
			transact: (step) => store.transact(step),
			onDidChange: (listener) => {
				const off = store.onDidChange(listener);
				listening++;
				return () => {
					off();
					listening--;
				};
			},
		});
		const rig = new Rig({ a: { limits: { m: { rpm: 1 } } }, b: {} }, hangs, { seenThrough: counted, window: 'one' });
		const asked = [rig.ask(), rig.ask(), rig.ask()];
		await rig.clock.settle();
		rig.pool.snapshot();
		assert.ok(listening > 3);
		rig.pool.dispose();
		await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
		await rig.clock.settle();
		assert.deepEqual([listening, rig.clock.pending], [0, 0]);
		const late = rig.ask();
		await rig.clock.until(late.ended);
		assert.equal(late.error?.reason, 'cancelled');
	});

	it('starts no timer for whoever looks at it after its end: a process that had ended so did not go', async () => {
		const rig = new Rig({ a: {} }, () => fails(rpm()));
		await rig.answer({ maxWaitMs: 0 });
		rig.pool.dispose();
		assert.equal(rig.pool.snapshot().usable, 0);
		assert.equal(rig.clock.pending, 0);
	});
});

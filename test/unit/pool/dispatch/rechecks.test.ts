import assert from 'node:assert/strict';
import { Failure, type KeyId, type Availability, type FailureAction } from '../../../../src/pool/pool';
import { blindToPool } from '../../../support/pool/blindToPool';
import { answers, badKey, fails, leaked, network, Rig } from '../../../support/pool/rig';

const minute = 60_000;
const disabled: FailureAction = {
	type: 'quarantine',
	reason: 'serviceDisabled',
	scope: 'project',
	abuse: false,
	recheckMs: [5 * minute, 5 * minute],
};
const billing: FailureAction = { type: 'quarantine', reason: 'billing', scope: 'account', abuse: false, recheckMs: [] };
const suspended: FailureAction = { ...disabled, reason: 'suspended', abuse: true, recheckMs: [] };

const availability = (rig: Rig, key: string): Availability | undefined =>
	rig.pool.snapshot().keys.find((view) => view.key.id === key)?.availability;
const quarantineReason = (rig: Rig, key: string): string | undefined => {
	const now = availability(rig, key);
	return now?.state === 'quarantined' ? now.reason : undefined;
};
const says = (action: FailureAction): Failure => new Failure(action, true, action.reason);

describe('a re-check that finds out worse', () => {
	it('quarantines a key that turns out leaked until a person acts, and pauses the pool', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(badKey) : answers(send)));
		await rig.answer();
		rig.checking = () => says(leaked);
		await rig.clock.advance(minute);
		assert.deepEqual([quarantineReason(rig, 'a'), rig.pool.snapshot().paused?.reason], ['leaked', 'leaked']);
		rig.checking = () => undefined;
		await rig.clock.advance(60 * minute);
		assert.equal(await rig.pool.check('a' as KeyId), undefined);
		assert.equal(quarantineReason(rig, 'a'), 'leaked', 'the service lists models to such a key all the same');
	});

	it('takes the whole project where that is suspended, and the whole account where it has to pay', async () => {
		const keys = { a: { project: 'p', account: 'x' }, b: { project: 'p', account: 'x' }, c: { account: 'x' }, d: {} };
		const after = async (action: FailureAction): Promise<readonly unknown[]> => {
			const rig = new Rig(keys, answers);
			await rig.pool.recordCheck('a' as KeyId, says(badKey));
			rig.checking = () => says(action);
			await rig.pool.check('a' as KeyId);
			return [...['a', 'b', 'c', 'd'].map((key) => quarantineReason(rig, key)), rig.pool.snapshot().paused?.reason];
		};
		assert.deepEqual(await after(suspended), ['suspended', 'suspended', undefined, undefined, 'suspended']);
		assert.deepEqual(await after(billing), ['billing', 'billing', 'billing', undefined, undefined]);
	});

	it('says nothing new of a key that is known to be leaked: what a person resumed goes on', async () => {
		const rig = new Rig({ a: {}, b: {} }, answers);
		await rig.pool.recordCheck('a' as KeyId, says(leaked));
		await rig.pool.execute({ type: 'resume' });
		const since = availability(rig, 'a');
		await rig.clock.advance(minute);
		rig.checking = () => says(leaked);
		await rig.pool.check('a' as KeyId);
		assert.deepEqual([availability(rig, 'a'), rig.pool.snapshot().paused], [since, undefined]);
	});
});

describe('a re-check that gets no answer', () => {
	it('is given up after half a minute, so that those that hang hold up nobody', async () => {
		const keys = Object.fromEntries(['k0', 'k1', 'k2', 'k3', 'k4', 'k5'].map((id) => [id, {}]));
		const rig = new Rig(keys, () => fails(badKey));
		const given: boolean[] = [];
		rig.checking = (key, signal) => {
			if (key >= 'k4') return undefined;
			signal.addEventListener('abort', () => given.push(true));
			return new Promise(() => undefined);
		};
		await rig.answer();
		await rig.clock.advance(minute);
		assert.equal(rig.checks.length, 4);
		await rig.clock.advance(29_999);
		assert.deepEqual([rig.checks.length, given.length], [4, 0]);
		await rig.clock.advance(2);
		assert.equal(given.length, 4, 'the calls are cancelled');
		await rig.clock.advance(minute);
		assert.deepEqual([availability(rig, 'k4')?.state, availability(rig, 'k5')?.state], ['usable', 'usable']);
		assert.equal(quarantineReason(rig, 'k0'), 'badKey');
	});

	it('tells a person who asked that the service was not reached, and leaves no timer', async () => {
		const rig = new Rig({ a: {} }, answers);
		rig.checking = () => new Promise(() => undefined);
		const asked = rig.pool.check('a' as KeyId);
		await rig.clock.until(asked);
		assert.deepEqual([(await asked)?.action.reason, rig.elapsed, rig.clock.pending], ['unreachable', 30_000, 0]);
		assert.deepEqual([availability(rig, 'a')?.state, rig.pool.snapshot().keys[0]?.isVerified], ['usable', false]);
	});

	it('ends with the pool', async () => {
		const rig = new Rig({ a: {} }, answers);
		rig.checking = () => new Promise(() => undefined);
		const asked = rig.pool.check('a' as KeyId).then(
			() => 'answered',
			() => 'ended',
		);
		await rig.clock.settle();
		rig.pool.dispose();
		assert.equal(await asked, 'ended');
		assert.equal(rig.clock.pending, 0);
	});

	it('ends with the pool where it is one of several that are due, and where it is asked for after the end', async () => {
		const rig = new Rig({ a: {}, b: {} }, answers);
		for (const key of ['a', 'b'] as KeyId[]) await rig.pool.recordCheck(key, says(badKey));
		rig.checking = () => new Promise(() => undefined);
		const asked = assert.rejects(rig.pool.check('a' as KeyId), { message: 'The pool has ended.' });
		await rig.clock.settle();
		rig.pool.dispose();
		await asked;
		assert.equal(rig.clock.pending, 0);
		rig.checking = () => undefined;
		await assert.rejects(rig.pool.check('b' as KeyId), { message: 'The pool has ended.' });
		assert.equal(rig.clock.pending, 0);
	});

	it('is told where the check itself breaks', async () => {
		const rig = new Rig({ a: {} }, answers);
		rig.checking = () => Promise.reject(new Error('broken'));
		const failure = await rig.pool.check('a' as KeyId);
		assert.deepEqual(failure?.action, { type: 'fail', reason: 'unexpected' });
		assert.equal(rig.pool.snapshot().keys[0]?.isVerified, false);
	});
});

describe('re-checks of several keys', () => {
	const hang = (): Promise<never> => new Promise(() => undefined);

	it('are made of those that are enabled and quarantined alone', async () => {
		const keys = { never: {}, works: {}, a: {}, b: {} };
		const rig = new Rig(keys, answers);
		for (const key of ['a', 'b'] as KeyId[]) await rig.pool.recordCheck(key, says(badKey));
		await rig.pool.recordCheck('works' as KeyId, undefined);
		rig.setKeys({ ...keys, a: { enabled: false } });
		await rig.clock.advance(minute);
		assert.deepEqual(rig.checks, ['b']);
	});

	it('are one at a time for each key, who ever asks', async () => {
		const rig = new Rig({ a: {} }, answers);
		let answer = (): void => undefined;
		rig.checking = () => new Promise((resolve) => (answer = () => resolve(says(badKey))));
		const both = Promise.all([rig.pool.check('a' as KeyId), rig.pool.check('a' as KeyId)]);
		await rig.clock.settle();
		answer();
		const reasons = (await both).map((failure) => failure?.action.reason);
		assert.deepEqual([rig.checks, reasons], [['a'], ['badKey', 'badKey']]);
	});

	it('let a fifth wait for the four that run, without looking at it again and again', async () => {
		const keys = Object.fromEntries(['k0', 'k1', 'k2', 'k3', 'k4'].map((id) => [id, {}]));
		const rig = new Rig(keys, () => fails(badKey));
		rig.checking = hang;
		await rig.answer();
		await rig.clock.advance(minute);
		// That would be more than a clock of tests bears.
		await rig.clock.until(new Promise<void>((resolve) => rig.clock.after(29_000, resolve)));
		assert.equal(rig.checks.length, 4);
	});
});

describe('the times of re-checks', () => {
	it('hold for a key whose check did not reach the service: it comes again after a minute', async () => {
		const rig = new Rig({ a: {} }, () => fails(badKey));
		rig.checking = () => new Promise(() => undefined);
		await rig.answer();
		await rig.clock.advance(minute);
		assert.equal(rig.checks.length, 1);
		await rig.clock.advance(minute + 1);
		assert.equal(rig.checks.length, 2);
	});

	it('come for a key that an earlier session quarantined, without any prompt', async () => {
		const first = new Rig({ a: {} }, () => fails({ ...disabled, reason: 'badKey', scope: 'key', recheckMs: [minute] }));
		await first.answer();
		const later = new Rig({ a: {} }, answers, { store: first.store.export(), start: first.clock.wall() });
		assert.equal(later.pool.snapshot().usable, 0);
		await later.clock.advance(15 * minute);
		assert.deepEqual([later.checks, later.pool.snapshot().usable], [['a'], 1]);
	});

	it('hold where the clock is set back and nobody asks anything', async () => {
		const rig = new Rig({ a: {} }, () => fails(badKey));
		rig.checking = () => says(network);
		await rig.answer();
		await rig.clock.advance(minute / 2);
		rig.clock.jump(-6 * 60 * minute);
		await rig.clock.advance(2 * minute);
		assert.ok(rig.checks.length > 0, `asked ${rig.checks.length} times in two and a half minutes`);
	});

	it('hold in a window that starts after the clock was set back', async () => {
		const before = new Rig({ a: {} }, () => fails(badKey));
		await before.answer();
		const store = before.store.export();
		const rig = new Rig({ a: {} }, answers, { store, start: before.clock.wall() - 6 * 60 * minute });
		await rig.clock.advance(2 * minute);
		assert.deepEqual(rig.checks, ['a']);
	});

	it('are late by a minute at the most where the clock is set ahead', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? answers(send) : fails(badKey)));
		await rig.answer();
		await rig.answer();
		rig.clock.jump(60 * minute);
		await rig.clock.advance(minute);
		assert.deepEqual(rig.checks, ['a']);
	});

	it('are no further away than the longest, whatever was written down', async () => {
		const rig = new Rig({ a: {} }, answers);
		await rig.pool.recordCheck('a' as KeyId, says(disabled));
		rig.checking = () => says(network);
		await rig.clock.advance(10 * 60 * minute);
		rig.clock.jump(-6 * 60 * minute);
		const before = rig.checks.length;
		await rig.clock.advance(62 * minute);
		assert.ok(rig.checks.length > before, 'within the hour');
	});
});

describe('a paused pool', () => {
	/** A key whose re-check is due in five minutes, and one that is leaked: the pool has paused. */
	const paused = async (): Promise<Rig> => {
		const rig = new Rig({ a: {}, b: {} }, answers);
		await rig.pool.recordCheck('a' as KeyId, says(disabled));
		await rig.pool.recordCheck('b' as KeyId, says(leaked));
		assert.ok(rig.pool.snapshot().paused);
		return rig;
	};

	it('re-checks nothing by itself, and makes up for it once a person resumes', async () => {
		const rig = await paused();
		await rig.clock.advance(24 * 60 * minute);
		assert.deepEqual(rig.checks, []);
		await rig.pool.execute({ type: 'resume' });
		await rig.clock.advance(1);
		assert.deepEqual(rig.checks, ['a']);
		assert.equal(availability(rig, 'a')?.state, 'usable');
	});

	it('re-checks nothing of what became due just before', async () => {
		const rig = new Rig({ a: {}, b: {} }, answers);
		await rig.pool.recordCheck('a' as KeyId, says(disabled));
		await rig.clock.advance(5 * minute - 1);
		const pausing = rig.pool.recordCheck('b' as KeyId, says(leaked));
		await rig.clock.advance(minute);
		await pausing;
		assert.deepEqual(rig.checks, []);
	});

	it('re-checks nothing in a window that has not heard of the pause yet', async () => {
		const rig = new Rig({ a: {}, b: {} }, answers, { seenThrough: blindToPool });
		await rig.pool.recordCheck('a' as KeyId, says(disabled));
		await rig.pool.recordCheck('b' as KeyId, says(leaked));
		await rig.clock.advance(5 * minute + 20);
		assert.deepEqual(rig.checks, [], 'the store itself says so');
	});

	it('checks a key that a person wants checked', async () => {
		const rig = await paused();
		assert.equal(await rig.pool.check('a' as KeyId), undefined);
		assert.deepEqual([rig.checks, availability(rig, 'a')?.state], [['a'], 'usable']);
		assert.ok(rig.pool.snapshot().paused);
	});
});

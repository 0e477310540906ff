import assert from 'node:assert/strict';
import { Failure, type FailureAction } from '../../../../src/pool/pool';
import { answers, fails, hangs, Rig, rpm, type Script } from '../../../support/pool/rig';

const tpm = (limit: number): FailureAction => ({ type: 'coolDown', reason: 'tpm', limit, delayMs: 60_000 });
const daily = (limit: number): FailureAction => ({ type: 'coolDown', reason: 'rpd', limit });

describe('limits, tiers, aliases and money', () => {
	it('a limit that is too low is tested after its doubt, and grows', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.at === 0 && send.nth === 2 ? fails(rpm(70_000, 1)) : answers(send)));
		await rig.answer();
		await rig.answer();
		const limit = () => rig.pool.snapshot().keys[0]?.models[0]?.limitUsage.rpm;
		assert.deepEqual(limit(), { used: 1, limit: 1, source: 'stated' });
		await rig.clock.advance(700_000);
		const at = rig.elapsed;
		await rig.answer();
		await rig.answer();
		assert.equal(rig.elapsed, at);
		assert.deepEqual(limit(), { used: 2, limit: 2, source: 'tested' });
	});

	it('a limit that is too high, or shared with another user, is corrected by the 429', async () => {
		const rig = new Rig({ a: {} }, (send) => {
			if (send.nth === 2) return fails(rpm(1000, 10));
			return send.nth === 5 ? fails(rpm(1000, 3)) : answers(send);
		});
		const room = () => rig.pool.snapshot().keys[0]?.models[0]?.limitUsage.rpm;
		await rig.answer();
		await rig.answer({ maxWaitMs: 0 });
		assert.deepEqual(room(), { used: 10, limit: 10, source: 'stated' });
		await rig.clock.advance(1000);
		await rig.answer();
		assert.equal((await rig.answer({ maxWaitMs: 0 })).error?.reason, 'waitedTooLong', 'one probe, and no more');
		await rig.clock.advance(61_000);
		await rig.answer();
		await rig.answer({ maxWaitMs: 0 });
		assert.equal(room()?.limit, 3);
	});

	it('a limit on tokens that is shared with another user shows what that user sent', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 2 ? fails(tpm(1_000)) : answers(send)));
		const room = () => rig.pool.snapshot().keys[0]?.models[0]?.limitUsage.tpm;
		await rig.answer();
		await rig.answer({ maxWaitMs: 0 });
		const { used, limit } = room() ?? assert.fail('no limit was learnt');
		// Our own 100, and what the refused call asks at most, are not his.
		assert.ok(limit === 1_000 && used > 800 && used <= 900, `${used} of ${limit}`);
		await rig.clock.advance(61_000);
		assert.equal(room()?.used, 0);
	});

	it('a request too large for the tier tries no other free key, only paid ones, and says so with numbers', async () => {
		const script: Script = (send) => (send.key === 'rich' ? answers(send) : fails(tpm(50)));
		const free = new Rig({ a: {}, b: {} }, script);
		const first = await free.answer();
		assert.equal(free.order, 'a');
		assert.equal(first.error?.reason, 'tooLargeForTier');
		assert.deepEqual([first.error.facts.limit, first.error.facts.size], [50, 100]);
		const both = new Rig({ a: {}, b: {}, rich: { tier: 'paid' } }, script);
		assert.equal((await both.answer()).text, 'from rich');
		assert.equal(both.order, 'a rich');
	});

	it('a learnt token limit forbids a larger request without sending, and says so', async () => {
		const rig = new Rig({ a: {} }, () => fails(tpm(50)));
		await rig.answer();
		await rig.clock.advance(61_000);
		const { error } = await rig.answer();
		assert.equal(rig.sends.length, 1);
		assert.equal(error?.reason, 'tooLargeForTier');
		assert.deepEqual([error.facts.limit, error.facts.size], [50, 100]);
	});

	it('skips the tier on the word of the service', async () => {
		const skip: FailureAction = { type: 'excludeTier', reason: 'tooLargeForTier', limit: 7 };
		const rig = new Rig({ a: {}, b: {} }, () => fails(skip));
		const { error } = await rig.answer();
		assert.equal(rig.order, 'a');
		assert.deepEqual([error?.reason, error?.facts.limit], ['tooLargeForTier', 7]);
	});

	it('says that no tier has the model, with the time, when every bucket is closed', async () => {
		const rig = new Rig({ a: {}, b: {} }, () =>
			fails({ type: 'markUnsupported', reason: 'tierLacksModel', forMs: 86_400_000 }),
		);
		for (let n = 0; n < 2; n++) {
			const { error } = await rig.answer();
			assert.equal(error?.reason, 'tierLacksModel');
			assert.equal(error.facts.retryAt, Date.UTC(2026, 10, 25, 20));
		}
		assert.equal(rig.order, 'a b');
		assert.equal(rig.pool.snapshot().keys[0]?.availability.state, 'unsupported');
	});

	it('keys of one project cool down together', async () => {
		const rig = new Rig({ a: { project: 'p' }, b: { project: 'p' }, c: {} }, (send) =>
			send.key === 'c' ? answers(send) : fails(rpm()),
		);
		await rig.answer();
		assert.equal(rig.order, 'a c');
		assert.deepEqual(
			rig.pool.snapshot().keys.map(({ availability }) => availability.state),
			['coolingDown', 'coolingDown', 'usable'],
		);
	});

	it('an alias shares the bucket that a 429 names, for every project', async () => {
		const rig = new Rig(
			{ a: {}, b: {} },
			(send) => {
				if (send.key === 'a' && send.nth === 2) return fails({ ...rpm(60_000, 1), model: 'real' } as FailureAction);
				return answers(send);
			},
			{ model: 'real' },
		);
		await rig.answer({ models: ['latest'] });
		await rig.answer({ models: ['latest'] });
		await rig.answer({ models: ['latest'] });
		assert.equal(rig.order, 'a b a b');
		const today = rig.pool
			.snapshot()
			.keys.map(({ models }) => models.find(({ model }) => model === 'real')?.requestsToday);
		assert.deepEqual(today, [1, 2]);
		assert.deepEqual(
			rig.pool.snapshot().keys.map(({ availability }) => availability.state),
			['coolingDown', 'usable'],
		);
		await rig.answer({ models: ['real'] });
		assert.equal(rig.order, 'a b a b b');
	});

	it('an alias learns from the model that answered; one that goes to and fro counts nothing twice', async () => {
		const rig = new Rig({ a: {} }, async function* (send) {
			await Promise.resolve();
			yield { output: 'x', servedModel: send.nth % 2 ? 'v1' : 'v2' };
			yield { finishReason: 'STOP' };
		});
		for (let n = 0; n < 12; n++) await rig.answer({ models: ['latest'] });
		const models = rig.pool.snapshot().keys[0]?.models ?? [];
		const most = Math.max(...models.map(({ requestsToday }) => requestsToday));
		assert.ok(most <= 12, `${most}`);
		const single = new Rig({ a: {} }, (send) => answers(send), { model: 'v1' });
		await single.answer({ models: ['v1'] });
		assert.equal(single.pool.snapshot().keys[0]?.models.length, 1);
	});

	it('free keys come before paid ones, unless the setting says mixed or first', async () => {
		const plan = { rich: { tier: 'paid' }, a: {}, b: {} } as const;
		for (const [paidKeys, order] of [
			['last', 'a b a b'],
			['first', 'rich rich rich rich'],
			['mixed', 'rich a b rich'],
		] as const) {
			const rig = new Rig(plan, answers, { paidKeys });
			for (let n = 0; n < 4; n++) await rig.answer();
			assert.equal(rig.order, order, paidKeys);
		}
		const spent = new Rig(plan, (send) => (send.key === 'rich' ? answers(send) : fails(rpm())));
		assert.equal((await spent.answer()).text, 'from rich');
	});

	it('a daily cap holds over all models, is shown, is no cooldown to be cleared, and ends with the Pacific day', async () => {
		const rig = new Rig({ a: { tier: 'paid', dailyCap: { requests: 2 } } }, answers);
		await rig.answer();
		await rig.answer({ models: ['other'] });
		const { error } = await rig.answer();
		assert.deepEqual([error?.reason, error?.facts.retryAt], ['cap', Date.UTC(2026, 10, 25, 8)]);
		const [a] = rig.pool.snapshot().keys;
		assert.ok(a);
		assert.deepEqual(a.availability, { state: 'coolingDown', reason: 'cap', until: Date.UTC(2026, 10, 25, 8) });
		await rig.pool.execute({ type: 'clearCooldown', project: a.project.id });
		assert.equal((await rig.answer()).error?.reason, 'cap');
		await rig.clock.advance(12 * 3_600_000);
		assert.equal((await rig.answer()).text, 'from a');
	});

	it('a daily cap holds up nobody while there is room under it', async () => {
		const rig = new Rig({ a: { tier: 'paid', dailyCap: { requests: 9 }, limits: { m: { rpm: 99 } } } }, answers);
		const asked = Array.from({ length: 6 }, () => rig.ask());
		await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
		assert.deepEqual(
			asked.map(({ types }) => types),
			asked.map(() => 'output done'),
		);
	});

	it('a daily cap on tokens counts what the service counted, answers too', async () => {
		const rig = new Rig({ a: { dailyCap: { tokens: 220 } } }, answers);
		await rig.answer();
		await rig.answer();
		assert.equal((await rig.answer()).error?.reason, 'cap');
		assert.equal(rig.sends.length, 2);
	});

	it('a daily cap is shown with what is used of it, over all models, and when it ends', async () => {
		const rig = new Rig({ a: { dailyCap: { requests: 3, tokens: 5_000 } }, b: {} }, answers);
		const shown = () => rig.pool.snapshot().keys.map(({ cap }) => cap);
		const dayEndsAt = Date.UTC(2026, 10, 25, 8);
		const rooms = (requests: number, tokens: number) => ({
			rpd: { used: requests, limit: 3, source: 'user' },
			tpd: { used: tokens, limit: 5_000, source: 'user' },
		});
		assert.deepEqual(shown(), [{ availability: { state: 'usable' }, limitUsage: rooms(0, 0), dayEndsAt }, undefined]);
		for (const model of ['m', 'n', 'm']) await rig.answer({ models: [model], maxWaitMs: 0 });
		const used = rig.sends.filter(({ key }) => key === 'a').length;
		assert.ok(used > 0);
		assert.deepEqual(shown()[0]?.limitUsage, rooms(used, 110 * used));
		for (let n = 0; n < 6; n++) await rig.answer({ maxWaitMs: 0 });
		assert.deepEqual(shown()[0]?.availability, { state: 'coolingDown', reason: 'cap', until: dayEndsAt });
	});

	it('a request that needs a paid key, or one project, gets no other', async () => {
		const rig = new Rig({ a: {}, b: { project: 'files' }, rich: { tier: 'paid' } }, answers);
		assert.equal((await rig.answer({ needs: { paid: true } })).text, 'from rich');
		const project = rig.pool.snapshot().keys[1]?.project.id;
		assert.ok(project);
		assert.equal((await rig.answer({ needs: { project } })).text, 'from b');
		assert.equal((await rig.answer({ needs: { project, paid: true } })).error?.reason, 'paidOnly');
	});

	it('a limit of a day holds until the next one, and one call finds out whether it still does', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 3 ? fails(daily(2)) : answers(send)));
		for (let n = 0; n < 3; n++) await rig.answer();
		assert.equal((await rig.answer()).error?.reason, 'waitedTooLong');
		assert.equal(rig.sends.length, 3);
		await rig.clock.advance(12 * 3_600_000);
		for (let n = 0; n < 3; n++) assert.ok((await rig.answer()).done);
	});

	it('refunds only what never left, so that the windows stay true', async () => {
		const rig = new Rig({ a: {} }, (send) =>
			send.nth === 1
				? fails({ type: 'fail', reason: 'unexpected' }, '', false)
				: send.nth === 2
					? fails({ type: 'fail', reason: 'badRequest' })
					: answers(send),
		);
		const today = () => rig.pool.snapshot().keys[0]?.models[0]?.requestsToday;
		await rig.answer();
		assert.equal(today(), 0);
		await rig.answer();
		assert.equal(today(), 1);
	});

	it('an answer that was under way does not free a key that was quarantined meanwhile', async () => {
		const billing: FailureAction = {
			type: 'quarantine',
			reason: 'billing',
			scope: 'account',
			abuse: false,
			recheckMs: [],
		};
		const rig = new Rig({ a: { account: 'x' }, b: { account: 'x' } }, (send, clock) =>
			send.key === 'b'
				? fails(billing)
				: (async function* () {
						await new Promise<void>((resolve) => {
							clock.after(1000, resolve);
						});
						yield* answers(send);
					})(),
		);
		const slow = rig.ask();
		await rig.clock.settle();
		await rig.answer();
		await rig.clock.until(slow.ended);
		assert.ok(slow.done);
		const standings = rig.pool
			.snapshot()
			.keys.map(({ availability }) => availability.state === 'quarantined' && availability.reason);
		assert.deepEqual(standings, ['billing', 'billing']);
	});

	it('three keys that had worked, forbidden within a minute, pause the pool; nine retired ones do not', async () => {
		const blocked: FailureAction = { type: 'quarantine', reason: 'blocked', scope: 'key', abuse: false, recheckMs: [] };
		let works = true;
		const rig = new Rig({ a: {}, b: {}, c: {}, d: {} }, (send) => (works ? answers(send) : fails(blocked)));
		for (let n = 0; n < 4; n++) await rig.answer();
		works = false;
		assert.equal((await rig.answer()).error?.reason, 'paused');
		assert.equal(rig.sends.length, 7);
		const nine = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`k${at}`, {}]));
		const retired = new Rig(nine, () => fails(blocked));
		assert.equal((await retired.answer()).error?.reason, 'blocked');
		assert.equal(retired.pool.snapshot().paused, undefined);
	});

	it('an invalid key is no abuse signal, not even within a minute of one that was resumed', async () => {
		const blocked: FailureAction = { type: 'quarantine', reason: 'blocked', scope: 'key', abuse: false, recheckMs: [] };
		const bad: FailureAction = { ...blocked, reason: 'badKey' };
		let action: FailureAction | undefined;
		const rig = new Rig({ a: {}, b: {}, c: {}, d: {}, e: {} }, (send) => (action ? fails(action) : answers(send)));
		for (let n = 0; n < 5; n++) await rig.answer();
		action = blocked;
		assert.equal((await rig.answer()).error?.reason, 'paused');
		await rig.pool.execute({ type: 'resume' });
		action = bad;
		assert.equal((await rig.answer()).error?.reason, 'blocked');
		assert.equal(rig.pool.snapshot().paused, undefined);
	});

	it('re-checks four quarantined keys at a time at the most', async () => {
		const nine = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`k${at}`, {}]));
		const bad: FailureAction = { type: 'quarantine', reason: 'badKey', scope: 'key', abuse: false, recheckMs: [] };
		const rig = new Rig(nine, () => fails(bad));
		rig.checking = () => new Failure(bad, true, '');
		await rig.answer();
		const times = async (): Promise<number> => {
			await rig.clock.settle();
			return rig.checks.length;
		};
		await rig.clock.advance(59_999);
		assert.equal(await times(), 0);
		await rig.clock.advance(1);
		assert.equal(await times(), 4);
		await rig.clock.advance(9);
		assert.equal(await times(), 9);
		await rig.clock.advance(180_010);
		assert.equal(await times(), 18);
		await rig.clock.advance(600_010);
		assert.equal(await times(), 27);
		await rig.clock.advance(3_600_000);
		assert.equal(await times(), 27);
	});

	it('asks again in a minute where a re-check did not reach the service, and never for a leaked key', async () => {
		const bad: FailureAction = {
			type: 'quarantine',
			reason: 'badKey',
			scope: 'key',
			abuse: false,
			recheckMs: [600_000],
		};
		const leaked: FailureAction = { type: 'quarantine', reason: 'leaked', scope: 'key', abuse: true, recheckMs: [] };
		const rig = new Rig({ a: {}, b: {} }, (send) => fails(send.key === 'a' ? bad : leaked));
		let reached = false;
		rig.checking = () =>
			reached
				? undefined
				: new Failure(
						{ type: 'retrySameKey', reason: 'network', scope: 'request', maxRetries: 1, afterRetries: 'fail' },
						false,
						'',
					);
		await rig.answer();
		await rig.pool.execute({ type: 'resume' });
		await rig.clock.advance(60_000);
		assert.deepEqual(rig.checks, ['a']);
		reached = true;
		await rig.clock.advance(60_000);
		assert.deepEqual(rig.checks, ['a', 'a']);
		assert.equal(rig.pool.snapshot().keys[0]?.isVerified, true);
		const b = rig.pool.snapshot().keys[1]?.key.id;
		assert.ok(b);
		await rig.pool.check(b);
		assert.equal(rig.pool.snapshot().keys[1]?.availability.state, 'quarantined');
		await rig.clock.advance(3_600_000);
		assert.equal(rig.checks.length, 3);
		await rig.pool.execute({ type: 'liftQuarantine', key: b });
		assert.equal(rig.pool.snapshot().keys[1]?.availability.state, 'usable');
	});

	it('keeps ranking in step with the store: a cooldown written by another window is seen at the next choice', async () => {
		const rig = new Rig({ a: {}, b: {} }, answers, { strategy: 'headroom' });
		await rig.answer();
		const other = new Rig({ a: {} }, hangs);
		await rig.store.transact((tx, now) => {
			for (const [id] of rig.store.replica().bucket) {
				const state = {
					state: 'coolingDown',
					reason: 'rpm',
					since: now,
					until: now + 30_000,
					backoffLevel: 0,
				} as const;
				tx.put({ kind: 'bucket', id, doc: { ...tx.bucket(id), status: state } });
			}
		});
		other.pool.dispose();
		for (let n = 0; n < 3; n++) await rig.answer();
		assert.equal(rig.order, 'a b b b');
		await rig.clock.advance(30_000);
		await rig.answer();
		assert.equal(rig.sends.at(-1)?.key, 'a');
	});
});

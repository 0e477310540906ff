import assert from 'node:assert/strict';
import { Failure, type BucketId, type Chunk, type KeyId, type FailureAction } from '../../../../src/pool/pool';
import { answers, badKey, fails, hangs, Rig, rpd, rpm, type Send } from '../../../support/pool/rig';

const blocked: FailureAction = { type: 'quarantine', reason: 'blocked', scope: 'key', abuse: false, recheckMs: [] };
const disabled: FailureAction = { ...blocked, reason: 'serviceDisabled', scope: 'project' };
const usage = { input: 700, cached: 0, output: 10, thoughts: 5 };

/** An answer that counts its tokens, perhaps by another model than the one asked for. */
async function* counts(more: Partial<Chunk<string>> = {}): AsyncGenerator<Chunk<string>> {
	await Promise.resolve();
	yield { output: 'x' };
	yield { finishReason: 'STOP', usage, ...more };
}

const modelsOf = (rig: Rig, key = 'a'): Readonly<Record<string, number>> =>
	Object.fromEntries(
		(rig.pool.snapshot().keys.find((view) => view.key.id === key)?.models ?? []).map((view) => [
			view.model,
			view.requestsToday,
		]),
	);
const availability = (rig: Rig, key: string): string =>
	rig.pool.snapshot().keys.find((view) => view.key.id === key)?.availability.state ?? '';
const count = (rig: Rig): string =>
	[...rig.pool.usage().minutes()]
		.map(({ outcome, sends, input, output }) => [outcome, sends, input, output].join(' '))
		.join();

describe('what an outcome leaves behind', () => {
	it('an answer: its tokens in the minute, on the key and in the statistics, thoughts with the output', async () => {
		const rig = new Rig({ a: {} }, () => counts());
		await rig.answer();
		const [view] = rig.pool.snapshot().keys;
		assert.deepEqual(view?.tokens, { input: 700, output: 15 });
		assert.deepEqual([view.models[0]?.tokensToday, view.models[0]?.inFlight], [700, 0]);
		assert.equal(count(rig), 'answered 1 700 15');
	});

	it('an answer without counts keeps the estimate', async () => {
		const rig = new Rig({ a: {} }, async function* () {
			await Promise.resolve();
			yield { output: 'x', finishReason: 'STOP' };
		});
		await rig.answer();
		const [view] = rig.pool.snapshot().keys;
		assert.deepEqual([view?.tokens, view?.models[0]?.tokensToday], [{ input: 0, output: 0 }, 100]);
		assert.equal(count(rig), 'answered 1 0 0');
	});

	it('a cancel: counted as sent, against no key; one that never left costs nothing', async () => {
		const rig = new Rig({ a: {} }, hangs);
		const stop = new AbortController();
		const asked = rig.ask({}, stop.signal);
		await rig.clock.settle();
		stop.abort();
		await rig.clock.until(asked.ended);
		await rig.clock.settle();
		const [view] = rig.pool.snapshot().keys;
		assert.deepEqual([view?.fail, view?.score, view?.models[0]?.requestsToday], [0, 100, 1]);
		assert.equal(count(rig), 'cancelled 1 0 0');
	});

	it('a failure is counted by its reason, with the tokens that came before it', async () => {
		const rig = new Rig({ a: {} }, async function* () {
			await Promise.resolve();
			yield { output: 'x', usage };
			throw new Failure({ type: 'fail', reason: 'badRequest' }, true, '');
		});
		await rig.answer();
		assert.equal(count(rig), 'badRequest 1 700 15');
	});

	it('calls that were refused for quota, for the tier or for the key did not count at the service', async () => {
		const close: FailureAction = { type: 'markUnsupported', reason: 'tierLacksModel', forMs: 1 };
		const refusals: readonly (readonly [FailureAction, number])[] = [
			[rpm(1000), 0],
			[close, 0],
			[badKey, 0],
			[{ type: 'fail', reason: 'badRequest' }, 1],
		];
		for (const [action, counted] of refusals) {
			const rig = new Rig({ a: {} }, () => fails(action));
			await rig.answer({ maxWaitMs: 0 });
			assert.equal(modelsOf(rig)['m'], counted, action.reason);
			assert.equal(rig.pool.snapshot().keys[0]?.fail, counted === 0 ? 1 : 0, action.reason);
		}
	});

	it('the first sign of life lets those through who wait for the probe', async () => {
		let pieces: (() => void) | undefined;
		const rig = new Rig({ a: {} }, (send) =>
			send.nth === 1
				? fails({ type: 'coolDown', reason: 'capacity', delayMs: 10_000 })
				: (async function* () {
						yield { output: 'first' };
						if (send.nth === 2) await new Promise<void>((resolve) => (pieces = resolve));
						yield { finishReason: 'STOP' };
					})(),
		);
		const probe = rig.ask();
		await rig.clock.settle();
		const second = rig.ask();
		await rig.clock.advance(10_001);
		assert.ok(second.done, 'the second is answered while the probe is under way');
		assert.equal(probe.done, undefined);
		pieces?.();
		await rig.clock.until(probe.ended);
		assert.ok(probe.done);
	});

	it('a probe whose consumer stops reading at the first token has let the others through', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(10_000)) : answers(send)));
		const parts = rig.pool.stream(rig.request(), rig.open)[Symbol.asyncIterator]();
		await parts.next();
		const asked = parts.next();
		await rig.clock.until(asked);
		const token = await asked;
		assert.ok(token.done !== true && token.value.type === 'output');
		const before = rig.elapsed;
		assert.equal((await rig.answer()).text, 'from a');
		assert.equal(rig.elapsed, before, 'nobody waits for who does not read on');
	});

	it('the first token of a call that nobody waits for is shown before the store is told', async () => {
		const rig = new Rig({ a: {} }, answers);
		const changed: string[] = [];
		const parts = rig.pool.stream(rig.request(), rig.open)[Symbol.asyncIterator]();
		rig.store.onDidChange((refs) => changed.push(...refs.map(({ kind }) => kind)));
		const token = await parts.next();
		assert.ok(token.done !== true && token.value.type === 'output');
		assert.deepEqual(changed, ['spending', 'bucket', 'key', 'model'], 'the grant, and that it is asked for');
		await parts.next();
		assert.ok(changed.length > 4, 'then the rest');
	});

	it('a stream that goes on keeps its place, however long it takes', async () => {
		const rig = new Rig({ a: { limits: { m: { rpm: 50 } } } }, (_, clock) =>
			(async function* () {
				for (let n = 0; n < 40; n++) {
					yield { output: String(n) };
					await new Promise<void>((resolve) => clock.after(20_000, resolve));
				}
				yield { finishReason: 'STOP', usage };
			})(),
		);
		const asked = rig.ask();
		for (let n = 0; n < 39; n++) {
			await rig.clock.advance(20_000);
			const lease = rig.store.replica().bucket.get('p-a/m' as BucketId)?.leases[0];
			assert.ok((lease?.expiresAt ?? 0) > rig.clock.wall(), `after ${n * 20} s`);
		}
		await rig.clock.until(asked.ended);
		assert.equal(rig.pool.snapshot().keys[0]?.models[0]?.inFlight, 0);
	});

	it('an overload ends with the first answer, and a probe that says nothing of it frees the next', async () => {
		const overload: FailureAction = {
			type: 'retrySameKey',
			reason: 'overloaded',
			scope: 'model',
			maxRetries: 4,
			afterRetries: 'fail',
		};
		const rig = new Rig({ a: {} }, (send) => {
			if (send.nth === 1) return fails(overload);
			return send.nth === 2 ? fails({ type: 'fail', reason: 'badRequest' }) : answers(send);
		});
		const first = rig.ask();
		await rig.clock.until(first.ended);
		assert.equal(first.error?.reason, 'badRequest');
		const model = () => rig.store.replica().model.get('m');
		assert.deepEqual([model()?.backoffLevel, model()?.probe], [1, undefined]);
		assert.ok((await rig.answer({ maxWaitMs: 0 })).done, 'nobody waits for the probe that is over');
		assert.equal(model()?.backoffLevel, 0);
	});

	it('a cancelled probe of an overload frees the next one, too', async () => {
		const overload: FailureAction = {
			type: 'retrySameKey',
			reason: 'overloaded',
			scope: 'model',
			maxRetries: 4,
			afterRetries: 'fail',
		};
		const rig = new Rig({ a: {} }, (send) =>
			send.nth === 1 ? fails(overload) : send.nth === 2 ? hangs(send) : answers(send),
		);
		const stop = new AbortController();
		const first = rig.ask({}, stop.signal);
		await rig.clock.advance(2000);
		assert.equal(rig.sends.length, 2);
		stop.abort();
		await rig.clock.settle();
		await rig.clock.until(first.ended);
		assert.ok((await rig.answer({ maxWaitMs: 0 })).done);
	});
});

describe('a model by another name', () => {
	const alias = { models: ['latest'] as [string] };

	it('is known from the answer, and from then on shares the bucket of its own name', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) =>
			send.model === 'latest' ? counts({ servedModel: 'real' }) : answers(send),
		);
		await rig.answer(alias);
		assert.deepEqual(modelsOf(rig, 'a'), { real: 1 }, 'what was counted moves along');
		await rig.answer(alias);
		await rig.answer(alias);
		assert.deepEqual(modelsOf(rig, 'a'), { real: 2 });
		assert.deepEqual(modelsOf(rig, 'b'), { real: 1 });
	});

	it('is no alias where the answer names the very model', async () => {
		const rig = new Rig({ a: {} }, () => counts({ servedModel: 'm' }));
		await rig.answer();
		assert.equal(rig.pool.snapshot().aliases.get('m'), 'm');
		assert.deepEqual(modelsOf(rig), { m: 1 });
	});

	it('is believed of a quota rather than of an answer', async () => {
		let served = 'first';
		const rig = new Rig({ a: {} }, (send) =>
			send.nth === 2 ? fails({ ...rpm(1000), model: 'quota' } as FailureAction) : counts({ servedModel: served }),
		);
		const known = (): unknown => rig.store.replica().model.get('latest')?.resolvesTo;
		await rig.answer(alias);
		assert.deepEqual(known(), { model: 'first', from: 'answer' });
		await rig.answer({ ...alias, maxWaitMs: 0 });
		assert.deepEqual(known(), { model: 'quota', from: 'quota' });
		await rig.clock.advance(1001);
		served = 'other';
		await rig.answer(alias);
		assert.deepEqual(known(), { model: 'quota', from: 'quota' });
	});

	it('cools down under both names, in that project alone', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) =>
			send.key === 'a' ? fails({ ...rpm(), model: 'real' } as FailureAction) : answers(send),
		);
		await rig.answer(alias);
		const states = [...rig.store.replica().bucket].map(([id, { status: state }]) => `${id} ${state.state}`).sort();
		assert.deepEqual(states, ['p-a/latest coolingDown', 'p-a/real coolingDown', 'p-b/real available']);
	});
});

describe('a quarantine', () => {
	it('takes every key of its scope: the key, the project, the billing account', async () => {
		const keys = {
			a: { project: 'p', account: 'x' },
			b: { project: 'p', account: 'x' },
			c: { project: 'q', account: 'x' },
			d: { project: 'r' },
		};
		const quarantined = async (action: FailureAction): Promise<string> => {
			const rig = new Rig(keys, (send) => (send.key === 'a' ? fails(action) : answers(send)));
			await rig.answer();
			return ['a', 'b', 'c', 'd'].filter((id) => availability(rig, id) === 'quarantined').join('');
		};
		const billing: FailureAction = { ...blocked, reason: 'billing', scope: 'account' };
		assert.equal(await quarantined(blocked), 'a');
		assert.equal(await quarantined(disabled), 'ab');
		assert.equal(await quarantined(billing), 'abc');
	});

	it('by a first check is kept, and one that the service knows is proven', async () => {
		const rig = new Rig({ a: {}, b: {} }, answers);
		await rig.pool.recordCheck('a' as KeyId, new Failure(blocked, true, 'why not'));
		await rig.pool.recordCheck('b' as KeyId, undefined);
		const [a, b] = rig.pool.snapshot().keys;
		assert.deepEqual(
			[a?.availability.state, a?.availability.state === 'quarantined' && a.availability.serviceMessage],
			['quarantined', 'why not'],
		);
		assert.deepEqual([b?.availability.state, b?.isVerified], ['usable', true]);
	});

	it('by a check that did not reach the service changes nothing', async () => {
		const rig = new Rig({ a: {} }, answers);
		rig.checking = () =>
			new Failure(
				{ type: 'retrySameKey', reason: 'network', scope: 'request', maxRetries: 4, afterRetries: 'fail' },
				false,
				'',
			);
		const failure = await rig.pool.check('a' as KeyId);
		assert.equal(failure?.action.reason, 'network');
		assert.deepEqual([availability(rig, 'a'), rig.pool.snapshot().keys[0]?.isVerified], ['usable', false]);
	});

	it('is asked about once, although two windows have the same timer', async () => {
		const one = new Rig({ a: {} }, () => fails(badKey));
		const two = new Rig({ a: {} }, answers, { beside: one, window: 'two' });
		let asked = 0;
		one.checking = two.checking = () => {
			asked++;
			return new Failure(badKey, true, '');
		};
		await one.answer();
		await one.clock.advance(59_999);
		assert.equal(asked, 0);
		await one.clock.advance(2);
		assert.equal(asked, 1);
		await one.clock.advance(179_000);
		assert.equal(asked, 1);
		await one.clock.advance(1_001);
		assert.equal(asked, 2, 'again after 3 min');
	});
});

describe('an abuse signal', () => {
	/** Every key works once; then some are refused. All are asked once every half minute. */
	async function refusals(
		keys: ConstructorParameters<typeof Rig>[0],
		verdictOf: (send: Send) => FailureAction | undefined,
	): Promise<string | undefined> {
		const rig = new Rig(keys, (send) => {
			const action = send.nth === 1 ? undefined : verdictOf(send);
			return action ? fails(action) : answers(send);
		});
		for (let n = 0; n < Object.keys(keys).length; n++) await rig.answer();
		for (let round = 0; round < 4; round++) {
			for (let n = 0; n < Object.keys(keys).length; n++) await rig.answer({ maxWaitMs: 0 });
			await rig.clock.advance(30_000);
		}
		return rig.pool.snapshot().paused?.reason;
	}
	const three = { a: {}, b: {}, c: {}, d: {} };
	const but = (action: FailureAction) => (send: Send) => (send.key === 'd' ? undefined : action);

	it('is three keys that had worked, refused within a minute', async () => {
		assert.equal(await refusals(three, but(blocked)), 'blocked');
		assert.equal(await refusals(three, (send) => (send.key < 'c' ? blocked : undefined)), undefined, 'two are none');
		const from = (times: Readonly<Record<string, number>>) => (send: Send) =>
			send.at >= (times[send.key] ?? Infinity) ? blocked : undefined;
		assert.equal(await refusals(three, from({ a: 0, b: 30_000, c: 60_000 })), 'blocked', 'in just a minute');
		assert.equal(await refusals(three, from({ a: 0, b: 30_000, c: 60_001 })), undefined, 'in more than a minute');
	});

	it('counts a project that was switched off once, however many keys it has', async () => {
		const shared = { a: { project: 'p' }, b: { project: 'p' }, c: { project: 'p' }, d: {} };
		assert.equal(await refusals(shared, but(disabled)), undefined);
		assert.equal(await refusals(three, but(disabled)), 'serviceDisabled');
		assert.equal(await refusals(shared, but({ ...blocked, scope: 'project' })), undefined, 'or deleted');
		assert.equal(await refusals(shared, but(blocked)), 'blocked', 'each refused for itself');
	});

	it('is no dead key, however many', async () => {
		assert.equal(await refusals(three, but(badKey)), undefined);
	});

	it('is ended by a person', async () => {
		const rig = new Rig({ a: {}, b: {} }, () => fails({ ...blocked, reason: 'leaked', abuse: true }));
		await rig.answer();
		assert.deepEqual([rig.pool.snapshot().paused?.reason, rig.pool.snapshot().usable], ['leaked', 0]);
		await rig.pool.execute({ type: 'resume' });
		assert.deepEqual([rig.pool.snapshot().paused, rig.pool.snapshot().usable], [undefined, 1]);
	});
});

describe('a word of a person', () => {
	it('clears the cooldown of one model, under each of its names, or of all, but no daily cap', async () => {
		const keys = { a: { dailyCap: { requests: 50 } } };
		const rig = new Rig(keys, (send) =>
			send.model === 'latest' ? fails({ ...rpd, model: 'real' } as FailureAction) : fails(rpd),
		);
		await rig.answer({ models: ['latest'], maxWaitMs: 0 });
		await rig.answer({ models: ['m'], maxWaitMs: 0 });
		const coolingDown = (): string =>
			[...rig.store.replica().bucket]
				.filter(([, { status: state }]) => state.state === 'coolingDown')
				.map(([id]) => id)
				.join(' ');
		const project = 'p-a' as Parameters<Rig['pool']['execute']>[0] extends { project: infer P } ? P : never;
		assert.equal(coolingDown(), 'p-a/latest p-a/real p-a/m');
		await rig.pool.execute({ type: 'clearCooldown', project, model: 'latest' });
		assert.equal(coolingDown(), 'p-a/m');
		const before = rig.store.replica().bucket.get('p-a/*' as BucketId);
		await rig.pool.execute({ type: 'clearCooldown', project });
		assert.equal(coolingDown(), '');
		assert.equal(rig.store.replica().bucket.get('p-a/*' as BucketId), before);
	});

	it('frees a quarantined key', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(blocked) : answers(send)));
		await rig.answer();
		assert.equal(availability(rig, 'a'), 'quarantined');
		await rig.pool.execute({ type: 'liftQuarantine', key: 'a' as KeyId });
		assert.ok((await rig.answer()).done);
	});
});

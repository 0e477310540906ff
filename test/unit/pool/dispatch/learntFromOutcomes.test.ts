import assert from 'node:assert/strict';
import {
	Failure,
	type BucketId,
	type Chunk,
	type FailureAction,
	type KeyId,
	type ProjectId,
} from '../../../../src/pool/pool';
import { BudgetGuard } from '../../../../src/pool/budget/budgetGuard';
import { execute } from '../../../../src/pool/dispatch/poolCommand';
import { OutcomeRecorder } from '../../../../src/pool/dispatch/outcomeRecorder';
import { KeySet } from '../../../../src/pool/types/keySet';
import { Chooser } from '../../../support/pool/chooser';
import { planned } from '../../../support/pool/keyPlan';
import { plainCost, plainPricing } from '../../../support/pool/pricing';
import { answers, badKey, fails, hangs, leaked, overloaded, Rig, rpm, type KeyPlan } from '../../../support/pool/rig';

/** An answer, perhaps by another model than the one asked for. */
async function* by(more: Partial<Chunk<string>> = {}): AsyncGenerator<Chunk<string>> {
	await Promise.resolve();
	yield { output: 'x' };
	yield { finishReason: 'STOP', ...more };
}

const latest = { models: ['latest'] as [string], maxWaitMs: 0 };
const counted = (rig: Rig): Readonly<Record<string, number>> =>
	Object.fromEntries(
		(rig.pool.snapshot().keys[0]?.models ?? []).map(({ model, requestsToday }) => [model, requestsToday]),
	);

describe('the first piece of an answer', () => {
	/** Says one thing, then nothing more. */
	async function* begins(...[send]: Parameters<typeof hangs>): AsyncGenerator<Chunk<string>> {
		yield { output: 'x' };
		yield* hangs(send);
	}

	it('lets the next call go where nobody knows how many a minute has', async () => {
		const rig = new Rig({ a: {} }, begins);
		const asked = [1, 2, 3, 4, 5].map(() => rig.ask());
		await rig.clock.settle();
		await rig.clock.advance(0);
		assert.deepEqual([rig.sends.length, rig.elapsed], [5, 0]);
		rig.pool.dispose();
		await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
	});

	it('is not written where somebody has set the requests of a minute: a key that many want has one commit at a time', async () => {
		const written = async (limits: KeyPlan['limits']): Promise<number> => {
			const rig = new Rig({ a: { ...(limits && { limits }) } }, begins);
			let steps = 0;
			const off = rig.store.onDidChange((refs) => {
				if (refs.some(({ kind }) => kind === 'bucket')) steps++;
			});
			const asked = rig.ask();
			await rig.clock.advance(0);
			off();
			assert.equal(asked.text, 'x');
			rig.pool.dispose();
			await rig.clock.until(asked.ended);
			return steps;
		};
		assert.deepEqual(
			[await written(undefined), await written({ m: { rpm: 9 } }), await written({ m: { rpd: 9 } })],
			[2, 1, 2],
		);
	});

	it('ends an overload for those who wait, also where the service has stated the limit of the key', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(overloaded) : begins(send)));
		await rig.store.transact((tx, now) => {
			const id = 'p-a/m' as BucketId;
			const rpm = { value: 50, source: 'stated', at: now, retestAt: now + 600_000, retestMs: 600_000 } as const;
			tx.put({ kind: 'bucket', id, doc: { ...tx.bucket(id), limits: { rpm } } });
		});
		const first = rig.ask();
		await rig.clock.settle();
		const asked = [first, rig.ask()];
		await rig.clock.advance(1_000);
		await rig.clock.settle();
		assert.deepEqual([asked.map(({ text }) => text), rig.elapsed], [['x', 'x'], 1_000]);
		rig.pool.dispose();
		await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
	});
});

describe('that a model is asked for', () => {
	const steps = async (script: ConstructorParameters<typeof Rig>[1], more: Parameters<Rig['ask']>[0] = {}) => {
		const rig = new Rig({ a: {} }, script);
		const changed: (readonly string[])[] = [];
		rig.store.onDidChange((refs) => changed.push(refs.map(({ kind }) => kind)));
		await rig.answer(more);
		return { rig, changed };
	};

	it('is said by the step that grants the lease: a request waits for no step before it', async () => {
		const { changed } = await steps(() => by());
		assert.ok(changed[0]?.includes('bucket') && changed[0].includes('model'), JSON.stringify(changed));
		assert.equal(changed.filter((kinds) => kinds.includes('model')).length, 1);
	});

	it('is said where another one answers, and where none can', async () => {
		const isAsked = (rig: Rig, model: string) => rig.store.replica().model.get(model)?.askedAt !== undefined;
		const fallback = await steps((send) => (send.model === 'm' ? fails(rpm(60_000)) : by()), { models: ['m', 'n'] });
		await fallback.rig.clock.advance(31_000);
		await fallback.rig.answer({ models: ['m', 'n'] });
		const { askedAt = 0 } = fallback.rig.store.replica().model.get('m') ?? {};
		assert.ok(askedAt >= fallback.rig.clock.wall() - 1_000, String(askedAt));
		const rig = new Rig({}, () => by());
		await rig.answer({ maxWaitMs: 0 });
		assert.ok(isAsked(rig, 'm'));
	});

	it('is said as soon as a request begins to wait', async () => {
		const rig = new Rig({ a: { limits: { m: { rpm: 1 } } } }, () => by());
		await rig.answer();
		await rig.clock.advance(31_000);
		const asked = rig.ask({ maxWaitMs: 60_000 });
		await rig.clock.advance(10);
		const { askedAt = 0 } = rig.store.replica().model.get('m') ?? {};
		assert.ok(askedAt >= rig.clock.wall() - 1_000, String(askedAt));
		await rig.clock.until(asked.ended);
	});
});

describe('what a name stands for', () => {
	it('is learnt from an answer that names a model, after answers and refusals that named none', async () => {
		const rig = new Rig({ a: {} }, (send) => {
			if (send.nth === 2) return fails(rpm(1_000));
			return by(send.nth > 2 ? { servedModel: 'real' } : {});
		});
		await rig.answer(latest);
		await rig.answer(latest);
		await rig.clock.advance(60_000);
		await rig.answer(latest);
		assert.equal(rig.store.replica().model.get('latest')?.resolvesTo?.model, 'real');
		assert.equal(counted(rig)['real'], 2, 'what was counted moves along');
	});

	it('counts nothing twice where it changes and changes back', async () => {
		const served = ['one', 'two', 'one', 'two'];
		const rig = new Rig({ a: {} }, (send) => by({ servedModel: served[send.nth - 1] ?? 'one' }));
		for (let n = 0; n < 4; n++) await rig.answer(latest);
		assert.deepEqual(counted(rig), { one: 3, two: 1 });
	});

	it("lets a user's limit under the name fall where the service refuses below it", async () => {
		const rig = new Rig({ a: { limits: { latest: { rpm: 10 } } } }, (send) =>
			send.nth === 1 ? by({ servedModel: 'real' }) : fails(rpm(1_000, 5)),
		);
		await rig.answer(latest);
		await rig.answer({ models: ['real'], maxWaitMs: 0 });
		const room = rig.pool.snapshot().keys[0]?.models.find(({ model }) => model === 'real')?.limitUsage.rpm;
		assert.equal(room?.limit, 5);
	});
});

describe('the number of a project', () => {
	const named: FailureAction = { ...rpm(1_000), consumer: '123' } as FailureAction;
	const toldBy = async (happens: (rig: Rig) => Promise<unknown>, action: FailureAction): Promise<string[]> => {
		const rig = new Rig({ a: {} }, () => fails(action));
		const told: string[] = [];
		rig.pool.onEvent((event) => {
			if (event.type === 'projectNamed') told.push(`${event.key} ${event.number}`);
		});
		await happens(rig);
		return told;
	};

	it('is told when a failed call or a check names it, and then alone', async () => {
		const call = (rig: Rig): Promise<unknown> => rig.answer({ maxWaitMs: 0 });
		assert.deepEqual(await toldBy(call, named), ['a 123']);
		assert.deepEqual(await toldBy(call, rpm(1_000)), []);
		const check = (rig: Rig): Promise<unknown> => {
			rig.checking = () => new Failure({ ...badKey, consumer: '123' } as FailureAction, true, '');
			return rig.pool.check('a' as KeyId);
		};
		assert.deepEqual(await toldBy(check, named), ['a 123']);
		assert.deepEqual(await toldBy((rig) => rig.pool.check('a' as KeyId), named), []);
	});
});

describe('a check that the service answers with something else than the key', () => {
	const badRequest: FailureAction = { type: 'fail', reason: 'badRequest' };

	it('is a re-check that failed: the last one is not made for ever', async () => {
		const rig = new Rig({ a: {} }, answers);
		await rig.pool.recordCheck('a' as KeyId, undefined);
		await rig.pool.recordCheck('a' as KeyId, new Failure(badKey, true, ''));
		rig.checking = () => new Failure(badRequest, true, '');
		await rig.clock.advance(24 * 3_600_000);
		assert.deepEqual(rig.checks, ['a']);
		const [view] = rig.pool.snapshot().keys;
		assert.equal(view?.availability.state === 'quarantined' && view.availability.recheckAt, undefined);
	});

	it('leaves a key in use as it was', async () => {
		const rig = new Rig({ a: {} }, answers);
		rig.checking = () => new Failure(badRequest, true, '');
		await rig.pool.check('a' as KeyId);
		assert.equal(rig.pool.snapshot().keys[0]?.availability.state, 'usable');
	});
});

describe('a re-check that every window has a timer for', () => {
	const a = 'a' as KeyId;

	it('is for the first that takes it once it is due, and for none where the key needs no other', async () => {
		const chooser = new Chooser({ a: {} });
		const guard = new BudgetGuard(
			() => undefined,
			() => ({}),
		);
		const keySet = new KeySet(...planned({ a: {} }));
		const recorder = new OutcomeRecorder(
			chooser.store,
			() => keySet,
			() => 0,
			() => 1_000,
			guard,
			() => undefined,
		);
		assert.equal(await recorder.takeRecheck(a), false, 'nothing is known of the key');
		await recorder.checked(a, new Failure(badKey, true, ''));
		await chooser.clock.advance(59_999);
		assert.equal(await recorder.takeRecheck(a), false, 'not yet');
		await chooser.clock.advance(1);
		assert.deepEqual([await recorder.takeRecheck(a), await recorder.takeRecheck(a)], [true, false]);
		await recorder.checked(a, new Failure(leaked, true, ''));
		await chooser.clock.advance(24 * 3_600_000);
		const target = { store: chooser.store, keySet, guard, model: 'm' };
		await execute({ type: 'resume' }, target);
		assert.equal(await recorder.takeRecheck(a), false, 'only a person can lift that');
		await execute({ type: 'liftQuarantine', key: a }, target);
		assert.equal(await recorder.takeRecheck(a), false);
	});
});

describe('a key that a person uses again', () => {
	it('brings the others back that the same stop of their project or account had set aside, and no more', async () => {
		const paid = { tier: 'paid', account: 'A' } as const;
		const keys = {
			...{ a: { ...paid, project: 'x' }, b: { ...paid, project: 'x' }, c: { ...paid, project: 'y' } },
			own: { project: 'z' },
		};
		const stopped = (scope: 'account' | 'project'): FailureAction => ({
			...{ type: 'quarantine', reason: 'billing', scope, abuse: false, recheckMs: [] },
		});
		const rig = new Rig(keys, (send) => fails(send.key === 'own' ? stopped('project') : stopped('account')));
		const usable = (): string =>
			rig.pool
				.snapshot()
				.keys.filter(({ availability }) => availability.state === 'usable')
				.map(({ key }) => key.id)
				.join(' ');
		await rig.answer({ needs: { paid: true } });
		await rig.clock.advance(1_000);
		await rig.answer();
		assert.equal(usable(), '');
		await rig.pool.execute({ type: 'liftQuarantine', key: 'own' as KeyId });
		assert.equal(usable(), 'own');
		await rig.pool.execute({ type: 'liftQuarantine', key: 'a' as KeyId });
		assert.equal(usable(), 'a b c own');
	});
});

describe('what an outcome costs', () => {
	it('is in the statistics where prices are known, and absent where not', async () => {
		const costs = async (pricing?: typeof plainPricing): Promise<unknown> => {
			const rig = new Rig({ a: { tier: 'paid' } }, answers, pricing ? { pricing } : {});
			await rig.answer();
			return rig.pool.usage().minutes()[0]?.cost;
		};
		assert.deepEqual([await costs(plainPricing), await costs()], [plainCost, undefined]);
	});

	it('is charged where a person stops an answer: the service may have gone on', async () => {
		const rig = new Rig({ a: { tier: 'paid' } }, hangs, { pricing: plainPricing });
		const stop = new AbortController();
		const asked = rig.ask({}, stop.signal);
		await rig.clock.advance(1_000);
		stop.abort();
		await rig.clock.until(asked.ended);
		await rig.clock.settle();
		assert.ok((rig.pool.usage().minutes()[0]?.cost ?? 0) > 0);
	});
});

describe('a cooldown that a person clears', () => {
	it('lets the keys of that project ask for the model again, and no others', async () => {
		const denied: FailureAction = { type: 'denyModel', reason: 'modelDenied', forMs: 3_600_000 };
		const rig = new Rig({ a: {}, b: {} }, () => fails(denied));
		await rig.answer({ maxWaitMs: 0 });
		assert.equal(rig.order, 'a b');
		await rig.pool.execute({ type: 'clearCooldown', project: 'p-a' as ProjectId, model: 'm' });
		rig.setScript(answers);
		for (let n = 0; n < 2; n++) assert.equal((await rig.answer({ maxWaitMs: 0 })).text, 'from a');
	});
});

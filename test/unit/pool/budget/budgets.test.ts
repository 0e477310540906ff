import assert from 'node:assert/strict';
import type { Budgets, Chunk, PoolRequest, StateStore } from '../../../../src/pool/pool';
import { plainCost, plainMaxCost, plainPricing } from '../../../support/pool/pricing';
import { answers, breaks, fails, hangs, internal, Rig, rpm, type Send } from '../../../support/pool/rig';
import type { VirtualClock } from '../../../support/virtualClock';
import type { InMemoryStore } from '../../../support/pool/inMemoryStore';

const dollars = (microDollars: number): number => microDollars / 1e6;
const midnight = Date.UTC(2026, 10, 25, 8);
const paid = { tier: 'paid' } as const;
const priced = (budgets: Budgets) => ({ pricing: plainPricing, budgets });
/** Room for so many answers one after the other: each needs its reservation before, and its cost after. */
const roomFor = (n: number): number => dollars(plainCost * (n - 1) + plainMaxCost);

/** Asks until it is refused; answers how often it was answered. */
async function loop(rig: Rig, more: Partial<PoolRequest> = {}, most = 500): Promise<number> {
	for (let n = 0; n < most; n++) {
		const asked = await rig.answer(more);
		if (asked.error?.reason === 'budget') return n;
		assert.equal(asked.error, undefined);
	}
	return assert.fail(`nothing stopped it in ${most} requests`);
}

describe('a budget of the pool', () => {
	it('stops a loop where the next reservation does not fit, and says when it begins anew', async () => {
		const rig = new Rig({ a: paid }, answers, priced({ pool: { day: roomFor(7) } }));
		assert.equal(await loop(rig), 7);
		const { error } = await rig.answer();
		assert.deepEqual(
			[error?.reason, error?.facts.retryAt, error?.facts.shortage],
			[
				'budget',
				midnight,
				{
					scope: 'pool',
					period: 'day',
					limit: plainCost * 6 + plainMaxCost,
					used: plainCost * 7,
					needed: plainMaxCost,
				},
			],
		);
		await rig.clock.advance(13 * 3_600_000);
		assert.equal(await loop(rig), 7);
	});

	it('holds for the month as well', async () => {
		const rig = new Rig({ a: paid }, answers, priced({ pool: { day: 1, month: roomFor(5) } }));
		assert.equal(await loop(rig), 5);
		const { error } = await rig.answer();
		assert.deepEqual([error?.facts.shortage?.period, error?.facts.retryAt], ['month', Date.UTC(2026, 11, 1, 8)]);
		await rig.clock.advance(13 * 3_600_000);
		assert.equal(await loop(rig), 0);
	});

	it('says when the last of several begins anew: a request that waits for the day is not told of the month then', async () => {
		const over = async (budgets: Budgets, budget: { day?: number; month?: number } = {}) => {
			const rig = new Rig({ a: { ...paid, budget } }, answers, priced(budgets));
			await loop(rig);
			const { error } = await rig.answer();
			return [error?.facts.shortage?.scope, error?.facts.shortage?.period, error?.facts.retryAt];
		};
		const monthEnds = Date.UTC(2026, 11, 1, 8);
		const two = roomFor(2);
		assert.deepEqual(await over({ pool: { day: two, month: two } }), ['pool', 'month', monthEnds]);
		assert.deepEqual(await over({ pool: { day: two } }, { month: two }), ['project/p-a', 'month', monthEnds]);
		assert.deepEqual(await over({ pool: { day: two } }, { day: two }), ['pool', 'day', midnight]);
	});

	it('counts what was spent before it was set', async () => {
		const rig = new Rig({ a: paid }, answers, priced({}));
		for (let n = 0; n < 5; n++) await rig.answer();
		rig.pool.configure({ budgets: { pool: { day: roomFor(7) } } });
		assert.equal(await loop(rig), 2);
	});

	it('costs nothing on free keys, which take what does not fit', async () => {
		const rig = new Rig({ free: {}, a: paid }, answers, {
			...priced({ pool: { day: roomFor(3) } }),
			paidKeys: 'first',
		});
		for (let n = 0; n < 6; n++) assert.equal((await rig.answer()).error, undefined);
		assert.equal(rig.order, 'a a a free free free');
		const costs = rig.pool
			.usage()
			.requestRecords()
			.map(({ attempts: [attempt] }) => attempt?.cost);
		assert.deepEqual(costs, [plainCost, plainCost, plainCost, 0, 0, 0]);
	});

	it('lets no free key take what only paid ones may have', async () => {
		const rig = new Rig({ free: {}, a: paid }, answers, { ...priced({ pool: { day: roomFor(2) } }), paidOnly: true });
		assert.equal(await loop(rig), 2);
		assert.equal(rig.order, 'a a');
	});

	it('tries a cheaper model before it refuses', async () => {
		const rig = new Rig({ a: paid }, answers, priced({ pool: { day: dollars(plainMaxCost + plainCost) } }));
		const asked = await rig.answer({ models: ['dear', 'm'] });
		assert.deepEqual([asked.done?.on.model, asked.types], ['m', 'switched output done']);
	});

	it('is waited for while calls under way hold what is missing', async () => {
		const slowly = async function* (send: Send, clock: VirtualClock): AsyncGenerator<Chunk<string>> {
			await new Promise<void>((resolve) => clock.after(4_000, resolve));
			yield* answers(send);
		};
		const rig = new Rig({ a: { ...paid, limits: { m: { rpm: 99 } } } }, slowly, priced({ pool: { day: roomFor(3) } }));
		const asked = [rig.ask(), rig.ask(), rig.ask()];
		await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
		assert.deepEqual(
			asked.map(({ error }) => error),
			[undefined, undefined, undefined],
		);
		assert.deepEqual(
			rig.sends.map(({ at }) => Math.round(at / 1000)),
			[0, 4, 8],
		);
		const waits = asked[1]?.parts.find(({ type }) => type === 'waiting');
		assert.equal(waits?.type === 'waiting' && waits.reason, 'budget');
	});

	it('says at once that it can never do where one answer alone is too dear', async () => {
		const rig = new Rig({ a: paid }, answers, priced({ pool: { day: dollars(plainMaxCost - 1) } }));
		const { error } = await rig.answer();
		assert.deepEqual([error?.reason, error?.facts.retryAt, rig.sends.length], ['budget', undefined, 0]);
		assert.equal((await rig.answer({ size: { bytes: 400, tokens: 0, maxOutput: 999 } })).text, 'from a');
	});

	it('is raised for today by a person, and the waiting goes on', async () => {
		const rig = new Rig({ a: paid }, answers, priced({ pool: { day: roomFor(1) } }));
		assert.equal(await loop(rig), 1);
		await rig.pool.execute({ type: 'raiseBudget', scope: 'pool', period: 'day', by: plainCost * 2 });
		assert.equal(await loop(rig), 2);
		await rig.clock.advance(13 * 3_600_000);
		assert.equal(await loop(rig), 1);
	});
});

describe('budgets of projects and clients', () => {
	it('stop theirs alone', async () => {
		const rig = new Rig(
			{ a: { ...paid, budget: { day: roomFor(2) } }, b: paid },
			answers,
			priced({ clients: { 'gateway:loop': { day: roomFor(4) } } }),
		);
		assert.equal(await loop(rig, { origin: 'gateway:loop' }), 4);
		assert.equal((await rig.answer({ origin: 'gateway:other' })).text, 'from b');
		assert.deepEqual([...new Set(rig.sends.slice(3).map(({ key }) => key))], ['b']);
		const { error } = await rig.answer({ origin: 'gateway:loop' });
		assert.deepEqual([error?.facts.shortage?.scope, error?.facts.shortage?.period], ['client/gateway:loop', 'day']);
	});

	it('take no name of an object’s own for a client', async () => {
		const rig = new Rig({ a: paid }, answers, priced({ clients: {} }));
		assert.equal((await rig.answer({ origin: 'constructor' })).text, 'from a');
	});
});

describe('what a call costs', () => {
	it('is what the service counted, also of a stream whose silences are as long as they may be', async () => {
		const pause = (clock: VirtualClock, ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
		async function* slowly(send: Send, clock: VirtualClock): AsyncGenerator<Chunk<string>> {
			for (const ms of [74_000, 119_000, 21_000, 119_000]) {
				await pause(clock, ms);
				yield { output: 'more ' };
			}
			yield* answers(send);
		}
		const rig = new Rig({ a: paid }, slowly, priced({ pool: { day: 1 } }));
		assert.ok((await rig.answer({ idle: { firstMs: 120_000, betweenMs: 120_000 } })).done);
		assert.equal(rig.store.replica().spending.get('pool')?.day.cost, plainCost);
	});

	const costOf = async (script: ConstructorParameters<typeof Rig>[1], more: Partial<PoolRequest> = {}) => {
		const rig = new Rig({ a: paid }, script, priced({}));
		await rig.answer({ maxWaitMs: 0, ...more });
		const { day, reservations } = rig.store.replica().spending.get('pool') ?? assert.fail();
		assert.deepEqual(reservations, []);
		return {
			rig,
			cost: day.cost,
			attempts: rig.pool
				.usage()
				.requestRecords()
				.flatMap(({ attempts }) => attempts),
		};
	};

	it('is told with the answer, by project, client and pool alike, and by day', async () => {
		const { rig, attempts } = await costOf(answers);
		assert.equal(attempts[0]?.cost, plainCost);
		const { spending, dailyCost } = rig.store.replica();
		for (const scope of ['pool', 'project/p-a', 'client/test'] as const)
			assert.equal(spending.get(scope)?.month.cost, plainCost, scope);
		assert.deepEqual(
			[...dailyCost.values()],
			[
				{
					v: 2,
					...{
						dayEndsAt: midnight,
						monthEndsAt: Date.UTC(2026, 11, 1, 8),
						key: 'a',
						project: 'p-a',
						client: 'test',
						model: 'm',
						tier: 'paid',
						sends: 1,
					},
					...{ input: 100, cached: 0, output: 10, thoughts: 0, cost: plainCost, listCost: plainCost },
				},
			],
		);
		const asked = await rig.answer();
		assert.equal(asked.done?.attempts[0]?.cost, plainCost);
	});

	it('is that of the model that answered', async () => {
		const { cost } = await costOf(async function* (send) {
			yield* answers(send);
			yield { servedModel: 'dear' };
		});
		assert.equal(cost, 2 * plainCost);
	});

	it('is nothing where the service refused, or never had it', async () => {
		assert.equal((await costOf(() => fails(rpm()))).cost, 0);
		assert.equal((await costOf(() => fails(internal, '', false))).cost, 0);
	});

	it('is an estimate where the answer was cut: as much as can have come in the time', async () => {
		const { cost, attempts } = await costOf(async function* (send, clock) {
			if (send.nth > 1) {
				yield* answers(send);
				return;
			}
			yield { output: 'half' };
			await new Promise<void>((resolve) => clock.after(1_000, resolve));
		});
		const [cut, whole] = attempts;
		assert.deepEqual([cut?.outcome, whole?.outcome], ['cutStream', 'answered']);
		// 400 bytes are about 120 tokens at first, and 500 tokens can come in a second.
		assert.ok((cut?.cost ?? 0) >= 2 * 500 + 100 && (cut?.cost ?? 0) <= plainMaxCost, String(cut?.cost));
		assert.equal(cost, (cut?.cost ?? 0) + plainCost);
	});

	it('is no less than what the service had counted before it was cut', async () => {
		const { attempts } = await costOf(async function* (send) {
			if (send.nth > 1) {
				yield* answers(send);
				return;
			}
			yield { output: 'half', usage: { input: 90, cached: 0, output: 300, thoughts: 50 } };
		});
		assert.equal(attempts[0]?.cost, 90 + 2 * 350);
	});

	it('is all that was reserved where an answer came whole and nobody counted it, or all of it as nothing', async () => {
		for (const usage of [undefined, { input: 0, cached: 0, output: 0, thoughts: 0 }]) {
			const { cost } = await costOf(async function* () {
				await Promise.resolve();
				yield { output: 'text', finishReason: 'STOP', ...(usage && { usage }) };
			});
			assert.equal(cost, plainMaxCost);
		}
	});

	it('stays reserved however long an answer streams', async () => {
		const { cost } = await costOf(async function* (send, clock) {
			for (let n = 0; n < 30; n++) {
				yield { output: 'word ' };
				await new Promise<void>((resolve) => clock.after(20_000, resolve));
			}
			yield* answers(send);
		});
		assert.equal(cost, plainCost);
	});

	it('is counted as spent where its window died', async () => {
		const rig = new Rig({ a: paid }, hangs, priced({}));
		const asked = rig.pool.stream(rig.request(), rig.open)[Symbol.asyncIterator]();
		void asked.next().catch(() => undefined);
		await rig.clock.settle();
		assert.equal(rig.sends.length, 1);
		const late = new Rig({ a: paid }, answers, {
			...priced({ pool: { day: roomFor(1) } }),
			start: rig.clock.wall() + 5 * 60_000,
		});
		await late.store.transact((tx) => {
			for (const [id, doc] of rig.store.replica().spending) tx.put({ kind: 'spending', id, doc });
		});
		assert.equal(await loop(late), 0);
	});
});

/** A window whose copy of the store says that nothing was spent. */
function blindToSpending(store: InMemoryStore): StateStore {
	return {
		replica: () =>
			new Proxy(store.replica(), {
				get: (docs, name) => (name === 'spending' ? new Map() : (Reflect.get(docs, name) as unknown)),
			}),
		transact: (step) => store.transact(step),
		now: () => store.now(),
		onDidChange: (listener) => store.onDidChange(listener),
		close: () => store.close(),
	};
}

describe('two windows on one budget', () => {
	it('are refused in the step that would reserve, also where they do not know yet what the other has spent', async () => {
		const one = new Rig({ a: paid }, answers, priced({ pool: { day: roomFor(3) } }));
		const late = new Rig({ a: paid }, answers, {
			...priced({ pool: { day: roomFor(3) } }),
			...{ window: 'late', beside: one, seenThrough: blindToSpending },
		});
		assert.equal(await loop(one), 3);
		assert.equal((await late.answer({ maxWaitMs: 0 })).error?.reason, 'budget');
		for (let n = 0; n < 20; n++) await one.pool.noteToolCall('gateway:x', 'same');
		await one.pool.execute({ type: 'raiseBudget', scope: 'pool', period: 'day', by: 1e6 });
		assert.equal((await late.answer({ origin: 'gateway:x', maxWaitMs: 0 })).error?.reason, 'clientHeld');
		assert.equal(late.sends.length, 0);
		assert.equal((await late.answer()).text, 'from a');
	});

	it('never overspend together, whatever breaks, retries, falls back or restarts', async () => {
		for (const seed of [1, 2, 3, 4]) {
			let state = seed;
			const chance = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
			/** What the far side charges, by its own count. */
			let charged = 0;
			let sends = 0;
			const script = async function* (_: Send, clock: VirtualClock): AsyncGenerator<Chunk<string>> {
				sends++;
				const kind = chance();
				if (kind < 0.1) {
					yield* fails(rpm(2_000));
					return;
				}
				if (kind < 0.15) {
					yield* fails(internal, '', false);
					return;
				}
				charged += 100;
				for (let n = 0; n < 10; n++) {
					await new Promise<void>((resolve) => clock.after(100, resolve));
					charged += 2;
					yield { output: 'word ' };
					if (kind < 0.4 && n === 4) return;
					if (kind < 0.5 && n === 6) yield* breaks('', internal);
				}
				// Some come close to all that was reserved.
				const thoughts = kind > 0.8 ? 985 : 0;
				charged += 2 * thoughts;
				yield { finishReason: 'STOP', usage: { input: 100, cached: 0, output: 10, thoughts } };
			};
			const budget = 20 * plainMaxCost;
			const options = { ...priced({ pool: { day: dollars(budget) } }), random: chance, maxRetries: 5 };
			const keys = { a: paid, b: { ...paid, project: 'p-b' } };
			const one = new Rig(keys, script, { ...options, window: 'one' });
			// Every other time a window's copy of the store is no help.
			const beside = { ...options, beside: one, ...(seed % 2 === 0 && { seenThrough: blindToSpending }) };
			let rigs = [one, new Rig(keys, script, { ...beside, window: 'two' })];
			let refused = 0;
			for (let round = 0; round < 400 && refused < 6; round++) {
				const asked = rigs.flatMap((rig) =>
					Array.from({ length: 1 + Math.floor(chance() * 3) }, () => {
						const left = new AbortController();
						if (chance() < 0.1) one.clock.after(250, () => left.abort());
						return rig.ask({ models: chance() < 0.3 ? ['dear', 'm'] : ['m'], maxWaitMs: 30_000 }, left.signal);
					}),
				);
				await one.clock.until(Promise.all(asked.map(({ ended }) => ended)));
				const isRefused = asked.every(({ error }) => error?.reason === 'budget' || error?.reason === 'cancelled');
				refused = isRefused ? refused + 1 : 0;
				await one.clock.advance(61_000);
				if (chance() < 0.2) {
					// The window is gone, and another one takes its place.
					rigs[1]?.pool.dispose();
					rigs = [one, new Rig(keys, script, { ...beside, window: `two ${round}` })];
				}
				assert.ok(charged <= budget, `seed ${seed}: ${charged} of ${budget} after ${sends} sends`);
			}
			assert.equal(refused, 6, 'the budget stopped it');
			const { day, reservations } = one.store.replica().spending.get('pool') ?? assert.fail();
			assert.deepEqual(reservations, []);
			assert.ok(day.cost <= budget && day.cost + plainMaxCost > budget, `${day.cost} of ${budget}`);
			assert.ok(charged > 0 && charged <= day.cost, `charged ${charged}, counted ${day.cost}`);
			const rows = [...one.store.replica().dailyCost.values()].reduce((sum, { cost }) => sum + cost, 0);
			assert.equal(rows, day.cost);
			const ofProjects = ['project/p-a', 'project/p-b'] as const;
			assert.equal(
				ofProjects.reduce((sum, scope) => sum + (one.store.replica().spending.get(scope)?.day.cost ?? 0), 0),
				day.cost,
			);
		}
	});
});

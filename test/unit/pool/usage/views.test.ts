import assert from 'node:assert/strict';
import type { Attempt, BucketId, KeyId } from '../../../../src/pool/pool';
import { count } from '../../../../src/pool/usage/count';
import type { RequestRecord } from '../../../../src/pool/types/statistics';
import { Statistics } from '../../../../src/pool/usage/statistics';
import { ended } from '../../../support/pool/ended';
import { answers, fails, Rig, rpm } from '../../../support/pool/rig';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

describe('snapshots', () => {
	it('keep what the service said of a cooldown with it, in every window and until it ends', async () => {
		const serviceMessage = 'You exceeded your current quota. '.repeat(30);
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(10_000), serviceMessage) : answers(send)));
		await rig.answer({ maxWaitMs: 0 });
		const later = new Rig({ a: {} }, answers, { beside: rig });
		const availability = (of: Rig) => of.pool.snapshot().keys[0]?.models[0]?.availability;
		for (const window of [rig, later]) {
			const now = availability(window);
			assert.ok(now?.state === 'coolingDown');
			assert.equal(now.serviceMessage, serviceMessage.slice(0, 500));
		}
		await rig.clock.advance(10_000);
		assert.deepEqual(availability(later), { state: 'usable' });
		assert.equal((await rig.answer()).text, 'from a');
		assert.ok(!JSON.stringify([...rig.store.replica().bucket.values()]).includes('exceeded'));
	});

	it('are one object for each revision, and time alone makes a new one when a cooldown ends', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(10_000)) : answers(send)));
		await rig.answer({ maxWaitMs: 0 });
		const coolingDown = rig.pool.snapshot();
		assert.equal(rig.pool.snapshot(), coolingDown);
		assert.equal(coolingDown.usable, 0);
		const events: string[] = [];
		rig.pool.onEvent(({ type }) => events.push(type));
		await rig.clock.advance(9_999);
		assert.equal(rig.pool.snapshot(), coolingDown);
		assert.deepEqual(events, []);
		await rig.clock.advance(1);
		assert.deepEqual(events, ['changed']);
		const usable = rig.pool.snapshot();
		assert.equal(usable.usable, 1);
		assert.ok(usable.rev > coolingDown.rev);
	});

	it('show nothing twice: taking none keeps the revision', async () => {
		const rig = new Rig({ a: {} }, answers);
		const { rev } = rig.pool.snapshot();
		await rig.answer();
		assert.equal(rig.pool.snapshot().rev, rev + 1);
	});

	it('show the money of a project that is paid or has a budget, and of no other before it has cost something', () => {
		const plan = {
			a: {},
			b: { tier: 'free', budget: { day: 2 } },
			c: { budget: { month: 5 } },
			d: { tier: 'paid' },
		} as const;
		const { keys } = new Rig(plan, answers).pool.snapshot();
		assert.deepEqual(
			keys.map(({ spending }) => spending && [spending.day.limit, spending.month.limit]),
			[undefined, [2_000_000, undefined], [undefined, 5_000_000], [undefined, undefined]],
		);
	});

	it('show what a person allows anew as soon as it is allowed', async () => {
		const rig = new Rig({ a: { tier: 'paid' } }, answers, { budgets: { pool: { day: 2 } } });
		const limit = () => rig.pool.snapshot().spending.day.limit;
		assert.equal(limit(), 2_000_000);
		await rig.pool.execute({ type: 'raiseBudget', scope: 'pool', period: 'day', by: 500_000 });
		assert.equal(limit(), 2_500_000);
	});

	it('show of a daily cap what a person has set of it', () => {
		const plan = { a: { dailyCap: { requests: 5 } }, b: { dailyCap: { tokens: 900 } }, c: {} };
		const { keys } = new Rig(plan, answers).pool.snapshot();
		assert.deepEqual(
			keys.map(({ cap }) => cap?.limitUsage),
			[{ rpd: { used: 0, limit: 5, source: 'user' } }, { tpd: { used: 0, limit: 900, source: 'user' } }, undefined],
		);
	});

	it('show a daily cap as reached once it is used, not while a call under way may give back what it holds of it', async () => {
		const states: unknown[] = [];
		const note = () => states.push(rig.pool.snapshot().keys[0]?.availability.state);
		const rig: Rig = new Rig({ a: { dailyCap: { requests: 1 } } }, (send) => {
			note();
			return answers(send);
		});
		await rig.answer();
		note();
		assert.deepEqual(states, ['usable', 'coolingDown']);
	});

	it('show a bucket as it is: no cap of version 0.1.0, no news of a limit that is back, no words on another quota', async () => {
		const rig = new Rig({ a: {} }, answers);
		await rig.store.transact((tx, now) => {
			const id = 'p-a/m' as BucketId;
			const limit = { source: 'tested', at: now, retestAt: now, retestMs: 1 } as const;
			const rest = { state: 'coolingDown', reason: 'rpm', since: now, until: now, backoffLevel: 0 } as const;
			const bucket = {
				...tx.bucket(id),
				status: { ...rest, serviceMessage: 'Too many a minute.' },
				limits: { rpm: { ...limit, value: 20, fell: { from: 20, at: now } }, rpd: { ...limit, value: 0 } },
			};
			tx.put({ kind: 'bucket', id, doc: bucket });
			tx.put({ kind: 'bucket', id: 'p-a/*' as BucketId, doc: bucket });
		});
		const [view, ...others] = rig.pool.snapshot().keys[0]?.models ?? [];
		assert.deepEqual([view?.model, others], ['m', []]);
		assert.equal(view?.limitUsage.rpm?.fell, undefined);
		assert.ok(view?.availability.state === 'coolingDown' && view.availability.reason === 'rpd');
		assert.ok(!('serviceMessage' in view.availability));
	});

	it('show of a model that is denied and a bucket that rests what ends later, for the key and for its model', async () => {
		const rig = new Rig({ a: {} }, answers);
		const shown = async (restMs: number) => {
			await rig.store.transact((tx, now) => {
				const [id, key] = ['p-a/m' as BucketId, 'a' as KeyId];
				tx.put({ kind: 'key', id: key, doc: { ...tx.key(key), deniedModels: [{ model: 'm', until: now + 60_000 }] } });
				const rest = { state: 'coolingDown', reason: 'rpm', since: now, until: now + restMs, backoffLevel: 0 } as const;
				tx.put({ kind: 'bucket', id, doc: { ...tx.bucket(id), status: rest } });
			});
			const [view] = rig.pool.snapshot().keys;
			return [view?.availability, view?.models[0]?.availability].map((one) => one && 'reason' in one && one.reason);
		};
		assert.deepEqual(await shown(0), ['modelDenied', 'modelDenied']);
		assert.deepEqual(await shown(30_000), ['modelDenied', 'modelDenied']);
		assert.deepEqual(await shown(90_000), ['rpm', 'rpm']);
	});

	it('count as usable who is enabled, not quarantined, and has a bucket that takes a request now', async () => {
		const plan = { a: {}, b: { enabled: false }, c: { limits: { m: { rpm: 1 } } } } as const;
		const rig = new Rig(plan, answers);
		for (let n = 0; n < 2; n++) await rig.answer();
		const { usable, total, keys } = rig.pool.snapshot();
		assert.deepEqual([usable, total], [1, 2]);
		assert.deepEqual(
			keys.map(({ availability }) => availability.state),
			['usable', 'disabled', 'coolingDown'],
		);
	});

	it("see the user's limits by whichever name they were set", async () => {
		const rig = new Rig(
			{ a: { limits: { latest: { rpm: 1 } } } },
			async function* () {
				await Promise.resolve();
				yield { output: 'x', servedModel: 'real', finishReason: 'STOP' };
			},
			{ model: 'latest' },
		);
		await rig.answer({ models: ['latest'] });
		assert.equal(rig.pool.snapshot().keys[0]?.availability.state, 'coolingDown');
	});
});

describe('statistics', () => {
	const room = () => {
		let now = 0;
		const store = new InMemoryStore({ wall: () => now });
		return {
			statistics: new Statistics(store),
			ended: (attempts: RequestRecord) => ended(store, attempts),
			at: (ms: number) => (now = ms),
			sent: (of: Partial<Attempt> = {}) =>
				store.transact((tx, at) => {
					count(tx, store.replica(), { key: 'a' as KeyId, outcome: 'answered', ...of }, at);
				}),
		};
	};
	const usage = { input: 3, cached: 1, output: 2, thoughts: 4 };
	const once = { sends: 1, input: 0, cached: 0, output: 0, thoughts: 0 };

	it('count by minute, key and outcome, with tokens', async () => {
		const { statistics, at, sent } = room();
		await sent({ usage });
		at(59_999);
		await sent({ usage });
		at(60_000);
		await sent();
		await sent({ outcome: 'rpm' });
		assert.deepEqual(statistics.minutes(), [
			{ minute: 0, key: 'a', outcome: 'answered', sends: 2, input: 6, cached: 2, output: 12, thoughts: 8 },
			{ minute: 1, key: 'a', outcome: 'answered', ...once },
			{ minute: 1, key: 'a', outcome: 'rpm', ...once },
		]);
	});

	it('keep 24 hours and the last 200 requestRecords', async () => {
		const { statistics, at, sent, ended } = room();
		for (let minute = 0; minute < 1500; minute++) {
			at(minute * 60_000);
			await sent();
		}
		assert.equal(statistics.minutes().length, 1440);
		assert.equal(statistics.minutes()[0]?.minute, 60);
		at(3000 * 60_000);
		assert.deepEqual(statistics.minutes(), [], 'what is older is not handed out, written down though it may be');
		for (let n = 0; n < 300; n++) {
			await ended({ request: `r${n}`, origin: 'o', endedAt: n, outcome: 'answered', attempts: [] });
		}
		assert.equal(statistics.requestRecords().length, 200);
		assert.equal(statistics.requestRecords()[0]?.request, 'r100');
	});
});

import assert from 'node:assert/strict';
import { delayInMessage } from '../../src/gemini/errors/duration';
import { rotated } from '../../src/keys/rotation/rotation';
import { localDayNumber } from '../../src/keys/rotation/rotationSchedule';
import { reasonCategory } from '../../src/monitoring/log/reasonCategory';
import { defaults, PoolError, type PoolEvent } from '../../src/pool/pool';
import { runBatch } from '../../src/editor/batch/runBatch';
import { startStrategy } from '../../src/pool/selection/strategies/registry';
import { verdictTold } from '../support/gemini/room';
import { Candidates } from '../support/pool/candidates';
import { chance } from '../support/pool/chance';
import { tally } from '../support/pool/tally';
import { answers, badKey, fails, hangs, network, Rig, rpm, type KeyPlan, type Send } from '../support/pool/rig';

const abc = { a: {}, b: {}, c: {} };

/** Asks `count` times, one after the other, and says who answered. */
async function picks(rig: Rig, count: number): Promise<string> {
	const from = rig.sends.length;
	for (let n = 0; n < count; n++) await rig.answer();
	const keys = rig.sends.slice(from).map(({ key }) => key);
	return keys.join(' ');
}

describe('the origin, mechanism by mechanism', () => {
	it('shows its state: the keys, which have failed, when each is back, and whose turn it is', async () => {
		const rig = new Rig({ key1: {}, key2: {}, key3: {}, key4: {} }, (send) => {
			if (send.key === 'key2') return fails(rpm(38_000));
			if (send.key === 'key4') return fails(badKey);
			return answers(send);
		});
		await picks(rig, 3);
		const { keys } = rig.pool.snapshot();
		assert.deepEqual(
			keys.map(({ key }) => key.id),
			['key1', 'key2', 'key3', 'key4'],
		);
		const failed = keys.filter(({ availability }) => availability.state !== 'usable').map(({ key }) => key.id);
		assert.deepEqual(failed, ['key2', 'key4']);
		assert.deepEqual(keys[1]?.availability, {
			state: 'coolingDown',
			reason: 'rpm',
			until: Date.UTC(2026, 10, 24, 20) + 38_000,
		});
		assert.ok(keys[3]?.availability.state === 'quarantined');
		// key1, (key2 rests) key3, (key4 is quarantined) key1: the turn is at key2's place.
		assert.equal(rig.order, 'key1 key2 key3 key4 key1');
		assert.equal(rig.pool.nextIndex(), 1);
	});

	it('round robin goes on from the index and skips keys that rest', async () => {
		const rig = new Rig(abc, (send) => (send.key === 'b' && send.nth === 1 ? fails(rpm()) : answers(send)));
		assert.equal(await picks(rig, 4), 'a b c a c');
		await rig.clock.advance(38_000);
		assert.equal(await picks(rig, 3), 'a b c');
	});

	it('says that all keys are exhausted after one full turn, with the time of the first (replaces "All keys exhausted")', async () => {
		const rig = new Rig(abc, (send) => fails(rpm(send.key === 'b' ? 200_000 : 300_000)));
		const { error } = await rig.answer();
		assert.equal(rig.order, 'a b c');
		assert.equal(error?.reason, 'waitedTooLong');
		assert.equal(error.facts.retryAt, Date.UTC(2026, 10, 24, 20) + 200_000);
		assert.equal(error.facts.key, 'b');
		await rig.answer();
		assert.equal(rig.sends.length, 3);
	});

	it('weights 3, 1, 2 give 3:1:2 in every six picks', async () => {
		const rig = new Rig({ a: { weight: 3 }, b: { weight: 1 }, c: { weight: 2 } }, answers, { strategy: 'weighted' });
		await picks(rig, 30);
		const keys = rig.sends.map(({ key }) => key);
		for (let at = 0; at + 6 <= keys.length; at++) {
			assert.deepEqual(tally(keys.slice(at, at + 6)), tally(['a', 'a', 'a', 'b', 'c', 'c']));
		}
	});

	it('weights 5, 1, 1 interleave as a a b a c a a (replaces a a a a a b c: no bursts on one key)', async () => {
		const rig = new Rig({ a: { weight: 5 }, b: { weight: 1 }, c: { weight: 1 } }, answers, { strategy: 'weighted' });
		assert.equal(await picks(rig, 14), 'a a b a c a a a a b a c a a');
	});

	it('primary until it fails, then the backups in order, staying on the current one, and back when it recovers', async () => {
		const backup: KeyPlan = { role: 'backup' };
		const plan = { p: {}, b: backup, c: backup, d: backup };
		const failing = new Set(['p']);
		const rig = new Rig(plan, (send) => (failing.has(send.key) ? fails(rpm(60_000)) : answers(send)), {
			strategy: 'primaryBackup',
		});
		assert.equal(await picks(rig, 3), 'p b b b');
		failing.add('b');
		assert.equal(await picks(rig, 2), 'b c c');
		failing.clear();
		await rig.clock.advance(30_000);
		assert.equal(await picks(rig, 1), 'c');
		await rig.clock.advance(30_000);
		assert.equal(await picks(rig, 2), 'p p');
	});

	it('health begins at 100, rises by 5 to 100 and falls by 20 to 0', async () => {
		let works = true;
		const rig = new Rig({ a: {} }, (send) => (works ? answers(send) : fails(rpm(1000))), { strategy: 'healthScore' });
		const score = (): number | undefined => rig.pool.snapshot().keys[0]?.score;
		assert.equal(score(), 100);
		await rig.answer();
		assert.equal(score(), 100);
		works = false;
		const falls: unknown[] = [];
		for (let n = 0; n < 6; n++) {
			await rig.answer({ maxWaitMs: 0 });
			falls.push(score());
			await rig.clock.advance(1000);
		}
		assert.deepEqual(falls, [80, 60, 40, 20, 0, 0]);
		works = true;
		await rig.answer();
		assert.equal(score(), 5);
		await rig.answer();
		assert.equal(score(), 10);
	});

	it('health chooses in proportion to the scores: 10,000 picks pass chi-square at 0.1 %', () => {
		const scores = { a: 100, b: 60, c: 20, d: 20 };
		const from = new Candidates(
			Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, { record: { score } }])),
		);
		const strategy = startStrategy('healthScore');
		const random = chance(1);
		const counts = tally(Array.from({ length: 10_000 }, () => from.ranked(strategy, { random })[0] ?? ''));
		let chiSquare = 0;
		for (const [key, score] of Object.entries(scores)) {
			const expected = (10_000 * score) / 200;
			chiSquare += ((counts[key] ?? 0) - expected) ** 2 / expected;
		}
		// Three degrees of freedom.
		assert.ok(chiSquare < 16.27, `chi-square ${chiSquare}: ${JSON.stringify(counts)}`);
	});

	it('health with nobody above 0 still answers, and a key at 0 is probed after 60 s (replaces "No healthy keys")', async () => {
		const rig = new Rig({ a: {}, b: {} }, answers, { strategy: 'healthScore' });
		const at = rig.clock.wall();
		const set = (id: string, score: number): Promise<void> =>
			rig.store.transact((tx) => {
				const key = rig.pool.snapshot().keys.find((view) => view.key.label === id)?.key.id;
				assert.ok(key);
				tx.put({ kind: 'key', id: key, doc: { ...tx.key(key), score, probe: { at: at + 60_000, waitMs: 60_000 } } });
			});
		await set('a', 0);
		assert.equal(await picks(rig, 2), 'b b');
		await rig.clock.advance(60_000);
		assert.equal(await picks(rig, 1), 'a');
		await set('a', 0);
		await set('b', 0);
		assert.ok((await rig.answer()).done);
	});

	it('least recently used is marked at the moment of choice: five simultaneous choices on five keys give five keys', async () => {
		const rig = new Rig({ a: {}, b: {}, c: {}, d: {}, e: {} }, hangs, { strategy: 'leastRecentlyUsed' });
		const stop = new AbortController();
		const asked = Array.from({ length: 5 }, () => rig.ask({}, stop.signal));
		await rig.clock.settle();
		assert.deepEqual(rig.sends.map(({ key }) => key).sort(), ['a', 'b', 'c', 'd', 'e']);
		stop.abort();
		await Promise.all(asked.map(({ ended }) => ended));
	});

	it('least recently used takes whoever has rested longest', async () => {
		const rig = new Rig(abc, answers, { strategy: 'leastRecentlyUsed' });
		for (const expected of ['a', 'b', 'c', 'a', 'b', 'c']) {
			await rig.clock.advance(1);
			assert.equal(await picks(rig, 1), expected);
		}
	});

	it('takes most headroom first by default, least recently used on ties (replaces least recently used)', async () => {
		assert.equal(defaults.strategy, 'headroom');
		const plan: Record<string, KeyPlan> = { a: { limits: { m: { rpm: 4 } } }, b: { limits: { m: { rpm: 8 } } } };
		const rig = new Rig(plan, answers, { strategy: 'headroom' });
		// Requests left: b 8, 7, 6, 5 | both 4, and a was never used | b 4, a 3 | both 3, and a was used earlier | b 3, a 2
		assert.equal(await picks(rig, 8), 'b b b b a b a b');
	});

	it('asks gemini-3.8-flash by default (replaces gemini-2.5-flash, which ends)', () => {
		assert.equal(defaults.model, 'gemini-3.8-flash');
	});

	it('clears expired rests at the choice, by the time alone', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(10_000)) : answers(send)));
		await rig.answer({ maxWaitMs: 0 });
		await rig.clock.advance(9_999);
		assert.equal((await rig.answer({ maxWaitMs: 0 })).error?.reason, 'waitedTooLong');
		await rig.clock.advance(1);
		assert.equal((await rig.answer({ maxWaitMs: 0 })).text, 'from a');
	});

	it('waits for the earliest key with a margin by chance, at most 1 % and 250 ms (replaces a fixed half second)', async () => {
		for (const [delay, margin] of [
			[20_000, 200],
			[60_000, 250],
		] as const) {
			const script = (send: Send) => (send.nth > 1 ? answers(send) : fails(rpm(send.key === 'a' ? 90_000 : delay)));
			const rig = new Rig({ a: {}, b: {} }, script, { random: () => 0.999_999 });
			const asked = await rig.answer();
			assert.equal(asked.text, 'from b');
			assert.equal(rig.elapsed, delay + margin);
		}
	});

	it('sends at most maxRetries x keys for each question, 3 by default and never fewer than 5', async () => {
		assert.equal(defaults.maxRetries, 3);
		const models = ['m', 'n', 'o', 'p'] as const;
		for (const [plan, most] of [
			[{ a: {} }, 5],
			[{ a: {}, b: {} }, 6],
			[abc, 9],
		] as const) {
			const rig = new Rig(plan, () => fails(network));
			const { error } = await rig.answer({ models });
			assert.equal(rig.sends.length, most);
			assert.equal(error?.reason, 'network');
			assert.equal(error.facts.limit, most);
		}
	});

	it('rests a key for the stated time after a 429, else for 60 s', async () => {
		for (const [verdict, until] of [
			[rpm(38_000), 38_000],
			[{ type: 'coolDown', reason: 'rpm' }, 60_000],
			[{ type: 'coolDown', reason: 'tpm' }, 60_000],
		] as const) {
			const rig = new Rig(abc, (send) => (send.key === 'a' ? fails(verdict) : answers(send)));
			await rig.answer();
			const availability = rig.pool.snapshot().keys[0]?.availability;
			assert.equal(availability?.state === 'coolingDown' && availability.until - Date.UTC(2026, 10, 24, 20), until);
		}
	});

	it('quarantines a dead key: no prompt is sent to it again (replaces a rest without end)', async () => {
		const rig = new Rig(abc, (send) => (send.key === 'a' ? fails(badKey) : answers(send)));
		rig.checking = () => assert.fail('not due yet');
		assert.equal(await picks(rig, 5), 'a b c b c b');
		const availability = rig.pool.snapshot().keys[0]?.availability;
		assert.equal(availability?.state === 'quarantined' && availability.reason, 'badKey');
	});

	it('backs off 1, 2, 4, 8 s plus 0 to 1 s of chance on 503, 1 and 2 s on 500 (replaces three steps, and an end)', async () => {
		assert.equal(defaults.baseDelayMs, 1000);
		const [busy, broken] = [verdictTold(503, 'UNAVAILABLE'), verdictTold(500, 'INTERNAL')];
		for (const [verdict, random, order, expected] of [
			[busy, 0, 'a a a a a', [0, 1000, 3000, 7000, 15_000]],
			[busy, 0.5, 'a a a a a', [0, 1500, 4000, 8500, 17_000]],
			[network, 0, 'a a a a a', [0, 1000, 3000, 7000, 15_000]],
			[network, 0.5, 'a a a a a', [0, 1500, 4000, 8500, 17_000]],
			[broken, 0, 'a a a b', [0, 1000, 3000, 3000]],
			[broken, 0.5, 'a a a b', [0, 1500, 4000, 4000]],
		] as const) {
			const rig = new Rig(abc, () => fails(verdict), { random: () => random });
			await rig.answer();
			const at = rig.sends.map((send) => Math.floor(send.at / 500) * 500);
			assert.deepEqual([rig.order, at], [order, expected], verdict.reason);
		}
	});

	it('raises any other error at once, after one send', async () => {
		for (const reason of ['badRequest', 'noSuchModel', 'contentBlocked', 'unexpected'] as const) {
			const rig = new Rig(abc, () => fails({ type: 'fail', reason }));
			const { error } = await rig.answer();
			assert.equal(error?.reason, reason);
			assert.equal(rig.sends.length, 1);
			assert.equal(rig.elapsed, 0);
		}
	});

	it('keeps the last error inside the final one: what the service said, and every attempt', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => fails(badKey, `${send.key} is not valid`));
		const { error } = await rig.answer();
		assert.ok(error instanceof PoolError);
		assert.equal(error.reason, 'badKey');
		assert.equal(error.facts.serviceMessage, 'b is not valid');
		assert.deepEqual(
			error.attempts.map(({ key, outcome, serviceMessage }) => [key, outcome, serviceMessage]),
			[
				['a', 'badKey', 'a is not valid'],
				['b', 'badKey', 'b is not valid'],
			],
		);
	});

	it('reads retry-after in a message, in any case, as seconds', () => {
		assert.equal(delayInMessage('Retry-After: 30'), 30_000);
		assert.equal(delayInMessage('please RETRY AFTER 7 seconds'), 7000);
		assert.equal(delayInMessage('retry_after:12'), 12_000);
		assert.equal(delayInMessage('retryafter 5'), 5000);
		assert.equal(delayInMessage('retry after a while'), undefined);
	});

	it('tells of each fallback with its reason, rate_limited and invalid_key among them', async () => {
		const rig = new Rig(abc, (send) => {
			if (send.key === 'a') return fails(rpm());
			return send.key === 'b' ? fails(badKey) : answers(send);
		});
		const told: string[] = [];
		const listen = (event: PoolEvent): void => {
			if (event.type === 'keySetAside') told.push(`${event.key} ${reasonCategory(event.reason)}`);
		};
		rig.pool.onEvent(listen);
		await rig.answer();
		assert.deepEqual(told, ['a rate_limited', 'b invalid_key']);
	});

	it('counts by key: available, success, fail, rate-limited-until or nothing (and last use, score, tokens)', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(rpm(38_000)) : answers(send)));
		await rig.answer();
		await rig.answer();
		const began = Date.UTC(2026, 10, 24, 20);
		const rows = rig.pool.snapshot().keys.map(({ key, availability, success, fail, score, tokens, lastUsed }) => ({
			key: key.id,
			available: availability.state === 'usable',
			until: availability.state === 'coolingDown' ? availability.until - began : undefined,
			success,
			fail,
			score,
			tokens,
			lastUsed: lastUsed - began,
		}));
		assert.deepEqual(rows, [
			{
				key: 'a',
				available: false,
				until: 38_000,
				success: 0,
				fail: 1,
				score: 80,
				tokens: { input: 0, output: 0 },
				lastUsed: 0,
			},
			{
				key: 'b',
				available: true,
				until: undefined,
				success: 2,
				fail: 0,
				score: 100,
				tokens: { input: 200, output: 20 },
				lastUsed: 0,
			},
		]);
	});

	it('counts nothing against a key for trouble of the service (replaces a count of every error)', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(network) : answers(send)));
		await rig.answer();
		const [a] = rig.pool.snapshot().keys;
		assert.deepEqual([a?.success, a?.fail, a?.score], [1, 0, 100]);
	});

	it('runs a batch three wide and hands the results out in order', async () => {
		assert.equal(defaults.batchConcurrency, 3);
		const prompts = ['Python', 'JavaScript', 'Go', 'Rust', 'C'];
		const waits: Record<string, number> = { Python: 5000, JavaScript: 1000, Go: 3000, Rust: 10, C: 10 };
		const rig = new Rig(abc, answers);
		let running = 0;
		let most = 0;
		const results = (async () => {
			const texts: string[] = [];
			const signal = new AbortController().signal;
			const answer = async (prompt: string): Promise<string> => {
				most = Math.max(most, ++running);
				await new Promise<void>((resolve) => {
					rig.clock.after(waits[prompt] ?? 0, resolve);
				});
				running--;
				return `about ${prompt}`;
			};
			for await (const result of runBatch(prompts, answer, { concurrency: () => defaults.batchConcurrency, signal })) {
				texts.push(result.state === 'answered' ? result.result : result.state);
			}
			return texts;
		})();
		assert.deepEqual(
			await rig.clock.until(results),
			prompts.map((prompt) => `about ${prompt}`),
		);
		assert.equal(most, 3);
	});

	it('rotates daily: the first key goes to the end, once a date (replaces a rotation at every run)', () => {
		const keys = ['a', 'b', 'c'].map((id, at) => ({ id, role: 'primary', sortOrder: String(at) }) as const);
		const order = (day: number): string =>
			rotated(keys, localDayNumber(new Date(2026, 10, day)))
				.map(({ id }) => id)
				.join('');
		const today = order(24);
		assert.equal(order(25), today.slice(1) + today.charAt(0));
		assert.equal(order(27), today);
	});
});

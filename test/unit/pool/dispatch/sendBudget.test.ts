import assert from 'node:assert/strict';
import { runBatch } from '../../../../src/editor/batch/runBatch';
import { PoolError, type FailureAction } from '../../../../src/pool/pool';
import type { BodyName } from '../../../../src/simulator/bodies/bodies';
import { loadSdk } from '../../../support/gemini/room';
import { always, ThroughPool, type Meets } from '../../../support/gemini/throughPool';
import { flash, lite } from '../../../support/simulator/stand';
import { answers, fails, Rig } from '../../../support/pool/rig';

const error = (body: BodyName): Meets => always({ kind: 'error', body });
const keys = (count: number, meets: Meets): Record<string, Meets> =>
	Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, meets]));
/** Of the first model only. */
const onFlash = (body: BodyName): Meets => ({ faults: [{ when: 'always', model: flash, kind: 'error', body }] });

/** How many sends a prompt makes that may wait for hours. */
async function sendsOf(
	meets: Record<string, Meets>,
	maxRetries: number,
	...models: readonly string[]
): Promise<number> {
	const rig = new ThroughPool(meets);
	rig.pool.configure({ maxRetries });
	const all = [flash, ...models] as const;
	await rig.clock.until(rig.begin({ models: all, maxWaitMs: 100 * 3_600_000 }));
	return rig.calls.length;
}

// With the classifier's own actions: real bodies, through the real SDK and the simulator.
describe('keypool.maxRetries, through the real SDK and the simulator', () => {
	before(loadSdk);

	it('is the most sends of a prompt over all its rounds, for each enabled key and five at least: 429', async () => {
		for (const [count, maxRetries, most] of [
			[1, 3, 5],
			[1, 10, 10],
			[3, 1, 5],
			[3, 3, 9],
			[3, 10, 30],
		] as const) {
			for (const body of ['429_rpm_free', '429_no_details', '429_tpm_free'] as const) {
				const sends = await sendsOf(keys(count, error(body)), maxRetries);
				assert.equal(sends, most, `${body}, ${count} keys, ${maxRetries}`);
			}
		}
	});

	it('bounds the back-offs of 503 and of a connection that breaks, and keeps a send for the fallback model', async () => {
		for (const [count, maxRetries, wanted, fallback] of [
			// Five back-offs would be all five sends: the fifth is the fallback's.
			[1, 1, 4, 1],
			[1, 3, 4, 1],
			[2, 3, 5, 1],
			[3, 3, 5, 4],
			[1, 10, 5, 5],
			[3, 10, 5, 5],
		] as const) {
			for (const meets of [error('503_overloaded'), always({ kind: 'reset' })]) {
				const rig = new ThroughPool(keys(count, meets));
				rig.pool.configure({ maxRetries });
				await rig.ask(flash, lite);
				const on = (model: string): number => rig.calls.filter((call) => call.includes(` ${model} `)).length;
				assert.deepEqual([on(flash), on(lite)], [wanted, fallback], `${count} keys, ${maxRetries}`);
			}
		}
	});

	it('leaves the back-offs of 500 as they are: the same key after 1 and 2 s, then one other', async () => {
		for (const maxRetries of [1, 3, 10]) {
			const rig = new ThroughPool(keys(3, error('500_internal')));
			rig.pool.configure({ maxRetries });
			const { end } = await rig.ask(flash);
			assert.deepEqual(
				[end, rig.calls],
				['internal', [`k0 ${flash} @0`, `k0 ${flash} @1`, `k0 ${flash} @3`, `k1 ${flash} @3`]],
			);
		}
	});

	it('counts 500, 503 and 429 of one prompt together', async () => {
		const mixed: Meets = {
			faults: [
				{ when: { nth: 1 }, kind: 'error', body: '500_internal' },
				{ when: { nth: 2 }, kind: 'error', body: '503_overloaded' },
				{ when: 'always', kind: 'error', body: '429_rpm_free' },
			],
		};
		for (const [maxRetries, most] of [
			[3, 6],
			[10, 20],
		] as const) {
			assert.equal(await sendsOf(keys(2, mixed), maxRetries), most);
		}
	});

	it('keeps the last send for a model that was never asked, also where the wanted one refuses again and again', async () => {
		// A cooldown of two seconds is worth waiting for, each time.
		const short: FailureAction = { type: 'coolDown', reason: 'capacity', delayMs: 2_000 };
		const rig = new Rig({ a: {} }, (send) => (send.model === 'm' ? fails(short) : answers(send)));
		assert.equal((await rig.answer({ models: ['m', 'lite'] })).done?.on.model, 'lite');
		assert.deepEqual(
			rig.sends.map(({ model, at }) => `${model} ${at}`),
			['m 0', 'm 2000', 'm 4000', 'm 6000', 'lite 6000'],
		);
		const waits = new Rig({ a: {} }, () => fails(short), { whenExhausted: 'wait' });
		assert.equal((await waits.answer({ models: ['m', 'lite'] })).error?.reason, 'tooManyTries');
		assert.deepEqual(new Set(waits.sends.map(({ model }) => model)), new Set(['m']), 'as the person wants it');
		const one = new ThroughPool({ a: onFlash('503_overloaded') });
		const { end, text } = await one.ask(flash, lite);
		assert.deepEqual([end, text !== ''], ['answered', true], 'with one key too');
		assert.deepEqual(one.calls, [0, 1, 3, 7].map((s) => `a ${flash} @${s}`).concat(`a ${lite} @7`));
	});

	it('leaves out no key that could still answer', async () => {
		// Nine keys that are refused, and the tenth answers.
		const rig = new ThroughPool({ ...keys(9, error('429_rpm_free')), last: {} });
		rig.pool.configure({ maxRetries: 1 });
		assert.equal((await rig.ask(flash)).end, 'answered');
		assert.equal(rig.calls.length, 10);
		// A prompt that the service fails on: the one other key is kept a send, whatever was spent before.
		const spent: Meets = {
			faults: [
				{ when: { first: 1 }, kind: 'error', body: '429_no_details' },
				{ when: 'always', kind: 'error', body: '500_internal' },
			],
		};
		const other = new ThroughPool({ a: spent, b: error('429_rpm_free'), c: error('400_api_key_invalid') });
		other.pool.configure({ maxRetries: 1 });
		await other.clock.until(other.begin({ maxWaitMs: 3_600_000 }));
		assert.equal(other.calls.length, 5);
	});
});

describe('a host that cannot be reached', () => {
	before(loadSdk);

	for (const code of ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH']) {
		it(`is said as such, whatever the number of keys and models: ${code}`, async () => {
			for (const count of [1, 2, 3, 6]) {
				for (const models of [[flash], [flash, lite]] as [string, ...string[]][]) {
					const rig = new ThroughPool(keys(count, {}));
					rig.lost = code;
					const { end } = await rig.ask(...models);
					assert.equal(end, 'unreachable', `${count} keys, ${models.length} models`);
					// Back-offs on one key; no other key, no other model.
					assert.deepEqual(
						rig.calls,
						[0, 1, 3, 7, 15].map((s) => `k0 ${flash} @${s}`),
					);
				}
			}
		});
	}

	it('is said where earlier refusals had used up the sends, too', async () => {
		const rig = new ThroughPool({ a: error('429_rpm_free'), b: error('429_rpm_free'), c: {} });
		rig.pool.configure({ maxRetries: 1 });
		rig.pool.onEvent((event) => {
			if (event.type === 'attempt' && rig.calls.length === 2) rig.lost = 'ENOTFOUND';
		});
		assert.equal((await rig.ask(flash, lite)).end, 'unreachable');
		assert.equal(rig.calls.length, 5);
	});

	it('is gone on with when it can be reached again', async () => {
		const rig = new ThroughPool({ a: {} });
		rig.lost = 'ENOTFOUND';
		rig.clock.after(5_000, () => (rig.lost = undefined));
		assert.equal((await rig.ask(flash)).end, 'answered');
		assert.deepEqual(
			rig.calls,
			[0, 1, 3, 7].map((s) => `a ${flash} @${s}`),
		);
	});

	it('keeps the prompts of a batch, with one key as with three', async () => {
		for (const count of [1, 3]) {
			const rig = new ThroughPool(keys(count, {}));
			rig.lost = 'EAI_AGAIN';
			const answer = async (): Promise<string> => {
				const { end, error: failed } = await rig.begin({ models: [flash, lite], priority: 'batch' });
				if (failed) throw failed;
				return end;
			};
			const results: string[] = [];
			const read = async (): Promise<void> => {
				const { signal } = new AbortController();
				for await (const { state: is } of runBatch([1, 2, 3, 4, 5], answer, { concurrency: () => 2, signal }))
					results.push(is);
			};
			await rig.clock.until(read());
			assert.deepEqual(results, ['kept', 'kept', 'kept', 'kept', 'kept']);
			assert.equal(rig.calls.length, 10, 'what was begun, and no more');
		}
	});

	it('is what a batch keeps its prompts for, and quotas are, when the sends are used up; a broken service is not', async () => {
		const outcomeOf = async (last: 'unreachable' | 'network' | 'rpm' | 'internal'): Promise<string> => {
			const attempts = [{ key: 'a', model: 'm', label: 'a', sentAt: 0, ms: 1, outcome: last }] as never;
			const failing = (): Promise<never> => Promise.reject(new PoolError('tooManyTries', attempts));
			const { signal } = new AbortController();
			for await (const { state: is } of runBatch([1], failing, { concurrency: () => 1, signal })) return is;
			return '';
		};
		assert.deepEqual(
			[await outcomeOf('unreachable'), await outcomeOf('network'), await outcomeOf('rpm'), await outcomeOf('internal')],
			['kept', 'kept', 'kept', 'failed'],
		);
	});
});

describe('a place that a team’s gateway lacks', () => {
	it('is looked for every ten seconds, as long as the prompt may wait and no longer', async () => {
		const noPlace = { type: 'coolDown', reason: 'capacity', delayMs: 10_000, isNoTry: true } as const;
		const rig = new Rig({ a: {} }, () => fails(noPlace));
		const { error: end } = await rig.answer({ models: ['m'], maxWaitMs: 120_000 });
		assert.equal(end?.reason, 'waitedTooLong');
		assert.deepEqual(
			rig.sends.map(({ at }) => at / 1000),
			Array.from({ length: 13 }, (_, n) => n * 10),
		);
	});

	it('is not asked for after the prompt has waited there, five seconds at a time, for as long as it may', async () => {
		const rests = { type: 'coolDown', reason: 'capacity', delayMs: 1_000, isNoTry: true } as const;
		const rig = new Rig({ a: {} }, async function* (_, clock) {
			await new Promise<void>((resolve) => void clock.after(5_000, resolve));
			yield* fails(rests);
		});
		const { error: end } = await rig.answer({ models: ['m'], maxWaitMs: 60_000 });
		assert.equal(end?.reason, 'waitedTooLong');
		assert.deepEqual(
			rig.sends.map(({ at }) => at / 1000),
			Array.from({ length: 11 }, (_, n) => n * 6),
		);
	});
});

describe('a connection that breaks while the host answers', () => {
	before(loadSdk);

	for (const code of ['ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT']) {
		it(`is tried again, then the fallback model is asked, with one key too: ${code}`, async () => {
			const rig = new ThroughPool({ a: {} });
			rig.lost = code;
			rig.pool.onEvent((event) => {
				if (event.type === 'part' && event.part.type === 'switched') rig.lost = undefined;
			});
			assert.equal((await rig.ask(flash, lite)).end, 'answered');
			assert.deepEqual(rig.calls, [0, 1, 3, 7].map((s) => `a ${flash} @${s}`).concat(`a ${lite} @7`));
		});
	}
});

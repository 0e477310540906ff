import assert from 'node:assert/strict';
import { Failure, type Chunk } from '../../../../src/pool/pool';
import type { VirtualClock } from '../../../support/virtualClock';
import { answers, fails, Rig, type Script, type Send } from '../../../support/pool/rig';

const second = 1_000;
const answerMs = 10 * second;
const timeoutMs = 70 * second;
const onePerMinute = { limits: { m: { rpm: 1 } } };

/** Answers after 10 s, on the model `quick` after one. */
async function* slowly(send: Send, clock: VirtualClock): AsyncGenerator<Chunk<string>> {
	await new Promise<void>((resolve) => clock.after(send.model === 'quick' ? second : answerMs, resolve));
	yield* answers(send);
}

/** A pool that has seen three answers of the model. */
async function taught(script: Script = slowly): Promise<Rig> {
	const rig = new Rig({ a: onePerMinute }, script);
	for (let n = 0; n < 3; n++) await rig.answer({ maxWaitMs: 900 * second });
	// The minute is whole again.
	await pass(rig, 90 * second);
	rig.sends.length = 0;
	return rig;
}

function pass({ clock }: Rig, ms: number): Promise<void> {
	return clock.until(new Promise<void>((resolve) => clock.after(ms, resolve)));
}

describe('the time that is left for an answer', () => {
	it('does not send what cannot end before its caller leaves, and says so', async () => {
		const rig = await taught();
		await rig.answer();
		const began = rig.elapsed;
		// The key is back 50 s after the first has ended: 62 are gone by then, and 8 are left.
		const late = await rig.answer({ timeoutMs: 58 * second, maxWaitMs: 900 * second });
		assert.equal(late.error?.reason, 'waitedTooLong', 'known at once');
		assert.equal(rig.elapsed, began);
		assert.equal(rig.sends.length, 1);
		const inTime = await rig.answer({ timeoutMs, maxWaitMs: 900 * second });
		assert.equal(inTime.text, 'from a');
	});

	it('says how long an answer usually takes, where the key is free', async () => {
		const rig = await taught();
		const { error } = await rig.answer({ timeoutMs: 9 * second });
		assert.deepEqual([error?.reason, error?.facts.limit, rig.sends.length], ['noTimeLeft', 10, 0]);
		assert.equal((await rig.answer({ timeoutMs: 11 * second })).text, 'from a');
	});

	it('ends a wait as soon as no answer can come in time', async () => {
		const rig = await taught();
		await rig.answer();
		const began = rig.elapsed;
		const first = rig.ask({ maxWaitMs: 900 * second });
		const next = await rig.answer({ timeoutMs: 100 * second, maxWaitMs: 900 * second });
		// The first one took the key that both had waited for.
		assert.deepEqual([next.error?.reason, rig.elapsed - began], ['waitedTooLong', 50_150]);
		await rig.clock.until(first.ended);
		assert.equal(first.text, 'from a');
	});

	it('takes a fallback model that is quick enough', async () => {
		const rig = await taught();
		const { done, parts } = await rig.answer({ models: ['m', 'quick'], timeoutMs: 5 * second });
		assert.equal(done?.on.model, 'quick');
		const [first] = parts;
		assert.equal(first?.type === 'switched' && first.reason, 'noTimeLeft');
	});

	it('is no longer what is wrong where a fallback model that was quick enough has refused the request', async () => {
		const refuses: Script = (send, clock) =>
			send.model === 'quick' ? fails({ type: 'fail', reason: 'badRequest' }, 'not for quick') : slowly(send, clock);
		const rig = await taught(refuses);
		const { error } = await rig.answer({ models: ['m', 'quick'], timeoutMs: 5 * second });
		assert.deepEqual([error?.reason, error?.facts.model], ['badRequest', 'quick']);
	});

	it('knows nothing before three answers, and keeps no request without a timeout', async () => {
		const rig = new Rig({ a: {} }, slowly);
		await rig.answer();
		await rig.answer();
		assert.equal((await rig.answer({ timeoutMs: second })).text, 'from a');
		assert.equal((await rig.answer({ maxWaitMs: 0 })).text, 'from a');
		assert.equal((await rig.answer({ timeoutMs: second })).error?.reason, 'noTimeLeft');
	});

	it('forgets how long answers took once they are quicker', async () => {
		const rig = new Rig({ a: {} }, slowly);
		for (let n = 0; n < 3; n++) await rig.answer();
		rig.setScript(answers);
		for (let n = 0; n < 8; n++) await rig.answer();
		assert.equal((await rig.answer({ timeoutMs: second })).text, 'from a');
	});

	it('does not refuse for ever: what was learnt ten minutes ago says nothing of now', async () => {
		const rig = await taught();
		rig.setScript(answers);
		const ask = async (): Promise<string> => {
			const { error, text } = await rig.answer({ timeoutMs: 5 * second });
			return error?.reason ?? text;
		};
		assert.equal(await ask(), 'noTimeLeft');
		await pass(rig, 300 * second);
		assert.equal(await ask(), 'noTimeLeft');
		await pass(rig, 300 * second);
		assert.equal(await ask(), 'from a');
	});

	it('learns from calls that nobody waited for any longer', async () => {
		const rig = await taught();
		rig.setScript(async function* (send, clock) {
			for (let n = 0; n < 15; n++) {
				yield { output: '.' };
				await new Promise<void>((resolve) => clock.after(20 * second, resolve));
			}
			yield* answers(send);
		});
		const reasons: (string | undefined)[] = [];
		for (let n = 0; n < 8; n++) {
			const stop = new AbortController();
			const asked = rig.ask({ timeoutMs, maxWaitMs: 900 * second }, stop.signal);
			const off = rig.clock.after(timeoutMs, () => stop.abort(new Error('The client has left.')));
			await rig.clock.until(asked.ended);
			off();
			reasons.push(asked.error?.reason);
		}
		assert.deepEqual(reasons, [...Array<string>(3).fill('cancelled'), ...Array<string>(5).fill('noTimeLeft')]);
		assert.equal(rig.sends.length, 3);
		// Such a call would have taken longer than it was given: by how much nobody knows, and a little more is not tried.
		const { error } = await rig.answer({ timeoutMs: 80 * second, maxWaitMs: 900 * second });
		assert.equal(error?.reason, 'noTimeLeft');
	});

	it('does not take a computer that slept for a slow model: programs that left as it woke say nothing of that', async () => {
		const rig = new Rig({ a: {} }, slowly);
		const programs = Array.from({ length: 3 }, () => {
			const stop = new AbortController();
			return { stop, asked: rig.ask({ timeoutMs }, stop.signal) };
		});
		await pass(rig, second);
		rig.clock.sleep(8 * 3_600 * second);
		for (const { stop } of programs) stop.abort(new Error('The program has left.'));
		for (const { asked } of programs) {
			await rig.clock.until(asked.ended);
			assert.equal(asked.error?.reason, 'cancelled');
		}
		assert.equal((await rig.answer({ timeoutMs })).text, 'from a');
	});

	it('does not take a slow reader for a slow model', async () => {
		const rig = new Rig({ a: {} }, async function* (send, clock) {
			await new Promise<void>((resolve) => clock.after(second, resolve));
			yield* answers(send);
		});
		for (let n = 0; n < 3; n++) {
			const reading = (async () => {
				for await (const { type } of rig.pool.stream(rig.request(), rig.open)) {
					if (type === 'output') await new Promise<void>((resolve) => rig.clock.after(100 * second, resolve));
				}
			})();
			await rig.clock.until(reading);
		}
		assert.equal((await rig.answer({ timeoutMs: 50 * second })).text, 'from a');
		assert.equal((await rig.answer({ timeoutMs: 0.9 * second })).error?.reason, 'noTimeLeft');
	});

	it('ends at once what could only be sent too late after a back-off', async () => {
		const rig = await taught();
		const unavailable = new Failure(
			{
				type: 'retrySameKey',
				reason: 'network',
				scope: 'request',
				maxRetries: 4,
				afterRetries: 'fail',
				minDelaysMs: [30_000],
			},
			true,
			'',
		);
		// eslint-disable-next-line require-yield
		rig.setScript(async function* () {
			await Promise.resolve();
			throw unavailable;
		});
		const began = rig.elapsed;
		const { error } = await rig.answer({ timeoutMs: 35 * second });
		assert.deepEqual([error?.reason, error?.facts.limit, rig.elapsed - began], ['noTimeLeft', 10, 0]);
		assert.equal(error?.attempts.length, 1);
		await pass(rig, 90 * second);
		const quicker = await rig.answer({ models: ['m', 'quick'], timeoutMs: 35 * second });
		assert.ok(quicker.types.startsWith('waiting'), 'another model may be quick enough');
	});
});

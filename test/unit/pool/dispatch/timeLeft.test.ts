import assert from 'node:assert/strict';
import type { Chunk } from '../../../../src/pool/pool';
import type { VirtualClock } from '../../../support/virtualClock';
import { answers, Rig, type Script, type Send } from '../../../support/pool/rig';

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
	await rig.clock.until(new Promise<void>((resolve) => rig.clock.after(90 * second, resolve)));
	rig.sends.length = 0;
	return rig;
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
		const { done } = await rig.answer({ models: ['m', 'quick'], timeoutMs: 5 * second });
		assert.equal(done?.on.model, 'quick');
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
});

import assert from 'node:assert/strict';
import { bodyNames, type Failing, type Fault } from '../../../../src/simulator/service';
import { createStand, flash, lite, type Outcome, type Stand } from '../../../support/simulator/stand';

function withFault(failing: Failing & Pick<Fault, 'on'>): Stand {
	return createStand({
		keys: [{ secret: 'sim-one', project: 'one', faults: [{ when: 'always', ...failing }] }],
	});
}

function messageOf(outcome: Outcome): string {
	return outcome.error instanceof Error ? outcome.error.message : 'no error';
}

function statusOf({ error }: Outcome): unknown {
	return error instanceof Error && 'status' in error ? error.status : undefined;
}

describe('simulator: faults as the real SDK sees them', () => {
	it('resets before headers', async () => {
		const { stream, service } = withFault({ kind: 'reset' });
		const outcome = await stream('x');
		assert.equal(messageOf(outcome), 'fetch failed');
		assert.equal(service.log[0]?.outcome, 'rejected:reset');
	});

	it('cuts a stream after some pieces', async () => {
		const { stream, service } = withFault({ kind: 'cutStream', afterPieces: 2 });
		const outcome = await stream('x');
		assert.equal(outcome.texts.length, 2);
		assert.ok(outcome.error instanceof TypeError);
		assert.equal(outcome.error.message, 'terminated');
		assert.equal(service.log[0]?.end, 'broken');
	});

	it('ends within an event', async () => {
		const outcome = await withFault({ kind: 'cutEvent', afterPieces: 1 }).stream('x');
		assert.equal(outcome.texts.length, 1);
		assert.match(messageOf(outcome), /Incomplete JSON segment at the end/);
	});

	it('sends an event that is no JSON', async () => {
		const outcome = await withFault({ kind: 'brokenJson', afterPieces: 1 }).stream('x');
		assert.equal(outcome.texts.length, 1);
		assert.ok(outcome.error instanceof SyntaxError);
	});

	const silent: readonly Failing[] = [
		{ kind: 'silentEnd', afterPieces: 2 },
		{ kind: 'errorFrame', body: '503_overloaded', afterPieces: 2 },
		{ kind: 'wordCode', afterPieces: 2 },
	];
	for (const failing of silent) {
		it(`ends without a finishReason and without an error: ${failing.kind}`, async () => {
			const { stream, service } = withFault(failing);
			const { texts, finishReason, error } = await stream('x');
			assert.deepEqual([texts.length, finishReason, error], [2, undefined, undefined]);
			assert.equal(service.log[0]?.end, 'broken');
		});
	}

	it('answers 200 with nothing', async () => {
		const { stream, ask } = withFault({ kind: 'emptyBody' });
		assert.deepEqual((await stream('x')).texts, []);
		await assert.rejects(ask('x'), SyntaxError);
	});

	it('blocks a prompt, and stops an answer for a reason', async () => {
		const blocked = await withFault({ kind: 'blockedPrompt', reason: 'PROHIBITED_CONTENT' }).stream('x');
		assert.deepEqual([blocked.blockReason, blocked.texts.length, blocked.error], ['PROHIBITED_CONTENT', 0, undefined]);
		const stopped = await withFault({ kind: 'finish', reason: 'RECITATION', afterPieces: 1 }).stream('x');
		assert.deepEqual([stopped.finishReason, stopped.texts.length], ['RECITATION', 1]);
		const unsafe = await withFault({ kind: 'finish', reason: 'SAFETY', afterPieces: 0 }).stream('x');
		assert.deepEqual([unsafe.finishReason, unsafe.texts.length], ['SAFETY', 0]);
	});

	it('answers a page of HTML', async () => {
		const outcome = await withFault({ kind: 'html', status: 503 }).stream('x');
		assert.equal(statusOf(outcome), 503);
		assert.match(messageOf(outcome), /<!DOCTYPE html>/);
	});

	it('redirects, and fails for a caller that forbids it', async () => {
		const { service } = withFault({ kind: 'redirect', to: 'https://elsewhere.invalid/', on: 'everything' });
		const url = `https://simulator.invalid/v1beta/models`;
		const headers = { 'x-goog-api-key': 'sim-one' };
		const response = await service.fetch(url, { headers, redirect: 'manual' });
		assert.deepEqual([response.status, response.headers.get('location')], [302, 'https://elsewhere.invalid/']);
		await assert.rejects(service.fetch(url, { headers, redirect: 'error' }), TypeError);
	});

	it('puts every error body inside a stream, first or after text', async () => {
		for (const body of bodyNames) {
			for (const afterPieces of [0, 2]) {
				const { stream } = withFault({ kind: 'error', body, wrapping: 'plain', afterPieces });
				const outcome = await stream('x');
				assert.equal(outcome.texts.length, afterPieces);
				assert.equal(outcome.finishReason, undefined);
				// The SDK sees neither a code that is a word nor an error in an array.
				const isUnseen =
					/^(?:400_multiple|429_interactions|400_input)/.test(body) || body === '400_api_key_invalid_array';
				assert.equal(statusOf(outcome), isUnseen ? undefined : Number(body.slice(0, 3)), body);
			}
		}
		const bare = await withFault({ kind: 'error', body: '503_overloaded', afterPieces: 1, bare: true }).stream('x');
		assert.deepEqual([bare.texts.length, statusOf(bare)], [1, 503]);
	});

	it('hangs until the caller gives up, before headers or in the middle', async () => {
		for (const failing of [{ kind: 'hang' }, { kind: 'hang', afterPieces: 2 }] satisfies readonly Failing[]) {
			const { stream, clock, service } = withFault(failing);
			const gone = new AbortController();
			clock.after(3_600_000, () => gone.abort());
			const outcome = await stream('x', 'sim-one', gone.signal);
			assert.equal(outcome.error instanceof Error && outcome.error.name, 'AbortError');
			assert.equal(clock.monotonic(), 3_600_000);
			assert.equal(service.log[0]?.end, 'afterPieces' in failing ? 'aborted' : 'none');
		}
	});

	it('delays headers and pieces, and leaves no timer behind an abort', async () => {
		const { stream, clock, service } = withFault({ kind: 'latency', beforeHeaders: 5000, betweenPieces: 1000 });
		const { texts } = await stream('x');
		assert.equal(clock.monotonic(), 5000 + 1000 * (texts.length - 1));
		const gone = new AbortController();
		clock.after(2000, () => gone.abort());
		const outcome = await stream('x', 'sim-one', gone.signal);
		assert.equal(outcome.error instanceof Error && outcome.error.name, 'AbortError');
		assert.equal(clock.pending, 0);
		assert.equal(service.log[1]?.outcome, 'rejected:aborted');
	});

	it('forgets a held stream whose body is cancelled', async () => {
		const { service, clock } = createStand();
		const hold = service.hold();
		const response = await service.fetch(`https://simulator.invalid/v1/models/${flash}:streamGenerateContent?alt=sse`, {
			method: 'POST',
			headers: { 'x-goog-api-key': 'sim-one' },
			body: JSON.stringify({ contents: [{ parts: [{ text: 'x' }] }] }),
		});
		const reader = response.body?.getReader();
		assert.ok(reader);
		await clock.until(reader.read());
		const second = reader.read();
		await clock.until(hold.reached);
		await reader.cancel();
		assert.equal((await second).done, true);
		assert.deepEqual([service.log[0]?.end, clock.pending], ['aborted', 0]);
	});

	it('happens at the n-th call, at the first calls, in a span of time, for one model, or for every key', async () => {
		const { ask, clock, service, client } = createStand({
			keys: [
				{ secret: 'sim-one', project: 'one', faults: [{ when: { nth: 2 }, kind: 'error', body: '500_internal' }] },
				{ secret: 'sim-two', project: 'one', faults: [{ when: { first: 2 }, kind: 'reset' }] },
			],
			faults: [{ when: { from: 60_000, to: 120_000 }, model: flash, kind: 'error', body: '503_overloaded' }],
		});
		const tries = async (count: number, secret: string): Promise<void> => {
			for (let n = 0; n < count; n++) {
				await ask('[short]', secret).catch(() => undefined);
			}
		};
		await tries(3, 'sim-one');
		await tries(3, 'sim-two');
		await clock.advance(60_000);
		await tries(1, 'sim-one');
		await tries(1, 'sim-two');
		await clock.until(client().models.generateContent({ model: lite, contents: 'x' }));
		await clock.advance(60_000);
		await tries(1, 'sim-one');
		const overloaded = 'rejected:503_overloaded';
		assert.deepEqual(
			service.log.map(({ outcome }) => outcome),
			[
				...['answered', 'rejected:500_internal', 'answered'],
				...['rejected:reset', 'rejected:reset', 'answered'],
				...[overloaded, overloaded, 'answered', 'answered'],
			],
		);
		assert.deepEqual([service.counts.answered, service.counts.rejected], [5, 5]);
	});
});

import assert from 'node:assert/strict';
import type { Forwarded, ForwardRequest } from '../../../../src/gemini/gemini';
import { createGemini } from '../../../../src/gemini/service';
import { Failure, type Chunk, type KeyId } from '../../../../src/pool/pool';
import type { Fault } from '../../../../src/simulator/service';
import { createStand, flash } from '../../../support/simulator/stand';

const key = 'one' as KeyId;
const never = new AbortController().signal;
const contents = [{ role: 'user', parts: [{ text: 'Hi [short]' }] }];

const native = (method: string, more: Partial<ForwardRequest> = {}): ForwardRequest => ({
	dialect: 'gemini',
	method: 'POST',
	path: (model) => `/v1beta/models/${model}:${method}`,
	body: () => JSON.stringify({ contents }),
	isStream: method.includes('alt=sse'),
	namesFile: false,
	hasFinish: true,
	...more,
});
const streamed = native('streamGenerateContent?alt=sse');
const chat = (more: object = {}): ForwardRequest => ({
	...native(''),
	dialect: 'openai',
	path: () => '/v1beta/openai/chat/completions',
	body: (model) =>
		JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi [short]' }], stream: true, ...more }),
	isStream: true,
});

/** A room over a simulator whose one key meets these faults. */
function createRoom(faults: readonly Fault[] = [], maskKeys?: (text: string) => string) {
	const patient: string[] = [];
	const { service, clock } = createStand({ keys: [{ secret: 'sim-one', project: 'one', faults }] });
	const sent: { readonly url: string; readonly headers: Headers }[] = [];
	const { forward } = createGemini({
		secretOf: () => Promise.resolve('sim-one'),
		baseUrl: () => 'https://simulator.invalid',
		mask: (text) => text.replaceAll('sim-one', '…'),
		...(maskKeys && { maskKeys }),
		fetch: (input, init) => {
			assert.ok(typeof input === 'string');
			sent.push({ url: input, headers: new Headers(init?.headers) });
			return service.fetch(input, init);
		},
		patientFetch: (input, init) => {
			assert.ok(typeof input === 'string');
			patient.push(new URL(input).pathname);
			return service.fetch(input, init);
		},
		now: () => clock.wall(),
	});
	const call = async (request: ForwardRequest, model = flash) => {
		const chunks: Chunk<Forwarded>[] = [];
		let failure: Failure | undefined;
		const read = async (): Promise<void> => {
			for await (const chunk of await forward(request)({ key, model, written: [] }, never)) chunks.push(chunk);
		};
		await clock.until(
			read().catch((error: unknown) => {
				assert.ok(error instanceof Failure);
				failure = error;
			}),
		);
		const texts = chunks.flatMap(({ output }) => (output ? [output.text] : []));
		return { chunks, texts, failure, last: chunks.at(-1) };
	};
	return { call, sent, patient };
}

describe('a forwarded call', () => {
	it('goes out with the key in the header of its dialect, and nowhere else', async () => {
		const { call, sent } = createRoom();
		await call(streamed);
		await call(chat());
		assert.deepEqual(
			sent.map(({ url, headers }) => [
				url.replace('https://simulator.invalid', ''),
				headers.get('x-goog-api-key'),
				headers.get('authorization'),
			]),
			[
				[`/v1beta/models/${flash}:streamGenerateContent?alt=sse`, 'sim-one', null],
				['/v1beta/openai/chat/completions', null, 'Bearer sim-one'],
			],
		);
	});

	it('goes out where nobody gives up after 5 minutes, if its answer comes whole', async () => {
		const { call, sent, patient } = createRoom();
		await call(native('generateContent'));
		await call(streamed);
		await call(native('countTokens', { hasFinish: false }));
		assert.deepEqual(patient, [`/v1beta/models/${flash}:generateContent`]);
		assert.equal(sent.length, 2);
	});

	it('comes back as the service wrote it, with finish and usage for the pool', async () => {
		const { call } = createRoom();
		for (const request of [streamed, native('generateContent'), chat({ stream_options: { include_usage: true } })]) {
			const { chunks, texts, failure } = await call(request);
			assert.equal(failure, undefined);
			assert.match(texts.join(''), /You asked/);
			assert.equal(chunks.filter(({ finishReason }) => finishReason !== undefined).length, 1);
			const usage = chunks.findLast((chunk) => chunk.usage)?.usage;
			assert.ok(usage && usage.input > 0 && usage.output > 0 && usage.thoughts === 12, JSON.stringify(usage));
			for (const { output } of chunks) if (output) assert.deepEqual(output.json, JSON.parse(output.text));
		}
	});

	it('tells which model served, also where it is the one asked for', async () => {
		const { call } = createRoom();
		assert.equal((await call(streamed, 'gemini-flash-latest')).last?.servedModel, flash);
		assert.equal((await call(streamed)).last?.servedModel, flash);
	});

	it('tells no more than another model in OpenAI’s words, which may say back what was asked', async () => {
		const { call } = createRoom();
		assert.equal((await call(chat(), 'gemini-flash-latest')).last?.servedModel, flash);
		assert.equal((await call(chat())).last?.servedModel, undefined);
	});

	it('has no finish where the service said none, so that a silent end is no whole answer', async () => {
		const { call } = createRoom([{ when: 'always', kind: 'silentEnd', afterPieces: 1 }]);
		for (const request of [streamed, chat()]) {
			const { chunks, texts } = await call(request);
			assert.equal(texts.length, 1);
			assert.ok(chunks.every(({ finishReason }) => finishReason === undefined));
		}
	});

	it('is cut where its body ends within the JSON, whole as in a stream', async () => {
		const { call } = createRoom([{ when: 'always', kind: 'cutEvent', afterPieces: 0 }]);
		for (const request of [
			streamed,
			native('generateContent'),
			chat(),
			{ ...chat({ stream: false }), isStream: false },
		]) {
			const { failure, texts } = await call(request);
			assert.deepEqual([failure?.action.reason, texts], ['cutStream', []], failure?.serviceMessage);
		}
	});

	it('is whole where its JSON is, although the way loses the end of the body: it was paid for', async () => {
		const losing = (...events: readonly string[]): ReadableStream<Uint8Array<ArrayBuffer>> => {
			const left = events.map((event) => new TextEncoder().encode(event));
			return new ReadableStream({
				pull: (controller) => {
					const next = left.shift();
					if (next) controller.enqueue(next);
					else controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
				},
			});
		};
		const whole = native('generateContent');
		const read = async (request: ForwardRequest, status: number, ...pieces: readonly string[]): Promise<unknown> => {
			const { forward } = createGemini({
				secretOf: () => Promise.resolve('sim-one'),
				baseUrl: () => 'https://simulator.invalid',
				mask: (said) => said,
				fetch: () => Promise.resolve(new Response(losing(...pieces), { status })),
			});
			let finished: string | undefined;
			try {
				const chunks = await forward(request)({ key, model: flash, written: [] }, never);
				for await (const { finishReason } of chunks) finished ??= finishReason;
			} catch (error) {
				return error instanceof Failure ? error.action.reason : error;
			}
			return finished;
		};
		const answer = JSON.stringify({ candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] });
		assert.equal(await read(whole, 200, answer.slice(0, 30), answer.slice(30)), 'STOP');
		assert.equal(await read(whole, 200, answer.slice(0, -1)), 'network');
		assert.equal(await read(streamed, 200, `data: ${answer}\n\n`), 'STOP', 'nothing is missing behind its finish');
		const refusal = JSON.stringify({
			error: { code: 503, status: 'UNAVAILABLE', message: 'The model is overloaded.' },
		});
		assert.equal(await read(whole, 503, refusal), 'overloaded');
	});

	it('fails with the action for the service’s own error, in whichever dialect, stream or frame it comes', async () => {
		const rpm: Fault = { when: 'always', kind: 'error', body: '429_rpm_free' };
		for (const request of [streamed, native('generateContent'), chat()]) {
			for (const fault of [rpm, { ...rpm, afterPieces: 1 }]) {
				const { failure, texts } = await createRoom([fault]).call(request);
				assert.equal(failure?.action.reason, 'rpm');
				assert.equal(texts.length, 'afterPieces' in fault && request.isStream ? 1 : 0);
			}
		}
		const { failure } = await createRoom([{ when: 'always', kind: 'error', body: '403_consumer_suspended' }]).call(
			chat(),
		);
		assert.equal(failure?.action.reason, 'suspended');
		assert.ok(!failure.serviceMessage.includes('sim-one'), failure.serviceMessage);
	});

	it('fails where the model says that a signature is missing, before anything was handed on', async () => {
		const { call } = createRoom([
			{ when: 'always', kind: 'finish', reason: 'MISSING_THOUGHT_SIGNATURE', afterPieces: 0 },
		]);
		const { failure, texts } = await call(streamed);
		assert.deepEqual([failure?.action.reason, texts], ['thoughtSignature', []]);
		assert.ok((failure?.received?.usage?.input ?? 0) > 0, 'the service counted it');
	});

	it('is an answer where the service blocks the prompt: nobody asks, and pays, once more for the same', async () => {
		const { call } = createRoom([{ when: 'always', kind: 'blockedPrompt', reason: 'SAFETY' }]);
		for (const request of [streamed, native('generateContent')]) {
			const { failure, last, texts } = await call(request);
			assert.deepEqual([failure, last?.finishReason, texts.length], [undefined, 'SAFETY', 1]);
		}
	});

	it('holds back what comes before any content: a break there is no break of an answer', async () => {
		const role = { choices: [{ delta: { role: 'assistant' }, index: 0 }] };
		const text = { choices: [{ delta: { content: 'Hi' }, index: 0 }] };
		const forwardOf = (events: readonly unknown[]) =>
			createGemini({
				secretOf: () => Promise.resolve('sim-one'),
				baseUrl: () => 'https://simulator.invalid',
				mask: (said) => said,
				fetch: () =>
					Promise.resolve(new Response(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))),
			}).forward(chat());
		const outputs = async (events: readonly unknown[]): Promise<readonly unknown[]> => {
			const found: unknown[] = [];
			for await (const { output } of await forwardOf(events)({ key, model: flash, written: [] }, never)) {
				if (output) found.push(output.json);
			}
			return found;
		};
		assert.deepEqual(await outputs([role]), []);
		assert.deepEqual(await outputs([role, text]), [role, text]);
		// 32 MB of them would take half a gigabyte, and 6 s of the processor.
		const many = Array.from({ length: 20_000 }, () => role);
		await assert.rejects(outputs([...many, text]), (error) => (error as Failure).action.reason === 'answerTooLarge');
	});

	it('takes the refusal of a file that is another project’s for no failure of the key', async () => {
		const { call } = createRoom([{ when: 'always', kind: 'error', body: '403_permission_denied' }]);
		const forMs = async (namesFile: boolean): Promise<number | undefined> => {
			const action = (await call({ ...streamed, namesFile })).failure?.action;
			return action?.type === 'denyModel' ? action.forMs : undefined;
		};
		assert.deepEqual([await forMs(false), await forMs(true)], [3_600_000, 0]);
	});

	it('hands on no held key', async () => {
		const { call } = createRoom([], (text) => text.replaceAll('You', '…'));
		const { texts, chunks } = await call(streamed);
		assert.ok(!texts.join('').includes('You asked'));
		assert.ok(!JSON.stringify(chunks).includes('You asked'));
	});
});

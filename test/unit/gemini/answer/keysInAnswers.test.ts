import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Gemini, Piece } from '../../../../src/gemini/gemini';
import { createGemini } from '../../../../src/gemini/service';
import { createMasker, redacted } from '../../../../src/masking/masking';
import { writings } from '../../../support/masking/writings';
import { flash } from '../../../support/simulator/stand';
import { failureIn, loadSdk, mayCall, run } from '../../../support/gemini/room';

const key = `AIza${'Sy-held_K3'.repeat(3)}-9xQz`;

function roomThatHolds(fetch: typeof globalThis.fetch): Gemini {
	const masker = createMasker();
	masker.learnKey(key);
	const { mask, keyStream } = masker;
	const options = { secretOf: () => Promise.resolve(key), baseUrl: () => 'https://simulator.invalid', mask, keyStream };
	return createGemini({ ...options, fetch });
}

interface Event {
	readonly parts?: readonly unknown[];
	readonly finishReason?: string;
	readonly modelVersion?: string;
}

/** A service that answers with these events. */
function answering(...events: readonly Event[]): Gemini {
	const body = events
		.map(({ parts = [], finishReason, modelVersion }) => ({
			candidates: [{ content: { role: 'model', parts }, finishReason }],
			modelVersion,
		}))
		.map((event) => `data: ${JSON.stringify(event)}\n\n`)
		.join('');
	return roomThatHolds(() =>
		Promise.resolve(new Response(body, { status: 200, headers: { 'content-type': 'text/event-stream' } })),
	);
}

const stop: Event = { finishReason: 'STOP' };
const texts = (...pieces: readonly string[]): Event[] => pieces.map((text) => ({ parts: [{ text }] }));
const thoughtsIn = (pieces: readonly (Piece | undefined)[]): string =>
	pieces.map((piece) => (piece?.type === 'thought' ? piece.text : '')).join('');

describe('a held key in an answer', () => {
	before(loadSdk);

	for (const [name, write] of Object.entries(writings)) {
		it(`is redacted: ${name}`, async () => {
			const written = write(key, 17);
			const middle = Math.floor(written.length / 2);
			const whole = await run(answering(...texts(`It is "${written}".`), stop));
			const cut = await run(
				answering(...texts('It is "', written.slice(0, middle), `${written.slice(middle)}".`), stop),
			);
			for (const { text, thrown } of [whole, cut]) {
				assert.equal(thrown, undefined);
				assert.match(text, /^It is ".*‹redacted›.*"\.$/s);
				assert.ok(!text.includes(written), text);
			}
		});
	}

	it('is redacted however the stream is cut, and nothing else of the answer is lost', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(fc.nat(key.length + 30), { maxLength: 8 }), async (places) => {
				const serviceMessage = `Yes, A. ${key} and AIza, ${key.slice(-20)}; AQ.`;
				const cuts = [0, ...places, serviceMessage.length].sort((a, b) => a - b);
				const pieces = cuts.slice(1).map((end, n) => serviceMessage.slice(cuts[n], end));
				const { text } = await run(answering(...texts(...pieces), stop));
				assert.equal(text, `Yes, A. ${redacted} and AIza, ${redacted}; AQ.`);
			}),
			{ numRuns: 60 },
		);
	});

	it('is redacted in thoughts, apart from the text that comes between them', async () => {
		const thought = (text: string): Event => ({ parts: [{ text, thought: true }] });
		const [a, b] = [key.slice(0, 20), key.slice(20)];
		const { text, chunks } = await run(
			answering(thought(`hm ${a}`), ...texts(`So ${a}`), thought(b), ...texts(`${b}!`), stop),
		);
		assert.deepEqual([text, thoughtsIn(chunks.map(({ output }) => output))], [`So ${redacted}!`, `hm ${redacted}`]);
	});

	it('is redacted in the name and in what a function is called with', async () => {
		const call = { functionCall: { name: `f_${key}`, args: { [key]: [`is ${key}`, 1, null, { deep: btoa(key) }] } } };
		const { chunks } = await run(answering(...texts('Plan A'), { parts: [call] }, stop), { prompt: mayCall });
		assert.deepEqual(
			chunks.map(({ output }) => output).filter((output) => output !== undefined),
			[
				{ type: 'text', text: 'Plan ' },
				{ type: 'text', text: 'A' },
				{
					type: 'call',
					name: `f_${redacted}`,
					args: { [redacted]: [`is ${redacted}`, 1, null, { deep: redacted }] },
				},
			],
		);
	});

	it('is in no signature, which editors store with their chats: one that holds it is left out, and any other stays whole', async () => {
		const held = btoa(`..${key}..`);
		const [good, bad] = ['c2lnbmVk'.repeat(50), `c2ln${held}`];
		const call = { functionCall: { name: 'f', args: {} } };
		const parts = [good, bad].flatMap((thoughtSignature) => [
			{ text: 'a', thoughtSignature },
			{ ...call, thoughtSignature },
		]);
		const { chunks } = await run(answering({ parts }, stop), { prompt: mayCall });
		const signed = chunks.flatMap(({ output }) => (output && 'signature' in output ? [output.signature] : []));
		assert.deepEqual(signed, [good, good]);
		assert.equal(chunks.filter(({ output }) => output?.type === 'call').length, 2);
	});

	it('is redacted in code that ran, in what came of it, and in sources, in their order', async () => {
		const parts = [
			{ text: 'Plan A' },
			{ executableCode: { language: 'PYTHON', code: `print("${key}")` } },
			{ executableCode: { language: key, code: '1' } },
			{ codeExecutionResult: { outcome: 'OUTCOME_FAILED', output: `no ${key}` } },
			{ inlineData: { mimeType: `image/${'x'.repeat(900)}`, data: '' } },
		];
		const groundingMetadata = {
			webSearchQueries: [`who has ${key}`],
			groundingChunks: [{ web: { uri: `https://a.invalid/?k=${key}`, title: key } }],
		};
		const body = `data: ${JSON.stringify({ candidates: [{ content: { parts }, groundingMetadata, finishReason: 'STOP' }] })}\n\n`;
		const { chunks } = await run(
			roomThatHolds(() => Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }))),
		);
		assert.deepEqual(
			chunks.map(({ output }) => output).filter((output) => output !== undefined),
			[
				{ type: 'text', text: 'Plan ' },
				{ type: 'text', text: 'A' },
				{ type: 'code', language: 'python', code: `print("${redacted}")` },
				{ type: 'code', language: redacted, code: '1' },
				{ type: 'codeResult', outcome: 'OUTCOME_FAILED', output: `no ${redacted}` },
				{ type: 'file', mimeType: `image/${'x'.repeat(194)}` },
				{
					type: 'grounding',
					queries: [`who has ${redacted}`],
					sources: [{ title: redacted, uri: `https://a.invalid/?k=${redacted}` }],
				},
			],
		);
	});

	it('is redacted in the finish reason and in the name of the model, which are bounded', async () => {
		const { chunks } = await run(
			answering(...texts('x'), {
				finishReason: `X ${key} ${'y'.repeat(900)}`,
				modelVersion: `models/m-${key}-${'z'.repeat(900)}`,
			}),
		);
		const { finishReason: finished = '', servedModel = '' } = chunks.at(-1) ?? {};
		assert.ok(finished.startsWith(`X ${redacted} yyy`) && finished.length === 200, finished);
		assert.ok(servedModel.startsWith(`m-${redacted}-zzz`) && servedModel.length <= 200, servedModel);
	});

	it('does not hide what had come when the stream breaks or is cut', async () => {
		const broken = await run(answering(...texts('Plan A'), {}));
		assert.deepEqual([broken.text, broken.thrown], ['Plan A', undefined]);
		const body = `data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text: 'Plan A' }] } }] })}\n\n`;
		const failed = await run(
			roomThatHolds(() =>
				Promise.resolve(
					new Response(`${body}data: {"error":{"code":503,"message":"overloaded"}}\n\n`, {
						status: 200,
						headers: { 'content-type': 'text/event-stream' },
					}),
				),
			),
		);
		assert.equal(failed.text, 'Plan A');
		assert.equal(failureIn(failed).action.reason, 'overloaded');
	});

	it('is redacted in the labels and descriptions of models, which are bounded; a model whose name holds it is none', async () => {
		const models = [
			{ name: 'models/good', displayName: `Good ${key}${'x'.repeat(900)}`, description: `${key} ${'y'.repeat(9_000)}` },
			{ name: `models/${key}`, displayName: 'Bad' },
			{ name: `models/${'n'.repeat(300)}`, displayName: 'Long' },
			{ name: 'models/plain', displayName: 'Plain', description: 'Thinks.' },
		].map((model) => ({ ...model, supportedGenerationMethods: ['generateContent'] }));
		const gemini = roomThatHolds(() =>
			Promise.resolve(
				new Response(JSON.stringify({ models }), { status: 200, headers: { 'content-type': 'application/json' } }),
			),
		);
		const [good, plain, ...others] = await gemini.models(key, new AbortController().signal);
		assert.ok(good?.label.startsWith(`Good ${redacted}x`) && good.label.length === 200, good?.label ?? 'none');
		const description = good?.description ?? '';
		assert.ok(!description.includes('Sy-held') && description.length === 2_000, description);
		assert.deepEqual(plain, { id: 'plain', label: 'Plain', description: 'Thinks.' });
		assert.deepEqual(others, []);
	});

	it('does not make the pool forget the model that was asked for', async () => {
		const { chunks } = await run(answering(...texts('x'), { finishReason: 'STOP', modelVersion: `models/${flash}` }));
		assert.equal(chunks.at(-1)?.servedModel, flash);
	});
});

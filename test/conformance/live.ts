import assert from 'node:assert/strict';
import { googleBaseUrl, type Piece, type Prompt } from '../../src/gemini/gemini';
import { createGemini } from '../../src/gemini/service';
import { createMasker } from '../../src/masking/masking';
import { Failure, type Chunk, type KeyId } from '../../src/pool/pool';

/** Sent to the service in all, whatever goes wrong. */
const maxCalls = 5;

const prompt = (options: Prompt['options'] = {}): Prompt => ({
	turns: [{ role: 'user', content: [{ type: 'text', text: 'Answer with the single word: blue' }] }],
	options: { maxOutputTokens: 500, ...options },
});

/** Run by `npm run conformance -- --live` alone. `KEYPOOL_BASE_URL` points it elsewhere, for instance at the simulator. */
describe('conformance, live', () => {
	const secret = (process.env['GEMINI_API_KEY'] ?? process.env['GOOGLE_API_KEY'] ?? '').trim();
	const model = process.env['KEYPOOL_MODEL'] ?? 'gemini-3.8-flash';
	const masker = createMasker();
	if (secret !== '') masker.learn(secret);
	let calls = 0;
	const gemini = createGemini({
		secretOf: () => Promise.resolve(secret),
		baseUrl: () => process.env['KEYPOOL_BASE_URL'] ?? googleBaseUrl,
		mask: masker.mask,
		fetch: (...args) => {
			calls++;
			if (calls > maxCalls) throw new Error('No more calls: at most five leave.');
			return fetch(...args);
		},
	});
	const signal = AbortSignal.timeout(80_000);

	before(() => {
		assert.notEqual(secret, '', 'Set GEMINI_API_KEY to a key of your own.');
	});

	async function ask(of: Prompt, on = model): Promise<readonly Chunk<Piece>[]> {
		const chunks: Chunk<Piece>[] = [];
		for await (const chunk of gemini.open(of)({ key: 'live' as KeyId, model: on, written: [] }, signal)) {
			chunks.push(chunk);
		}
		return chunks;
	}

	async function refusedAs(work: Promise<unknown>): Promise<string> {
		try {
			await work;
		} catch (error) {
			assert.ok(error instanceof Failure, 'only failures are thrown');
			assert.ok(!error.serviceMessage.includes(secret), 'what is said holds no key');
			return `${error.action.type} ${error.action.reason}`;
		}
		return 'answered';
	}

	it('models.list knows the key', async () => {
		await gemini.check(secret, signal);
	});

	it('a key that cannot be valid is a dead key', async () => {
		assert.equal(await refusedAs(gemini.check(`AIza${'x'.repeat(35)}`, signal)), 'quarantine badKey');
	});

	it('a short prompt is answered to its finishReason, with its tokens counted', async () => {
		const chunks = await ask(prompt());
		const text = chunks.map(({ output }) => (output?.type === 'text' ? output.text : '')).join('');
		assert.notEqual(text, '');
		assert.ok(chunks.some(({ finishReason: finished }) => finished !== undefined));
		assert.ok(chunks.some(({ usage }) => (usage?.input ?? 0) > 0));
	});

	it('a model that does not exist is told from everything else', async () => {
		assert.equal(await refusedAs(ask(prompt(), 'gemini-no-such-model')), 'fail noSuchModel');
	});

	it('a wrong request is the request, not the key', async () => {
		assert.equal(await refusedAs(ask(prompt({ temperature: 99 }))), 'fail badRequest');
	});
});

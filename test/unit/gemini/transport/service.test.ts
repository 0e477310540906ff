import assert from 'node:assert/strict';
import { createGemini } from '../../../../src/gemini/service';
import { checkKeys } from '../../../../src/keys/check/check';
import { Failure, type KeyId } from '../../../../src/pool/pool';
import { flash, lite } from '../../../support/simulator/stand';
import { loadSdk, question, roomOver, run, simulated } from '../../../support/gemini/room';

const { signal } = new AbortController();

function json(body: unknown, status = 200): Response {
	return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
		status,
		headers: { 'content-type': 'application/json' },
	});
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
	const thrown = await promise.then(
		() => undefined,
		(error: unknown) => error,
	);
	assert.ok(thrown instanceof Failure, String(thrown));
	return thrown;
}

describe('gemini: checking a key', () => {
	before(loadSdk);

	it('asks for one model, and costs no quota', async () => {
		const { gemini, clock, service } = simulated();
		await clock.until(gemini.check('sim-one', signal));
		assert.equal(service.log[0]?.method, 'list');
		assert.equal(service.counts.generation.size, 0);
	});

	it('says what is wrong with a key, without the key', async () => {
		const { gemini, clock } = simulated();
		const unknown = await clock.until(failureOf(gemini.check('sim-unknown', signal)));
		assert.deepEqual([unknown.action.type, unknown.action.reason], ['quarantine', 'badKey']);
		const suspended = simulated({
			keys: [
				{
					secret: 'sim-suspended',
					project: 'one',
					faults: [{ when: 'always', kind: 'error', body: '403_consumer_suspended' }],
				},
			],
		});
		const failure = await suspended.clock.until(failureOf(suspended.gemini.check('sim-suspended', signal)));
		assert.deepEqual([failure.action.type, failure.action.reason], ['quarantine', 'suspended']);
		assert.match(failure.serviceMessage, /api_key:…' has been suspended/);
	});

	it('does not take an error inside a 200, a page or nothing for a good key', async () => {
		const bodies = [{ error: { code: 400, message: 'API key not valid.' } }, '<html>Sign in</html>', '', '[]'];
		const acts: string[] = [];
		for (const body of bodies) {
			acts.push((await failureOf(roomOver(() => Promise.resolve(json(body))).check('sim-one', signal))).action.type);
		}
		assert.deepEqual(acts, ['quarantine', 'retrySameKey', 'retrySameKey', 'fail']);
	});

	it('condemns no key for a proxy’s page, nor for a denial that does not name it', async () => {
		for (const [response, reason] of [
			[new Response('<html>Access Denied</html>', { status: 403 }), 'proxy'],
			[new Response('', { status: 403 }), 'proxy'],
			[new Response('<html>Sign in</html>'), 'proxy'],
			[
				json(
					{ error: { code: 403, message: 'The caller does not have permission', status: 'PERMISSION_DENIED' } },
					403,
				),
				'modelDenied',
			],
		] as const) {
			const gemini = roomOver(() => Promise.resolve(response));
			const outcomes = await checkKeys(
				['k1' as KeyId],
				() => Promise.resolve('sim-one'),
				(secret, by) => gemini.check(secret, by),
				signal,
				() => undefined,
			);
			assert.deepEqual(outcomes.get('k1' as KeyId), { type: 'undecided', reason });
		}
	});

	it('can be cancelled', async () => {
		const controller = new AbortController();
		const gemini = roomOver(
			(_, init) =>
				new Promise((_resolve, reject) => {
					init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
					queueMicrotask(() => controller.abort('enough'));
				}),
		);
		assert.equal(await gemini.check('sim-one', controller.signal).catch((error: unknown) => error), 'enough');
	});
});

describe('gemini: the list of models', () => {
	before(loadSdk);

	it('names those that answer prompts', async () => {
		const { gemini, clock } = simulated();
		const models = await clock.until(gemini.models('sim-one', signal));
		const ids = models.map(({ id }) => id);
		assert.ok(ids.includes(flash) && ids.includes(lite));
		assert.ok(ids.every((id) => !id.includes('/') && !id.includes('embedding')));
		assert.ok((models.find(({ id }) => id === flash)?.inputLimit ?? 0) > 100_000);
	});

	it('takes a limit of zero, below zero and null for what a host does not know', async () => {
		const model = { name: 'models/m', supportedGenerationMethods: ['generateContent'] };
		for (const inputTokenLimit of [0, -1, null, 'unlimited', {}]) {
			const unknown = { inputTokenLimit, outputTokenLimit: null, displayName: null, description: null };
			const room = roomOver(() => Promise.resolve(json({ models: [{ ...model, ...unknown }] })));
			assert.deepEqual(await room.models('sim-one', signal), [{ id: 'm', label: 'm' }]);
		}
	});

	it('reads what a host writes otherwise, and leaves out what nobody could ask for', async () => {
		const supportedGenerationMethods = ['generateContent'];
		const models = [
			null,
			{ name: 5, supportedGenerationMethods },
			{ name: 'models/none', supportedGenerationMethods: {} },
			{ name: 'models/../files', supportedGenerationMethods },
			{ name: 'models/good', supportedGenerationMethods, displayName: 5, description: {}, inputTokenLimit: '1000' },
			{ name: 'models/good', supportedGenerationMethods },
		];
		const room = roomOver(() => Promise.resolve(json({ models })));
		assert.deepEqual(await room.models('sim-one', signal), [{ id: 'good', label: 'good', inputLimit: 1000 }]);
		assert.deepEqual(await roomOver(() => Promise.resolve(json({ models: 'none' }))).models('sim-one', signal), []);
	});

	it('follows pages, and ends although the service never does', async () => {
		let calls = 0;
		const page = (name: string): unknown => ({
			models: [
				{ name: `models/${name}`, supportedGenerationMethods: ['generateContent'] },
				{ name: 'models/embedding', supportedGenerationMethods: ['embedContent'] },
			],
			nextPageToken: 'more',
		});
		const models = await roomOver(() => Promise.resolve(json(page(`m${++calls}`)))).models('sim-one', signal);
		assert.equal(calls, 8);
		assert.deepEqual(models[7], { id: 'm8', label: 'm8' });
		assert.equal(models.length, 8);
	});
});

describe('gemini: clients and cost', () => {
	before(loadSdk);

	it('uses a replaced secret and a changed address from the next call on', async () => {
		const seen: string[] = [];
		const state = { secret: 'sim-one', baseUrl: 'https://a.invalid' };
		const gemini = createGemini({
			secretOf: () => Promise.resolve(state.secret),
			baseUrl: () => state.baseUrl,
			mask: (text) => text,
			fetch: (input, init) => {
				const host = new URL(input instanceof Request ? input.url : input).host;
				seen.push(`${host} ${new Headers(init?.headers).get('x-goog-api-key') ?? ''}`);
				return Promise.resolve(json({ error: { code: 503, message: 'x' } }, 503));
			},
		});
		await run(gemini);
		state.secret = 'sim-two';
		await run(gemini);
		state.baseUrl = 'https://b.invalid';
		await run(gemini);
		assert.deepEqual(seen, ['a.invalid sim-one', 'a.invalid sim-two', 'b.invalid sim-two']);
	});

	it('sends no key to a host that may not have it by the time of the call', async () => {
		const seen: string[] = [];
		const state = { baseUrl: 'https://a.invalid' };
		const gemini = createGemini({
			secretOf: () => {
				// Changed while the key is on its way out of the store.
				state.baseUrl = 'https://b.invalid';
				return Promise.resolve('sim-one');
			},
			baseUrl: () => state.baseUrl,
			mask: (text) => text,
			mayReceive: ({ host }) => host === 'a.invalid',
			fetch: (input) => {
				seen.push(new URL(input instanceof Request ? input.url : input).host);
				return Promise.reject(new Error('nothing may be sent'));
			},
		});
		const { thrown } = await run(gemini);
		assert.ok(thrown instanceof Failure && thrown.action.reason === 'hostRefused' && !thrown.sent);
		assert.equal((await failureOf(gemini.check('sim-one', signal))).action.reason, 'hostRefused');
		assert.deepEqual(seen, []);
	});

	it('redacts the secret in use although the masker does not know it', async () => {
		const secret = 'AIza' + 'x'.repeat(35);
		const gemini = createGemini({
			secretOf: (key: KeyId) => Promise.resolve(key === 'k1' ? secret : undefined),
			baseUrl: () => 'https://a.invalid',
			mask: (text) => text.replaceAll('sim-other', '***'),
			fetch: () => Promise.reject(new Error(`the runtime quotes ${secret} and sim-other`)),
		});
		const { thrown } = await run(gemini);
		assert.ok(thrown instanceof Failure);
		assert.equal(thrown.serviceMessage, 'the runtime quotes ‹redacted› and ***');
		assert.equal(thrown.cause, undefined);
	});

	it('weighs every text in bytes, and images by their fixed price', () => {
		const gemini = roomOver(() => Promise.reject(new Error('nothing may be sent')));
		assert.deepEqual(gemini.cost(question('grüße')), { bytes: 7, tokens: 0 });
		assert.deepEqual(
			gemini.cost({
				turns: [
					{ role: 'user', content: [{ type: 'text', text: 'ab' }] },
					{ role: 'model', content: [{ type: 'text', text: '🌍' }] },
					{ role: 'user', content: [{ type: 'image', mimeType: 'image/png', data: 'a'.repeat(4000) }] },
				],
				options: { system: 'abc', responseSchema: { a: 1 }, functionDeclarations: [{}] },
			}),
			{ bytes: 2 + 4 + 3 + 7 + 4, tokens: 1_120 },
		);
	});
});

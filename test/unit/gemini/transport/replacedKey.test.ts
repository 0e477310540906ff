import assert from 'node:assert/strict';
import type { ForwardRequest } from '../../../../src/gemini/gemini';
import { createGemini } from '../../../../src/gemini/service';
import { Pool, type OpenStream, type ProjectId } from '../../../../src/pool/pool';
import { aKey } from '../../../support/aKey';
import { aRequest } from '../../../support/aRequest';
import { loadSdk, question } from '../../../support/gemini/room';
import { createStand, flash } from '../../../support/simulator/stand';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const forwarded: ForwardRequest = {
	dialect: 'gemini',
	method: 'POST',
	path: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
	body: () => JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi [short]' }] }] }),
	isStream: true,
	namesFile: false,
	hasFinish: true,
};

/** An answer that breaks off after its first words. */
const begun = [
	{ candidates: [{ content: { role: 'model', parts: [{ text: 'One' }] } }] },
	{ error: { code: 403, message: 'Your API key was reported as leaked.', status: 'PERMISSION_DENIED' } },
];

/** A pool of one key, which a person replaces while a call with its old secret is under way; that one is refused then. */
function replaced(body: '400_api_key_invalid' | '403_leaked_key' | typeof begun, next: string | undefined) {
	const { service, clock } = createStand({
		keys: [
			{
				secret: 'sim-old',
				project: 'one',
				faults: typeof body === 'string' ? [{ when: 'always', kind: 'error', body }] : [],
			},
			{ secret: 'sim-new', project: 'one' },
		],
	});
	let secret: string | undefined = 'sim-old';
	const [sent, parts]: [string[], string[]] = [[], []];
	const gemini = createGemini({
		secretOf: () => Promise.resolve(secret),
		baseUrl: () => 'https://simulator.invalid',
		mask: (text) => text,
		fetch: (input, init) => {
			sent.push(new Headers(init?.headers).get('x-goog-api-key') ?? '');
			secret = next;
			if (typeof body !== 'string' && sent.length === 1) {
				const text = body.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
				return Promise.resolve(new Response(text, { headers: { 'content-type': 'text/event-stream' } }));
			}
			return service.fetch(input instanceof URL ? input.href : input, init);
		},
		now: () => clock.wall(),
	});
	const pool = new Pool({
		store: new InMemoryStore(clock),
		clock,
		random: () => 0,
		check: () => Promise.resolve(),
	});
	pool.setKeys([aKey('k1', 'one', 0)], [{ id: 'one' as ProjectId, tier: 'free' }]);
	const ask = async <C>(open: OpenStream<C>): Promise<string> => {
		try {
			for await (const { type } of pool.stream(aRequest('r1', { models: [flash] }), open)) {
				parts.push(type);
				if (type === 'done') return 'answered';
			}
			return 'ended';
		} catch (error) {
			return String(error);
		}
	};
	return { gemini, pool, sent, parts, ask: <C>(open: OpenStream<C>) => clock.until(ask(open)) };
}

describe('gemini: a key that is replaced while it is asked', () => {
	before(loadSdk);

	for (const body of ['400_api_key_invalid', '403_leaked_key'] as const) {
		it(`answers with its new secret, and is not held to what was said of the old one: ${body}`, async () => {
			const own = replaced(body, 'sim-new');
			const through = replaced(body, 'sim-new');
			assert.equal(await own.ask(own.gemini.open(question())), 'answered');
			assert.equal(await through.ask(through.gemini.forward(forwarded)), 'answered');
			for (const { pool, sent } of [own, through]) {
				assert.deepEqual(sent, ['sim-old', 'sim-new']);
				const { keys, paused } = pool.snapshot();
				assert.deepEqual([keys[0]?.availability.state, paused], ['usable', undefined]);
			}
		});
	}

	it('begins no second answer behind what has come of the first', async () => {
		const own = replaced(begun, 'sim-new');
		const through = replaced(begun, 'sim-new');
		await own.ask(own.gemini.open(question()));
		await through.ask(through.gemini.forward(forwarded));
		for (const { pool, sent, parts } of [own, through]) {
			assert.deepEqual(sent, ['sim-old', 'sim-new']);
			assert.match(parts.join(' '), /^output waiting retract (?:output )+done$/);
			const { keys, paused } = pool.snapshot();
			assert.deepEqual([keys[0]?.availability.state, paused], ['usable', undefined]);
		}
	});

	it('that is gone is not asked again', async () => {
		const { gemini, sent, ask } = replaced('400_api_key_invalid', undefined);
		assert.notEqual(await ask(gemini.open(question())), 'answered');
		assert.deepEqual(sent, ['sim-old']);
	});
});

import assert from 'node:assert/strict';
import type { KeyId } from '../../../src/pool/pool';
import type { Failing, Fault } from '../../../src/simulator/service';
import {
	chat,
	completions,
	GatewayRig,
	question,
	retryDelayMs,
	stream,
	whole,
	type Answered,
} from '../../support/gateway/gatewayRig';
import { flash, lite } from '../../support/simulator/stand';

const always = (failing: Failing): { readonly faults: readonly Fault[] } => ({
	faults: [{ when: 'always', ...failing }],
});
const first = (calls: number, failing: Failing): { readonly faults: readonly Fault[] } => ({
	faults: [{ when: { first: calls }, ...failing }],
});
const rpm = { kind: 'error', body: '429_rpm_free' } as const;
const streamedChat = chat('Hi [short]', { stream: true });

/** The text of an answer in either dialect, whichever form it came in. */
function textOf({ text, events }: Answered): string {
	const bodies = events.length > 0 ? events.filter((event) => event !== '[DONE]') : [text];
	return bodies
		.flatMap((body) => [JSON.parse(body)].flat() as Record<string, never>[])
		.flatMap(({ candidates = [], choices = [] }) => [
			...(candidates as { content?: { parts?: { text?: string }[] } }[]).flatMap(({ content }) => content?.parts ?? []),
			...(choices as { delta?: { content?: string }; message?: { content?: string } }[]).map(({ delta, message }) => ({
				text: (delta ?? message)?.content,
			})),
		])
		.map(({ text: piece = '' }) => piece)
		.join('');
}

/** One way to ask in each dialect and form. */
const ways: readonly (readonly [name: string, path: string, body: object])[] = [
	['Gemini, whole', whole, question()],
	['Gemini, streamed', stream, question()],
	['Gemini, as a list', stream.replace('?alt=sse', ''), question()],
	['Gemini by v1', whole.replace('v1beta', 'v1'), question()],
	['OpenAI, whole', completions, chat()],
	['OpenAI, streamed', completions, streamedChat],
	['OpenAI by Google’s path', '/v1beta/openai/chat/completions', streamedChat],
];

describe('the gateway: answers', () => {
	for (const [name, path, body] of ways) {
		it(`come in the form that was asked for: ${name}`, async () => {
			const rig = new GatewayRig({ a: {} });
			const answer = await rig.ask(path, body);
			assert.equal(answer.status, 200, answer.text);
			assert.ok(answer.isWhole);
			assert.match(textOf(answer), /^You asked "Hi \[short\]", and the simulator answers with sim-answer-\w+\.\n$/);
			assert.equal(answer.headers.get('x-keypool-model'), flash);
			assert.equal(answer.headers.get('x-keypool-fallbacks'), '0');
			assert.equal(answer.headers.get('x-keypool-wait-ms'), '0');
			assert.equal(answer.headers.get('cache-control'), 'no-store');
			if (name.includes('OpenAI') && answer.events.length > 0) assert.equal(answer.events.at(-1), '[DONE]');
		});

		it(`hide every fallback of keys before the first byte: ${name}`, async () => {
			for (const failing of [
				rpm,
				{ kind: 'error', body: '429_rpd_free_flash_short_delay' },
				{ kind: 'error', body: '400_api_key_invalid' },
				{ kind: 'error', body: '500_internal' },
				{ kind: 'silentEnd', afterPieces: 0 },
				{ ...rpm, afterPieces: 0 },
			] satisfies Failing[]) {
				const rig = new GatewayRig({ a: always(failing), b: {} });
				const answer = await rig.ask(path, body);
				assert.equal(answer.status, 200, `${JSON.stringify(failing)}: ${answer.text}`);
				assert.match(textOf(answer), /sim-answer-\w+\.\n$/);
				assert.ok(answer.isWhole);
				assert.ok(Number(answer.headers.get('x-keypool-fallbacks')) > 0);
			}
		});

		it(`are never ended as whole where they are not: ${name}`, async () => {
			for (const failing of [
				{ kind: 'cutStream', afterPieces: 1 },
				{ kind: 'silentEnd', afterPieces: 1 },
				{ kind: 'cutEvent', afterPieces: 1 },
				{ kind: 'brokenJson', afterPieces: 1 },
				{ kind: 'error', body: '503_overloaded', afterPieces: 1 },
				{ kind: 'errorFrame', body: '500_internal', afterPieces: 1 },
				{ kind: 'hang', afterPieces: 1 },
			] satisfies Failing[]) {
				const rig = new GatewayRig({ a: always(failing) });
				const answer = await rig.ask(path, body);
				if (answer.status >= 500) continue;
				assert.ok(!answer.isWhole, JSON.stringify(failing));
				// Nothing of it is half a piece, which would hide what is told of it.
				for (const body of answer.events.length > 0 ? answer.events : [answer.text]) JSON.parse(body);
				const last = answer.events.at(-1) ?? answer.text;
				assert.match(last, /"error":\{/, JSON.stringify(failing));
				assert.ok(!answer.text.includes('[DONE]'));
				assert.match(JSON.stringify(rig.events.at(-1)), /"isWhole":false/);
			}
		});
	}

	it('come all the same where the connection was lost before anything came', async () => {
		for (const failing of [{ kind: 'reset' }, { kind: 'cutStream', afterPieces: 0 }] satisfies Failing[]) {
			const rig = new GatewayRig({ a: first(2, failing) });
			const answer = await rig.ask(stream, question());
			assert.deepEqual([answer.status, answer.isWhole, rig.calls.length], [200, true, 3]);
		}
	});

	it('may take ten minutes where they come whole, and no longer', async () => {
		const late = (minutes: number) => always({ kind: 'latency', beforeHeaders: minutes * 60_000 });
		const patient = await new GatewayRig({ a: late(9) }).ask(whole, question());
		assert.equal(patient.status, 200, patient.text);
		const tooLate = new GatewayRig({ a: late(11) });
		const began = tooLate.clock.monotonic();
		assert.equal((await tooLate.ask(whole, question())).status, 504);
		assert.ok(tooLate.clock.monotonic() - began >= 600_000);
	});

	it('hold up others no longer than a stream would, where one comes whole and late after a refusal', async () => {
		for (const body of ['503_overloaded', '429_no_details'] as const) {
			const late = { when: { nth: 2 }, kind: 'latency', beforeHeaders: 300_000 } as const;
			const rig = new GatewayRig({ a: { faults: [{ when: { first: 1 }, kind: 'error', body }, late] } });
			await rig.ready;
			const whole1 = rig.read(rig.send(whole, question('One [short]')));
			await rig.clock.advance(70_000);
			const beside = await rig.ask(stream, question('Two [short]'));
			assert.deepEqual([beside.status, body], [200, body], beside.text);
			assert.equal((await rig.clock.until(whole1)).status, 200);
		}
	});

	it('say how long they waited, and which model served an alias', async () => {
		const rig = new GatewayRig({ a: first(1, rpm) });
		const answer = await rig.ask(stream.replace(flash, 'gemini-flash-latest'), question());
		assert.equal(answer.status, 200, answer.text);
		assert.ok(Number(answer.headers.get('x-keypool-wait-ms')) > 1_000);
		assert.equal(answer.headers.get('x-keypool-model'), flash);
	});

	it('say how long they waited for nothing, too', async () => {
		const rig = new GatewayRig({ a: first(1, rpm) });
		await rig.ready;
		const answer = rig.read(rig.send(whole, question()));
		await rig.clock.advance(10_000);
		await rig.store.transact((tx, now) => {
			const paused = { reason: 'leaked', by: 'a' as KeyId, since: now, serviceMessage: '' } as const;
			tx.put({ kind: 'pool', doc: { ...tx.pool(), paused } });
		});
		const { status, headers } = await rig.clock.until(answer);
		assert.deepEqual([status, headers.get('x-keypool-wait-ms')], [403, '10000']);
	});

	it('wait for a key rather than come from another model, unless the list says so', async () => {
		const busy = { faults: [{ when: { first: 1 }, model: flash, ...rpm }] } as const;
		const waits = new GatewayRig({ a: busy });
		assert.equal((await waits.ask(whole, question())).headers.get('x-keypool-model'), flash);
		const mayFallBack = { rules: { fallbackModels: [lite] } };
		const falls = new GatewayRig({ a: busy }, mayFallBack);
		assert.equal((await falls.ask(whole, question())).headers.get('x-keypool-model'), lite);
		const chats = new GatewayRig({ a: busy }, mayFallBack);
		assert.equal((await chats.ask(completions, chat())).headers.get('x-keypool-model'), lite);
		assert.match(chats.bodies.at(-1) ?? '', /"model":"gemini-3.5-flash-lite"/);
		// The client's own list goes before.
		const own = new GatewayRig({ a: busy }, { ...mayFallBack, client: { fallbackModels: [] } });
		assert.equal((await own.ask(whole, question())).headers.get('x-keypool-model'), flash);
		const tools = [{ functionDeclarations: [{ name: 'add' }] }];
		const withTools = new GatewayRig({ a: busy }, mayFallBack);
		assert.equal((await withTools.ask(whole, { ...question(), tools })).headers.get('x-keypool-model'), flash);
	});

	it('tell exactly when to come again where nothing can serve in time', async () => {
		const rig = new GatewayRig({ a: always(rpm) }, { rules: { maxWaitMs: 5_000 } });
		const native = await rig.ask(stream, question());
		assert.equal(native.status, 429);
		const { error } = JSON.parse(native.text) as { error: { status: string; details: { retryDelay?: string }[] } };
		assert.equal(error.status, 'RESOURCE_EXHAUSTED');
		const ms = Number(native.headers.get('retry-after-ms'));
		assert.ok(ms > 5_000 && ms < 60_000, String(ms));
		assert.equal(error.details.find((one) => one.retryDelay !== undefined)?.retryDelay, `${ms / 1000}s`);
		assert.equal(native.headers.get('x-should-retry'), 'true');
		const openai = await rig.ask(completions, chat());
		assert.equal(
			openai.headers.get('retry-after'),
			String(Math.ceil(Number(openai.headers.get('retry-after-ms')) / 1000)),
		);
		assert.match(
			openai.text,
			/^\{"error":\{"message":".+","type":"rate_limit_error","param":null,"code":"\w+","details":\[.+\]\}\}$/,
		);
		assert.equal(openai.headers.get('x-keypool-fallbacks'), '0');
	});

	it('tell not to come again where that helps nobody', async () => {
		const day = new GatewayRig({ a: always({ kind: 'error', body: '429_rpd_free_flash_long_delay' }) });
		const exhausted = await day.ask(completions, chat());
		assert.deepEqual([exhausted.status, exhausted.headers.get('x-should-retry')], [429, 'false']);
		// Agents sleep through a long one for hours, and say nothing; what they show says until when.
		assert.deepEqual([exhausted.headers.get('retry-after'), exhausted.headers.get('retry-after-ms')], [null, null]);
		assert.ok(retryDelayMs(exhausted.text) > 3_600_000);
		const leaked = new GatewayRig({ a: always({ kind: 'error', body: '403_leaked_key' }), b: {} });
		const paused = await leaked.ask(completions, chat());
		assert.deepEqual([paused.status, paused.headers.get('x-should-retry')], [403, 'false']);
		assert.match(paused.text, /"code":"paused"/);
		assert.equal(leaked.calls.length, 1, 'no other key is tried');
		for (const [rig, code] of [
			[new GatewayRig({}), 'no_keys'],
			[new GatewayRig({ a: {} }, { rules: { paidOnly: true } }), 'paid_only'],
			[new GatewayRig({ a: {} }, { blockedReason: 'keysLocked' }), 'keys_locked'],
		] as const) {
			const answer = await rig.ask(completions, chat());
			assert.deepEqual([answer.status, answer.headers.get('x-should-retry')], [403, 'false'], answer.text);
			assert.match(answer.text, new RegExp(`"code":"${code}"`));
			assert.equal(rig.calls.length, 0);
		}
	});

	it('tell in the service’s own words what is wrong with a request, without its key', async () => {
		const rig = new GatewayRig({ a: {} });
		const wrong = await rig.ask(whole, { ...question(), generationConfig: { temperature: 9 } });
		assert.equal(wrong.status, 400);
		assert.match(wrong.text, /temperature must be in the range/);
		const missing = await rig.ask(completions, { ...chat(), model: 'gemini-none' });
		assert.equal(missing.status, 404);
		assert.match(missing.text, /gemini-none is not found/);
		const suspended = new GatewayRig({ a: always({ kind: 'error', body: '403_consumer_suspended' }) });
		for (const [path, body] of [
			[whole, question()],
			[completions, chat()],
		] as const) {
			assert.ok(!(await suspended.ask(path, body)).text.includes('sim-key'));
		}
	});

	it('are there for everybody else where a client asks for a model at an address that lacks it', async () => {
		const rig = new GatewayRig({ a: {} });
		const alias = '/v1beta/models/gemini-flash-latest:generateContent';
		// By v1 there are no aliases, and a model for chats makes no vectors.
		for (const [path, body] of [
			[alias.replace('v1beta', 'v1'), question()],
			['/v1/embeddings', { model: flash, input: 'a' }],
			[`/v1beta/models/${flash}:embedContent`, { content: { parts: [{ text: 'a' }] } }],
		] as const) {
			const answer = await rig.ask(path, body, { headers: { authorization: `Bearer ${rig.token}` } });
			assert.deepEqual([answer.status, /is not found for API version/.test(answer.text)], [404, true], path);
		}
		for (const path of [alias, whole]) assert.equal((await rig.ask(path, question())).status, 200, path);
	});

	it('keep the chunk with usage from whoever has not asked for it, and count by it', async () => {
		const rig = new GatewayRig({ a: {} });
		const plain = await rig.ask(completions, streamedChat);
		assert.ok(!plain.text.includes('"usage"'));
		const counted = await rig.ask(
			completions,
			chat('Hi [short]', { stream: true, stream_options: { include_usage: true } }),
		);
		assert.match(counted.events.at(-2) ?? '', /"usage":\{/);
		await rig.clock.settle();
		const [client] = rig.tokens.list();
		const { today, underWay } = rig.gateway.usageOf(client?.id ?? '');
		assert.deepEqual([today.requests, underWay], [2, 0]);
		assert.ok(today.input > 0 && today.output > 0);
	});

	it('leave the body as it came, but for what the documents list', async () => {
		const rig = new GatewayRig({ a: {} });
		const native =
			'{ "contents":[ {"parts":[{"text":"Hi [short]"}] } ], "generationConfig": {"seed": 9007199254740993} }';
		// The mark in front of a file's text is none of the body.
		for (const mark of ['', '\ufeff']) await rig.ask(whole, mark + native);
		assert.deepEqual(rig.bodies, [native, native]);
		const openai = `{ "model":"${flash}", "messages":[{"role":"user","content":"Hi [short]"}], "seed":9007199254740993}`;
		await rig.ask(completions, openai);
		assert.equal(rig.bodies.at(-1), openai);
		await rig.ask(completions, openai.replace('}]', '}], "stream":true'));
		assert.equal(
			rig.bodies.at(-1),
			openai.replace('}]', '}], "stream":true').replace('93}', '93,"stream_options":{"include_usage":true}}'),
		);
	});

	it('carry the credential to nobody, in whichever place it came', async () => {
		const rig = new GatewayRig({ a: {} });
		await rig.ready;
		await rig.ask(`${stream}&key=${rig.token}&$unknown=1`, question(), {
			headers: { authorization: `Bearer ${rig.token}` },
		});
		await rig.ask(`${completions}?key=${rig.token}`, chat());
		assert.ok(rig.addresses.length >= 2);
		for (const sent of [...rig.addresses, ...rig.bodies]) assert.ok(!sent.includes(rig.token), sent);
	});

	it('come whole where the query asks for a part, or for another form, which the gateway could not read', async () => {
		const rig = new GatewayRig({ a: {}, b: {} });
		const more = 'fields=candidates.content&$fields=x&callback=f&$callback=f&$httpMethod=DELETE&$httpHeaders=X-A:b';
		const answer = await rig.ask(`${whole}?${more}&$alt=proto&prettyPrint=false`, question());
		assert.deepEqual([answer.status, rig.calls.length], [200, 1], answer.text);
		assert.equal(new URL(rig.addresses[0] ?? '').search, '?prettyPrint=false');
		const events = await rig.ask(stream.replace('?alt', '?$alt'), question());
		assert.equal(events.headers.get('content-type'), 'text/event-stream');
	});

	it('bring the usage although the client says that it has no options', async () => {
		const rig = new GatewayRig({ a: {} });
		await rig.ask(completions, chat('Hi [short]', { stream: true, stream_options: null }));
		assert.match(rig.bodies[0] ?? '', /"stream_options":\{"include_usage":true\}/);
	});

	it('count tokens, list models and make vectors', async () => {
		const rig = new GatewayRig({ a: first(1, { kind: 'error', body: '400_api_key_invalid' }), b: {} });
		const listed = await rig.ask('/v1beta/models?pageSize=2');
		assert.equal(listed.status, 200, listed.text);
		assert.equal((JSON.parse(listed.text) as { models: unknown[] }).models.length, 2);
		assert.deepEqual(rig.calls, ['a models', 'b models'], 'a key that is not known is passed over');
		assert.equal(rig.pool.snapshot().keys[0]?.availability.state, 'quarantined');
		const bearer = { headers: { 'x-goog-api-key': '', authorization: `Bearer ${rig.token}` } };
		assert.match((await rig.ask('/v1/models', undefined, bearer)).text, /"object": "list"/);
		assert.match((await rig.ask('/v1/models')).text, /"models": \[/);
		const both = { headers: { authorization: `Bearer ${rig.token}` } };
		assert.match((await rig.ask('/v1/models', undefined, both)).text, /"models": \[/);
		const inQuery = { headers: { 'x-goog-api-key': '', authorization: 'Bearer other' } };
		assert.match((await rig.ask(`/v1/models?key=${rig.token}`, undefined, inQuery)).text, /"models": \[/);
		assert.match((await rig.ask(`/v1/models/${flash}`, undefined, bearer)).text, /"owned_by": "google"/);
		const counted = await rig.ask(whole.replace('generateContent', 'countTokens'), question());
		assert.match(counted.text, /"totalTokens": \d+/);
		const embedding = 'gemini-embedding-001';
		const content = { parts: [{ text: 'Hi' }] };
		assert.match((await rig.ask(`/v1beta/models/${embedding}:embedContent`, { content })).text, /"values"/);
		const batch = { requests: [{ model: `models/${embedding}`, content }] };
		assert.match((await rig.ask(`/v1/models/${embedding}:batchEmbedContents`, batch)).text, /"embeddings"/);
		const openai = await rig.ask('/v1beta/openai/embeddings', { model: embedding, input: ['Hi', 'you'] });
		const { data } = JSON.parse(openai.text) as { data: { index: number }[] };
		assert.equal(data.map(({ index }) => index).join(), '0,1');
		assert.equal(openai.headers.get('x-keypool-model'), embedding);
	});

	it('that are vectors count as the service counts them, text by text', async () => {
		const rig = new GatewayRig({ a: { quota: { rpm: 5 } } }, { rules: { maxWaitMs: 200_000 } });
		const texts = ['one', 'two', 'three', 'four'];
		for (let n = 0; n < 4; n++) {
			const answer = await rig.ask('/v1beta/openai/embeddings', { model: 'gemini-embedding-001', input: texts });
			assert.equal(answer.status, 200, answer.text);
		}
		const outcomes = rig.service.log.map(({ outcome }) => outcome);
		assert.equal(outcomes.filter((one) => one === 'answered').length, 4);
		assert.ok(outcomes.length <= 5, outcomes.join());
		assert.deepEqual(
			[...rig.store.replica().bucket.values()].map(({ day }) => day.sent),
			[4 * texts.length],
		);
	});

	it('never come from another model where they are vectors', async () => {
		const embedding = 'gemini-embedding-001';
		const rig = new GatewayRig({ a: first(1, rpm) }, { rules: { fallbackModels: [flash] } });
		const answer = await rig.ask('/v1beta/openai/embeddings', { model: embedding, input: 'Hi' });
		assert.equal(answer.status, 200);
		assert.deepEqual(
			new Set(rig.bodies.map((body) => (JSON.parse(body) as { model: string }).model)),
			new Set([embedding]),
		);
	});

	it('reach log, views and metrics as requests of their client', async () => {
		const rig = new GatewayRig({ a: {} });
		await rig.ask(whole, question());
		await rig.clock.settle();
		const ended = rig.poolEvents.find(({ type }) => type === 'ended');
		assert.match(JSON.stringify(ended), /"origin":"gateway:tool"/);
		assert.deepEqual(
			rig.events.map(({ type }) => type),
			['began', 'ended'],
		);
	});

	it('end with the client that leaves, and hold nothing of it', async () => {
		const rig = new GatewayRig({ a: always({ kind: 'hang' }) });
		const gone = new AbortController();
		const answer = rig.read(rig.send(whole, question(), { signal: gone.signal }));
		await rig.clock.settle();
		assert.equal(rig.gateway.underWay, 1);
		gone.abort();
		await rig.clock.settle();
		assert.equal((await answer).status, 499);
		assert.equal(rig.gateway.underWay, 0);
		const streamed = new GatewayRig({ a: always({ kind: 'hang', afterPieces: 1 }) });
		const response = await streamed.clock.until(streamed.send(stream, question()));
		await response.body?.cancel();
		await streamed.clock.settle();
		assert.equal(streamed.gateway.underWay, 0);
		assert.equal(streamed.service.log.at(-1)?.end, 'aborted');
	});
});

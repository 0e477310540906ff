import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readClients, writeClients } from '../../src/gateway/clients/clientRecord';
import { isHost } from '../../src/gateway/doors/origin';
import { routeOf } from '../../src/gateway/doors/route';
import { callOf } from '../../src/gateway/requests/call';
import { withEdits } from '../../src/gateway/requests/jsonEdit';
import { isObject } from '../../src/common/json';
import { listFor } from '../../src/gateway/requests/models';
import { sessionOf } from '../../src/gateway/requests/session';
import { SignatureMemory } from '../../src/gateway/requests/signatures';
import { attackJson, attackText, damaged, isUnpolluted } from '../support/fuzz/attacks';
import { property } from '../support/fuzz/property';
import { target } from '../support/fuzz/target';

const path = attackText(
	...['/v1', '/v1beta', '/v1beta/openai', '/models', '/chat/completions', '/embeddings', ':generateContent', '/', '..'],
	...[
		'%2f',
		'%',
		':streamGenerateContent',
		'?alt=sse',
		'gemini-3.8-flash',
		'/files',
		':batchGenerateContent',
		'//',
		'\\',
	],
);
const names = fc.constantFrom(
	...[
		'contents',
		'parts',
		'text',
		'role',
		'functionCall',
		'functionResponse',
		'thoughtSignature',
		'inlineData',
		'data',
	],
	...['mimeType', 'messages', 'content', 'tool_calls', 'id', 'extra_content', 'google', 'thought_signature', 'model'],
	...['stream', 'stream_options', 'tools', 'cachedContent', 'prompt_cache_key', 'fileData', 'fileUri', '__proto__'],
	...['store', 'metadata'],
);
/** Of these names Google's translation refuses a body. */
const kept: ReadonlySet<string> = new Set(['prompt_cache_key', 'store', 'metadata']);
const { body } = fc.letrec<{ body: unknown; value: unknown }>((tie) => ({
	value: fc.oneof(
		{ depthSize: 'small', maxDepth: 6 },
		attackJson,
		tie('body'),
		fc.array(tie('value'), { maxLength: 4 }),
	),
	body: fc.dictionary(names, tie('value'), { maxKeys: 6 }),
}));
/** Mostly of a model: without one nothing is sent in OpenAI's dialect. */
const whole = fc
	.tuple(body, fc.constantFrom({ model: 'm' }, {}))
	.map(([any, model]) => (isObject(any) ? { ...any, ...model } : any));
const never = new URLSearchParams();
const native = { type: 'generate', dialect: 'gemini', version: 'v1beta', model: 'm', form: 'events' } as const;
const routes = [native, { type: 'generate', dialect: 'openai' }, { type: 'embed', dialect: 'openai' }] as const;

target('requests of the gateway', {
	'lead to a model that is a name, or nowhere, whatever the path is': property(path, (whole) => {
		const url = new URL('http://gateway.invalid');
		url.pathname = whole;
		for (const method of ['GET', 'POST', 'DELETE']) {
			for (const hasGeminiCredential of [true, false]) {
				const route = routeOf({ method, path: url.pathname, query: url.searchParams, hasGeminiCredential });
				if ('model' in route) assert.match(route.model, /^[\w.-]{1,100}$/);
			}
		}
		assert.ok(!isHost(whole, 8642, { hosts: [], origins: [] }));
	}),
	'of any JSON are read within bounds, and go out as they came but for what is set': property(whole, (value) => {
		const text = JSON.stringify(value);
		const parsed: unknown = JSON.parse(text);
		if (!isObject(parsed)) return;
		const memory = new SignatureMemory();
		memory.learn('client', parsed);
		for (const route of routes) {
			const call = callOf(route, { text, bytes: new TextEncoder().encode(text) }, parsed, never);
			if (call === undefined) continue;
			assert.ok(call.size.bytes >= 0 && call.size.bytes <= 8 * text.length && Number.isFinite(call.size.tokens));
			assert.ok(sessionOf('client', new Headers(), call.conversation).id.length < 1_000);
			const forward = call.forward(memory.editsFor('client', parsed));
			for (const replaces of [false, true]) {
				const sent: unknown = JSON.parse(Buffer.from(forward.body?.(call.model, replaces) ?? '').toString());
				assert.ok(isObject(sent));
				const isOpenAi = route.dialect === 'openai';
				const expected: readonly string[] = Object.keys(parsed).filter((name) => !(isOpenAi && kept.has(name)));
				assert.deepEqual(
					Object.keys(parsed).filter((name) => Object.hasOwn(sent, name)),
					expected,
				);
			}
		}
		listFor(text, parsed, ['m']);
		assert.ok(isUnpolluted());
	}),
	'of any text that is JSON are edited in place': property(
		fc.tuple(fc.json(), fc.array(names, { minLength: 1, maxLength: 3 })),
		([text, steps]) => {
			const edited: unknown = JSON.parse(withEdits(text, [{ path: steps, value: '1' }]));
			if (!isObject(JSON.parse(text))) assert.deepEqual(edited, JSON.parse(text));
		},
	),
	'come from clients that were stored whole, or from nobody': property(
		fc.oneof(damaged(fc.constant(writeClients([]))), attackText('{"v":1,"clients":[', ']}', '{"id":"a"', '"hash":"')),
		(stored) => {
			for (const { name, hash, rules } of readClients(stored)) {
				assert.match(hash, /^[\da-f]{64}$/);
				assert.ok(name.length <= 40 && rules.parallel >= 1);
			}
		},
	),
});

import assert from 'node:assert/strict';
import {
	chat,
	completions,
	GatewayRig,
	question,
	stream,
	whole,
	type Answered,
} from '../../support/gateway/gatewayRig';
import { flash } from '../../support/simulator/stand';

const outside = (headers: Record<string, string>): { readonly headers: Record<string, string> } => ({ headers });
const codeOf = ({ text }: Answered): string => {
	const { error } = JSON.parse(text) as { error: { code: unknown; details?: { reason?: string }[] } };
	return (error.details?.[0]?.reason ?? String(error.code)).replace('KEYPOOL_', '').toLowerCase();
};

describe('the doors of the gateway', () => {
	it('are closed to every name of another host, with a good token too', async () => {
		const rig = new GatewayRig({ a: {} });
		for (const host of [
			'evil.example',
			'evil.example:8642',
			'127.0.0.1:9',
			'127.0.0.1',
			'127.0.0.1.evil.example:8642',
			'',
			'0.0.0.0:8642',
		]) {
			const answer = await rig.ask(whole, question(), outside({ host }));
			assert.deepEqual([answer.status, codeOf(answer)], [403, 'host_refused'], host);
		}
		for (const host of ['127.0.0.1:8642', 'localhost:8642', 'LOCALHOST:8642', '[::1]:8642']) {
			assert.equal((await rig.ask(whole, question(), outside({ host }))).status, 200, host);
		}
		assert.equal(rig.calls.length, 4);
	});

	it('are closed to every web page, whatever it sends and whatever it asks before', async () => {
		const rig = new GatewayRig({ a: {} });
		for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:8642', 'vscode-webview://x']) {
			const answer = await rig.ask(whole, question(), outside({ origin }));
			assert.deepEqual([answer.status, codeOf(answer)], [403, 'origin_refused'], origin);
			const asks = await rig.ask(whole, undefined, { method: 'OPTIONS', headers: { origin } });
			assert.equal(asks.status, 403);
			for (const { headers } of [answer, asks]) assert.equal(headers.get('access-control-allow-origin'), null);
		}
		assert.equal(rig.calls.length, 0);
	});

	it('take no form that a page can post without asking: the type must be JSON, and the body an object', async () => {
		const rig = new GatewayRig({ a: {} });
		for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/json', '']) {
			const answer = await rig.ask(whole, JSON.stringify(question()), outside({ 'content-type': type }));
			assert.deepEqual([answer.status, codeOf(answer)], [415, 'not_json'], type);
		}
		const charset = outside({ 'content-type': 'application/json; charset=utf-8' });
		assert.equal((await rig.ask(whole, question(), charset)).status, 200);
		for (const body of ['[]', '"x"', '1', 'null', '{', '']) {
			assert.deepEqual(
				[(await rig.ask(whole, body)).status, codeOf(await rig.ask(whole, body))],
				[400, 'bad_json'],
				body,
			);
		}
		const packed = await rig.ask(whole, question(), outside({ 'content-encoding': 'gzip' }));
		assert.deepEqual([packed.status, codeOf(packed)], [415, 'not_json']);
		assert.match(packed.text, /without compression/);
		assert.equal((await rig.ask(whole, question(), outside({ 'content-encoding': 'identity' }))).status, 200);
		assert.equal(rig.calls.length, 2);
	});

	it('ask for the name of a model as Gemini has it', async () => {
		const rig = new GatewayRig({ a: {} });
		const secret = `AIza${'x'.repeat(35)}`;
		for (const model of [undefined, null, 5, '', 'google/gemini-3.8-flash', '../x', 'a b', secret, rig.token]) {
			const answer = await rig.ask(completions, { ...chat(), model });
			assert.deepEqual([answer.status, codeOf(answer)], [400, 'no_model']);
			assert.match(answer.text, /bare name of a model/);
			assert.match(answer.text, /"type":"invalid_request_error"/);
		}
		assert.equal(rig.calls.length, 0);
	});

	it('let pages of a named origin in, and answer their browser, where a list says so', async () => {
		const origin = 'https://team.example';
		const rig = new GatewayRig({ a: {} }, { doors: { origins: [origin], hosts: ['gateway.team.example'] } });
		const asks = await rig.ask(whole, undefined, { method: 'OPTIONS', headers: { origin } });
		assert.deepEqual([asks.status, asks.headers.get('access-control-allow-origin')], [204, origin]);
		const answer = await rig.ask(whole, question(), outside({ origin, host: 'gateway.team.example' }));
		assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin')], [200, origin]);
		assert.equal((await rig.ask(whole, question(), outside({ origin: 'https://evil.example' }))).status, 403);
	});

	it('let such a page use the SDK that it likes: of its headers none but the name of Google’s own goes on to Google anyway', async () => {
		const origin = 'https://team.example';
		const rig = new GatewayRig({ a: {} }, { doors: { origins: [origin] } });
		const allowedOf = async (wanted: string): Promise<string> => {
			const headers = { origin, 'access-control-request-headers': wanted };
			const asks = await rig.ask(completions, undefined, { method: 'OPTIONS', headers });
			return asks.headers.get('access-control-allow-headers') ?? '';
		};
		const ofSdk = 'authorization,content-type,x-server-timeout,x-stainless-lang,x-stainless-retry-count';
		assert.equal(await allowedOf(ofSdk), ofSdk);
		for (const other of ['', 'a b; c', 'x'.repeat(5_000)])
			assert.match(await allowedOf(other), /^authorization, content-type/);
	});

	it('let a page of a named origin read even that something unexpected happened', async () => {
		const origin = 'https://team.example';
		const rig = new GatewayRig({ a: {} }, { doors: { origins: [origin], hosts: [] } });
		await rig.ready;
		rig.tokens.clientOf = () => Promise.reject(new Error('no storage'));
		const answer = await rig.ask(whole, question(), outside({ origin }));
		assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin')], [500, origin]);
		assert.equal(rig.reported.length, 1);
	});

	it('say in the client’s dialect that something unexpected happened', async () => {
		const rig = new GatewayRig({ a: {} });
		await rig.ready;
		rig.tokens.clientOf = () => Promise.reject(new Error('no storage'));
		const typeOf = async (path: string): Promise<unknown> =>
			(JSON.parse((await rig.ask(path, question())).text) as { error: { type?: string } }).error.type;
		assert.deepEqual([await typeOf(completions), await typeOf(whole)], ['server_error', undefined]);
	});

	it('take a star in the list for names below, and for nothing else', async () => {
		const rig = new GatewayRig(
			{ a: {} },
			{ doors: { origins: ['https://*.vscode-cdn.net'], hosts: ['*.team.example:8443', 'named.example'] } },
		);
		const answered = async (headers: Record<string, string>): Promise<number> =>
			(await rig.ask(whole, question(), outside(headers))).status;
		for (const [origin, status] of [
			['https://v--1ab.vscode-cdn.net', 200],
			['https://a.b.vscode-cdn.net', 200],
			['https://vscode-cdn.net', 403],
			['https://.vscode-cdn.net', 403],
			['http://a.vscode-cdn.net', 403],
			['http://ab.vscode-cdn.net', 403],
			['https://a.vscode-cdn.net.evil.example', 403],
			['https://evil.example/.vscode-cdn.net', 403],
			['https://evil.example:443@a.vscode-cdn.net', 403],
			['https://a.vscode-cdn.net:8443', 403],
		] as const) {
			assert.equal(await answered({ origin }), status, origin);
		}
		assert.equal(await answered({ host: 'kp.team.example:8443' }), 200);
		for (const host of ['named.example', 'named.example:443', 'NAMED.example:9443']) {
			assert.equal(await answered({ host }), 200, `${host}: without a port in the list, any is right`);
		}
		for (const host of ['named.example:', 'named.example:x', 'named.example:1:2', ':443', 'x.named.example:443']) {
			assert.equal(await answered({ host }), 403, host);
		}
		for (const host of ['kp.team.example', 'team.example:8443', 'kp.team.example:8443.evil.example']) {
			assert.equal(await answered({ host }), 403, host);
		}
	});

	it('ask for a token, in each place where a client puts it, and say what is wrong in the client’s dialect', async () => {
		const rig = new GatewayRig({ a: {} });
		await rig.ready;
		const none = { 'x-goog-api-key': '', authorization: '' };
		const asked = async (headers: Record<string, string>, path = whole): Promise<number> =>
			(await rig.ask(path, question(), outside({ ...none, ...headers }))).status;
		assert.equal(await asked({ 'x-goog-api-key': rig.token }), 200);
		assert.equal(await asked({ authorization: `Bearer ${rig.token}` }), 200);
		assert.equal(await asked({}, `${whole}?key=${rig.token}`), 200);
		assert.equal(await asked({ 'x-goog-api-key': 'kp_wrong', authorization: `Bearer ${rig.token}` }), 200);
		const calls = rig.calls.length;
		for (const headers of [
			{},
			{ 'x-goog-api-key': 'kp_wrong' },
			{ 'x-goog-api-key': rig.token.slice(0, -1) },
			{ authorization: `Basic ${rig.token}` },
			{ 'x-goog-api-key': 'x'.repeat(100_000) },
		] as Record<string, string>[]) {
			assert.equal(await asked(headers), 401);
		}
		const google = await rig.ask(whole, question(), outside({ ...none, 'x-goog-api-key': `AIza${'x'.repeat(35)}` }));
		assert.equal(codeOf(google), 'google_key');
		assert.match(google.text, /"status":"UNAUTHENTICATED"/);
		const openai = await rig.ask(completions, chat(), outside({ ...none, authorization: 'Bearer kp_no' }));
		assert.match(openai.text, /"type":"authentication_error","param":null,"code":"unknown_token"/);
		assert.equal(rig.calls.length, calls, 'nobody without a token reaches a key');
	});

	it('tell a client of Anthropic’s what to use in a form that it shows', async () => {
		const rig = new GatewayRig({ a: {} });
		for (const path of ['/v1/messages', '/v1/messages/count_tokens']) {
			const { status, text } = await rig.ask(path, {}, outside({ 'x-goog-api-key': '', 'x-api-key': 'kp_no' }));
			// Of a 404 Claude Code says that the model may not exist.
			assert.equal(status, 400, path);
			// The AI SDK reads the message of an error of this type alone.
			assert.match(
				text,
				/^\{"type":"error","error":\{"message":"[^"]* does not support messages\. Use [^"]* instead\."/,
			);
		}
		const openai = await rig.ask('/v1/responses', {}, outside({ 'x-goog-api-key': '' }));
		assert.equal(openai.status, 404);
	});

	it('serve a list of methods and paths, and say of others what to use', async () => {
		const rig = new GatewayRig({ a: {} });
		const of = async (path: string, init: RequestInit = { method: 'POST' }): Promise<string> => {
			const answer = await rig.ask(path, init.method === 'GET' ? undefined : {}, init as never);
			return `${answer.status} ${codeOf(answer)}`;
		};
		for (const path of [
			'/v1beta/files',
			'/upload/v1beta/files',
			'/v1beta/fileSearchStores/x:importFile',
			'/v1beta/models/m:batchGenerateContent',
			'/v1beta/cachedContents',
			'/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent',
			'/v1/responses',
			'/v1/completions',
			'/v1/files',
			'/v1/batches',
			'/v1beta/interactions',
			'/chat/completions',
			'/models',
			'/v2/models',
			'/models/m:generateContent',
		]) {
			assert.equal(await of(path), '404 unsupported', path);
		}
		for (const path of [
			'/',
			'/v1beta/models/m:nothing',
			'/v1beta/models/a/b:generateContent',
			'/v1beta/models/..%2f..:generateContent',
			'/v1beta/models/models%2f..',
			'/v1beta/models/%20.',
			'/v1/models/models%2f..',
			'/v1beta/tunedModels/x:generateContent',
			'/metrics',
		]) {
			assert.equal(await of(path), '404 unknown', path);
		}
		assert.equal(await of(whole, { method: 'GET' }), '405 wrong_method');
		assert.equal(await of('/v1beta/models', { method: 'DELETE' }), '405 wrong_method');
		const responses = await rig.ask('/v1/responses', {});
		assert.match(responses.text, /Use \/v1\/chat\/completions instead/);
		// Of a base URL without the version, as n8n had it (https://github.com/n8n-io/n8n/issues/36354), or with two.
		for (const base of ['', '/v1alpha', '/v1beta/v1beta']) {
			const call = await rig.ask(`${base}/models/${flash}:generateContent`, question());
			assert.match(call.text, /Use \/v1beta\/models\/\{model\}:generateContent instead/, base);
			const list = await rig.ask(`${base}/models`, undefined, { method: 'GET' });
			assert.match(list.text, /Use \/v1\/models instead/, base);
		}
		for (const method of ['embedContent', 'batchEmbedContents']) {
			const vectors = await rig.ask(`/v1alpha/models/m:${method}`, {});
			assert.match(vectors.text, /Use \/v1beta\/models\/\{model\}:embedContent instead/, method);
		}
		// Google itself takes the second one (https://github.com/samfoy/pi-session-search/issues/13).
		for (const base of ['', '/v1beta/openai/v1', '/v1/v1']) {
			const embedding = await rig.ask(`${base}/embeddings`, {});
			assert.match(embedding.text, /Use \/v1\/embeddings instead/, base);
			const answer = await rig.ask(`${base}/chat/completions`, chat());
			assert.match(answer.text, /not support chat at this address\. Use \/v1\/chat\/completions instead/, base);
		}
		// Above 500 the AI SDK and Google's own for interactions would come again for seconds.
		// As Google's SDK joins it, and many a program whose base URL ends with a slash.
		assert.equal(
			await of('//ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent'),
			'404 unsupported',
		);
		assert.equal((await new GatewayRig({ a: {} }).ask('/v1//chat/completions', chat())).status, 200);
		// Below a base URL a colon reads as the end of a scheme: PHP's and Java's programs write it so, which Google takes.
		for (const colon of ['%3A', '%3a']) {
			const answer = await new GatewayRig({ a: {} }).ask(stream.replace(':', colon), question());
			assert.deepEqual([answer.status, answer.isWhole], [200, true], colon);
		}
		const files = await rig.ask('/v1beta/files', {});
		assert.match(files.text, /"status":"NOT_FOUND"/);
		assert.equal(rig.calls.length, 0);
	});

	it('tell nobody what stood in the query or in a header', async () => {
		const rig = new GatewayRig({ a: {} });
		await rig.ready;
		await rig.ask(`${stream}&key=${rig.token}`, question(), outside({ 'x-goog-api-key': '' }));
		await rig.ask('/v1beta/nothing?key=kp_secret', {});
		await rig.ask(`${whole}?key=kp_wrong`, question(), outside({ 'x-goog-api-key': '' }));
		const told = JSON.stringify([rig.events, rig.poolEvents, rig.reported]);
		for (const secret of [rig.token, 'kp_', 'key=', '?']) assert.ok(!told.includes(secret), secret);
		assert.ok(rig.events.length >= 4);
	});
});

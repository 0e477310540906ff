import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { serveGateway, type GatewayServer } from '../../../../src/node/http/gatewayServer';
import { GatewayRig } from '../../../support/gateway/gatewayRig';

const status = '/keypool/status';
const generate = '/v1beta/models/gemini-3.8-flash:generateContent';

describe('the gateway, to whom bytes are sent that no client sends', () => {
	let rig: GatewayRig;
	let server: GatewayServer;
	before(async () => {
		rig = new GatewayRig({ a: {} });
		await rig.ready;
		server = await serveGateway({ port: 0, handle: (request, port) => rig.gateway.handle(request, { port }) });
	});
	after(() => server.close());

	/** The status of each answer on one connection, until the gateway ends it. */
	function answers(...sent: readonly string[]): Promise<readonly number[]> {
		return new Promise((resolve) => {
			let text = '';
			const end = (): void => resolve([...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, code]) => Number(code)));
			const socket = connect(server.port, '127.0.0.1', () => socket.write(sent.join('')));
			socket.on('data', (data) => (text += data.toString('latin1')));
			socket.on('error', end).on('close', end);
		});
	}
	const head = (line: string, ...headers: readonly string[]): string =>
		[`${line} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n');
	const host = (): string => `Host: 127.0.0.1:${server.port}`;
	const token = (): string => `X-Goog-Api-Key: ${rig.token}`;
	const json = 'Content-Type: application/json';
	const get = (path: string, ...more: readonly string[]): string => head(`GET ${path}`, host(), token(), ...more);
	const post = (path: string, ...more: readonly string[]): string =>
		head(`POST ${path}`, host(), token(), json, ...more);

	it('answers one path for what it is, and no other way to write it that could lead elsewhere', async () => {
		for (const same of [status, `/${status}`]) assert.deepEqual(await answers(get(same)), [200], same);
		for (const same of [generate, generate.replace(':', '%3A')])
			assert.deepEqual(await answers(get(same)), [405], same);
		for (const path of [
			`/v1beta/models/%2e%2e/x:generateContent`,
			`/v1beta/models/a%2f..%2fb:generateContent`,
			`/\\evil${status}`,
		]) {
			assert.deepEqual(await answers(post(path, 'Content-Length: 2'), '{}'), [404], path);
		}
		for (const target of [`http://evil.example${status}`, '*', 'evil.example:443']) {
			assert.deepEqual(await answers(get(target)), target.includes(':443') ? [] : [400], target);
		}
	});

	it('takes a token as it was made, in one place, once', async () => {
		const bare = (path: string, ...more: readonly string[]): string => head(`GET ${path}`, host(), ...more);
		assert.deepEqual(await answers(bare(`${status}?key=${rig.token}&key=other`)), [200]);
		for (const path of [`?key=other&key=${rig.token}`, `?Key=${rig.token}`, `?key=${rig.token.toUpperCase()}`]) {
			assert.deepEqual(await answers(bare(status + path)), [401], path);
		}
		assert.deepEqual(await answers(get(status, 'X-Goog-Api-Key: other')), [401]);
		assert.deepEqual(await answers(bare(status, `Authorization: Bearer ${rig.token}`)), [200]);
		assert.deepEqual(await answers(bare(status, `Authorization: Bearer ${rig.token.toLowerCase()}`)), [401]);
	});

	it('lets in nobody who names two hosts, none, or another one', async () => {
		assert.deepEqual(await answers(get(status, 'Host: evil.example')), [403]);
		assert.deepEqual(await answers(head(`GET ${status}`, token())), [400]);
		assert.deepEqual(await answers(head(`GET ${status}`, token()).replace('1.1', '1.0')), [403]);
		for (const name of ['evil.example', 'localhost.', '127.1', '2130706433', '0x7f.1', 'localhost@evil.example'])
			assert.deepEqual(await answers(head(`GET ${status}`, `Host: ${name}:${server.port}`, token())), [403], name);
	});

	it('knows methods by a list, and answers no browser that asks before', async () => {
		for (const method of ['HEAD', 'PUT', 'DELETE', 'TRACE', 'PATCH'])
			assert.deepEqual(await answers(head(`${method} ${status}`, host(), token())), [405], method);
		assert.deepEqual(await answers(head(`OPTIONS ${generate}`, host())), [403]);
		assert.deepEqual(await answers(get(status, 'Origin: ')), [403]);
	});

	it('ends a connection whose bytes could be read in two ways, or are too many before a body', async () => {
		const body = '{"contents":[]}';
		for (const [name, sent] of [
			['two lengths', post(generate, 'Content-Length: 15', 'Content-Length: 5') + body],
			['a length and chunks', post(generate, 'Content-Length: 15', 'Transfer-Encoding: chunked') + body],
			['a length below none', post(generate, 'Content-Length: -1') + body],
			['no size of a chunk', `${post(generate, 'Transfer-Encoding: chunked')}zz\r\n${body}\r\n0\r\n\r\n`],
			['a chunk with 100 KB beside its size', `${post(generate, 'Transfer-Encoding: chunked')}5;${'a'.repeat(1e5)}`],
			['a session of 1 MB', post(generate, `X-Keypool-Session: ${'x'.repeat(1024 * 1024)}`)],
			['a folded header', get(status, 'X-A: b\r\n c')],
			['a line end alone', get(status, 'X-A: b\nX-B: c')],
			['a control character', get(status, 'X-A: b\u0000c')],
			['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
		] as const) {
			assert.ok(!(await answers(sent)).includes(200), name);
		}
		assert.deepEqual([rig.calls, rig.reported, rig.gateway.underWay], [[], [], 0]);
	});

	it('reads the next request of a connection where the one before it ends', async () => {
		const asked = `GET ${status} HTTP/1.1\r\n${host()}\r\n${token()}\r\n`;
		assert.deepEqual(
			await answers(`${asked}\r\n`, `${asked}Content-Length: 3\r\n\r\nabc`, get(status)),
			[200, 200, 200],
		);
		// What is refused is not read: nothing behind it is taken for a request.
		const refused = `POST ${generate} HTTP/1.1\r\n${host()}\r\nContent-Length: ${get(status).length}\r\n\r\n`;
		assert.deepEqual(await answers(refused, get(status), get(status)), [401]);
	});
});

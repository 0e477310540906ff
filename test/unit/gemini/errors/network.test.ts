import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { causeOf, describe as told } from '../../../../src/gemini/errors/network';
import { httpSend } from '../../../../src/node/http/httpSend';
import { patientFetch } from '../../../../src/node/http/patientFetch';
import { useLoopback } from '../../../support/loopback';

const coded = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });
const because = (cause: unknown, message = 'fetch failed'): Error => new TypeError(message, { cause });

describe('gemini: an error of the way', () => {
	/** Node, undici and Chromium, by whether a byte of the request can have left. */
	const noWay = [
		...['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'],
		...['UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
		...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_SSL_WRONG_VERSION_NUMBER'],
	];
	const before = ['EADDRNOTAVAIL'];
	const after = [
		...['ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ECONNABORTED', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT'],
		...['UND_ERR_BODY_TIMEOUT', 'HPE_INVALID_CONSTANT', 'ERR_STREAM_PREMATURE_CLOSE'],
	];
	const chromium = {
		noWay: [
			...['NAME_NOT_RESOLVED', 'NAME_RESOLUTION_FAILED', 'CONNECTION_REFUSED', 'INTERNET_DISCONNECTED'],
			...['ADDRESS_UNREACHABLE', 'PROXY_CONNECTION_FAILED', 'CONNECTION_TIMED_OUT'],
			...['CERT_DATE_INVALID', 'SSL_PROTOCOL_ERROR'],
		],
		after: ['CONNECTION_RESET', 'CONNECTION_CLOSED', 'TIMED_OUT', 'EMPTY_RESPONSE', 'NETWORK_CHANGED'],
	};

	it('is known by its code, wherever in the chain, and says whether anything was sent', () => {
		for (const [codes, kind, sent] of [
			[noWay, 'unreachable', false],
			[before, 'network', false],
			[after, 'network', true],
		] as const) {
			for (const code of codes) {
				assert.deepEqual(causeOf(coded(code)), { kind, sent }, code);
				assert.deepEqual(causeOf(because(because(coded(code)))), { kind, sent }, code);
			}
		}
	});

	it('counts as sent where an open connection has lost its way, whose code is that of one which never was', () => {
		for (const words of ['read EHOSTUNREACH', 'write ENETUNREACH', 'read ETIMEDOUT', 'write ENETDOWN']) {
			const lost = coded(words.split(' ')[1] ?? '', words);
			for (const error of [lost, because(lost), because(lost, 'terminated')])
				assert.deepEqual(causeOf(error), { kind: 'network', sent: true }, words);
		}
	});

	it('is known by the name that Chromium puts into its message', () => {
		for (const name of chromium.noWay)
			assert.deepEqual(causeOf(new Error(`net::ERR_${name}`)), { kind: 'unreachable', sent: false }, name);
		for (const name of chromium.after)
			assert.deepEqual(causeOf(new Error(`x net::ERR_${name} y`)), { kind: 'network', sent: true }, name);
	});

	it('is known by its words where it has no code', () => {
		for (const words of [
			...['fetch failed', 'Failed to fetch', 'NetworkError when attempting', 'A network error', 'terminated'],
			...['socket hang up', 'Load failed'],
		]) {
			assert.deepEqual(causeOf(new Error(words)), { kind: 'network', sent: true }, words);
		}
		for (const words of ['terminated early', 'was terminated', 'I failed', 'x']) {
			assert.equal(causeOf(new Error(words)), undefined, words);
		}
	});

	it('counts as sent as soon as one address may have got it', () => {
		const lost = because(new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT')]));
		assert.deepEqual(causeOf(lost), { kind: 'network', sent: true });
		const refused = because(new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]));
		assert.deepEqual(causeOf(refused), { kind: 'unreachable', sent: false });
		const slow = because(new AggregateError([coded('ENETUNREACH'), coded('UND_ERR_CONNECT_TIMEOUT')]));
		assert.deepEqual(causeOf(slow), { kind: 'unreachable', sent: false });
	});

	it('is no way to the host where connecting took too long, at each address that was tried', () => {
		const late = coded('ETIMEDOUT', 'connect ETIMEDOUT 192.0.2.1:443');
		assert.deepEqual(causeOf(because(late)), { kind: 'unreachable', sent: false });
		const none = new AggregateError([late, coded('ENETUNREACH', 'connect ENETUNREACH 2001:db8::1:443')]);
		const asNode = Object.assign(none, { code: 'ETIMEDOUT' });
		assert.deepEqual(causeOf(because(asNode)), { kind: 'unreachable', sent: false });
		assert.deepEqual(causeOf(coded('ETIMEDOUT', 'read ETIMEDOUT')), { kind: 'network', sent: true });
	});

	it('is the proxy’s where it refuses the tunnel', () => {
		const aborted = coded('UND_ERR_ABORTED', 'Proxy response (407) !== 200 when HTTP Tunneling');
		const byNode = (words: string): Error => coded('ERR_PROXY_TUNNEL', words);
		const refused = byNode('Failed to establish tunnel to x:443 via http://proxy:3128: HTTP/1.1 407 Sign in');
		for (const error of [because(aborted), new Error('net::ERR_TUNNEL_CONNECTION_FAILED'), refused])
			assert.deepEqual(causeOf(error), { kind: 'proxy', sent: false });
		for (const words of [
			'Connection to establish proxy tunnel timed out after 5000ms',
			'Connection to establish proxy tunnel ended unexpectedly',
		])
			assert.deepEqual(causeOf(byNode(words)), { kind: 'unreachable', sent: false });
	});

	const open = useLoopback();
	it('is the proxy’s where it asks for a sign-in, which Node’s fetch keeps to itself', async () => {
		const { url } = await open((_, response) => response.writeHead(407).end('<html>'));
		await fetch(url).then(
			() => assert.fail('it was handed out'),
			(error: unknown) => assert.deepEqual(causeOf(error), { kind: 'proxy', sent: false }),
		);
		assert.deepEqual(causeOf(new TypeError('fetch failed')), { kind: 'network', sent: true });
	});

	it('is no way to the host where TLS does not stand: a filter that closes, or a network that answers otherwise', async () => {
		const denied = Buffer.from([21, 3, 1, 0, 2, 2, 49]);
		for (const said of ['', denied, 'HTTP/1.1 302 Found\r\nLocation: http://sign.in/\r\n\r\n']) {
			const server = createServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end(said)));
			await once(server.listen(0, '127.0.0.1'), 'listening');
			const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
			const causes = [fetch, httpSend].map((send) => send(url).then(() => assert.fail('it was answered'), causeOf));
			const found = await Promise.all(causes).finally(() => server.close());
			for (const cause of found) assert.deepEqual(cause, { kind: 'unreachable', sent: false }, String(said));
		}
	});

	it('is no way to the host for calls of ours where a filter resets the connection as TLS begins', async () => {
		const server = createServer((socket) =>
			socket.on('error', () => undefined).once('data', () => socket.resetAndDestroy()),
		);
		await once(server.listen(0, '127.0.0.1'), 'listening');
		const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
		const causes = [httpSend, patientFetch].map((send) =>
			send(url).then(() => assert.fail('it was answered'), causeOf),
		);
		const found = await Promise.all(causes).finally(() => server.close());
		for (const cause of found) assert.deepEqual(cause, { kind: 'unreachable', sent: false });
	});

	it('is none where a code means a mistake of ours', () => {
		for (const code of ['ERR_INVALID_ARG_TYPE', 'ERR_INVALID_URL', 'ABC', 'ENO', 'XECONNRESET', 'ECONNRESET 5']) {
			assert.equal(causeOf(coded(code)), undefined, code);
		}
	});

	it('is told apart from a key that no header carries, a redirect, a cut stream and an empty body', () => {
		const cases: readonly (readonly [string, string, boolean])[] = [
			['"x" is an invalid header value', 'unsendableKey', false],
			['Cannot convert argument to a ByteString', 'unsendableKey', false],
			['Invalid character in header content', 'unsendableKey', false],
			['unexpected redirect', 'redirected', true],
			['Response body is empty', 'emptyAnswer', true],
		];
		for (const [message, kind, sent] of cases) {
			assert.deepEqual(causeOf(new Error(message)), { kind, sent }, message);
			assert.deepEqual(causeOf(because(new Error(message))), { kind, sent }, message);
		}
		assert.deepEqual(causeOf(because(new SyntaxError('x'))), { kind: 'cutStream', sent: true });
	});

	it('covers what somebody else aborted, and nothing that is no error', () => {
		for (const name of ['AbortError', 'TimeoutError']) {
			const error = Object.assign(new Error('x'), { name });
			assert.deepEqual(causeOf(error), { kind: 'network', sent: true });
		}
		assert.deepEqual(causeOf('fetch failed'), { kind: 'network', sent: true });
		for (const other of [undefined, null, 7, {}, [], 'x', { message: 7, code: 8, name: 9 }]) {
			assert.equal(causeOf(other), undefined);
		}
	});

	it('is told in one line: every message once, a code where there is none', () => {
		assert.equal(told(because(coded('ECONNREFUSED', 'connect ECONNREFUSED'))), 'fetch failed: connect ECONNREFUSED');
		assert.equal(told(because(because(coded('EPIPE', ''), 'x'), 'x')), 'x: EPIPE');
		assert.equal(told('text'), 'text');
		assert.equal(told(undefined), '');
		const many = new AggregateError([new Error('a'), new Error('b')], 'both', { cause: new Error('c') });
		assert.equal(told(many), 'both: a: b: c');
	});

	it('looks at a dozen causes and 2,000 characters of each, even in a circle', () => {
		const circle = coded('ODD', 'y'.repeat(3000));
		circle.cause = circle;
		assert.equal(told(circle).length, 2000);
		const errors = Array.from({ length: 30 }, (_, at) => new Error(`e${at}`));
		assert.equal(
			told(new AggregateError(errors, 'all')),
			['all', ...errors.slice(0, 11).map((e) => e.message)].join(': '),
		);
		assert.equal(told('z'.repeat(3000)).length, 2000);
	});
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { generate } from 'selfsigned';
import {
	serveGateway,
	type GatewayServer,
	type GatewayServerOptions,
	type IncomingRequest,
} from '../../../../src/node/http/gatewayServer';
import { PortError } from '../../../../src/node/http/pageServer';

const servers: GatewayServer[] = [];
const sockets: Socket[] = [];

async function textOf({ body }: IncomingRequest): Promise<string> {
	const reader = body?.getReader();
	const pieces: Uint8Array[] = [];
	for (let next = await reader?.read(); next?.value; next = await reader?.read()) pieces.push(next.value);
	return Buffer.concat(pieces).toString();
}

async function start(
	handle: (request: IncomingRequest, port: number) => Promise<Response> | Response,
	more: Pick<GatewayServerOptions, 'stalledMs' | 'headMs' | 'tls'> = {},
): Promise<GatewayServer> {
	const server = await serveGateway({
		...more,
		port: 0,
		handle: async (request, port) => handle(request, port),
	});
	servers.push(server);
	return server;
}

/** A connection that says what it wants, byte by byte. */
function raw(port: number, head: string) {
	const socket = connect(port, '127.0.0.1', () => socket.write(head));
	sockets.push(socket);
	let text = '';
	socket.on('data', (data) => (text += data.toString()));
	const ended = new Promise<string>((resolve) => {
		socket.on('close', () => resolve(text));
		socket.on('error', () => resolve(text));
	});
	const says = (pattern: RegExp): Promise<string> =>
		new Promise((resolve) => {
			const look = (): void => {
				if (pattern.test(text)) resolve(text);
			};
			socket.on('data', look);
			look();
		});
	return { socket, ended, says };
}

const refusal = (status: number): Response =>
	new Response('{"error":{}}', {
		status,
		headers: { connection: 'close', 'content-type': 'application/json' },
	});

/** An answer that breaks after its first piece. */
function failing(): Response {
	let pieces = 0;
	return new Response(
		new ReadableStream<Uint8Array>(
			{
				pull: (controller) => {
					if (pieces++ === 1) throw new Error('broken');
					controller.enqueue(new TextEncoder().encode('data: {"error":{}}\n\n'));
				},
			},
			{ highWaterMark: 0 },
		),
	);
}

describe('the gateway’s server', () => {
	afterEach(async () => {
		for (const socket of sockets.splice(0)) socket.destroy();
		await Promise.all(servers.splice(0).map((server) => server.close()));
	});

	it('hands method, path, query, headers, body and port on, and the answer back', async () => {
		const seen: string[] = [];
		const server = await start(async (request, port) => {
			const { pathname, search } = new URL(request.url);
			seen.push(
				`${request.method} ${pathname}${search} ${request.headers.get('x-a')} ${request.headers.get('host')} ${await textOf(request)}`,
			);
			assert.equal(port, server.port);
			return new Response('done', { status: 201, headers: { 'x-b': 'c' } });
		});
		const answer = await fetch(`http://127.0.0.1:${server.port}/v1/x?y=z`, {
			method: 'POST',
			headers: { 'x-a': 'b' },
			body: 'text',
		});
		assert.deepEqual([answer.status, answer.headers.get('x-b'), await answer.text()], [201, 'c', 'done']);
		assert.deepEqual(seen, [`POST /v1/x?y=z b 127.0.0.1:${server.port} text`]);
	});

	it('listens on the loopback alone, by both of its addresses where there are two', async () => {
		const server = await start(() => new Response('here'));
		const { networkInterfaces } = await import('node:os');
		const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
		assert.equal(await (await fetch(`http://127.0.0.1:${server.port}/`)).text(), 'here');
		if (all.some(({ address }) => address === '::1')) {
			assert.equal(await (await fetch(`http://[::1]:${server.port}/`)).text(), 'here');
		}
		for (const { address } of all.filter(({ internal, family }) => !internal && family === 'IPv4')) {
			await assert.rejects(fetch(`http://${address}:${server.port}/`));
		}
	});

	it('says of a port that is taken that it is', async () => {
		const server = await start(() => new Response('here'));
		await assert.rejects(
			serveGateway({
				port: server.port,
				handle: () => Promise.resolve(new Response()),
			}),
			(error: unknown) => error instanceof PortError && error.reason === 'inUse',
		);
	});

	it('breaks off an answer that fails, after what had come of it', async () => {
		const server = await start(failing);
		const answer = await fetch(`http://127.0.0.1:${server.port}/`);
		const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = answer.body?.getReader();
		assert.match(new TextDecoder().decode((await reader?.read())?.value), /"error"/);
		await assert.rejects(async () => reader?.read(), /terminated/);
	});

	it('breaks it off for HTTP/1.0 as well, as proxies speak it, where the end of a connection is the end of an answer', async () => {
		const server = await start(failing);
		let text = '';
		const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
			// Byte by byte: behind a buffer that is not full, Node takes a reset for an orderly end. No proxy does.
			const buffer = Buffer.alloc(1);
			const callback = (): boolean => (text += buffer.toString()) !== '';
			const socket = connect({ port: server.port, host: '127.0.0.1', onread: { buffer, callback } });
			sockets.push(socket.once('error', resolve).once('end', () => resolve(undefined)));
			socket.write('GET / HTTP/1.0\r\n\r\n');
		});
		assert.match(text, /"error"/);
		assert.equal(error?.code, 'ECONNRESET');
	});

	it('ends what is under way as soon as its client leaves', async () => {
		let left: () => void = () => undefined;
		const gone = new Promise<void>((resolve) => (left = resolve));
		const server = await start((request) => {
			request.signal.addEventListener('abort', left);
			return new Response(
				new ReadableStream<Uint8Array>({
					start: (controller) => controller.enqueue(new Uint8Array([65])),
				}),
			);
		});
		const { socket, says } = raw(server.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
		await says(/A/);
		socket.destroy();
		await gone;
	});

	it('lets go of an answer whose next piece comes when its client has left', async () => {
		let left: () => void = () => undefined;
		const cancelled = new Promise<void>((resolve) => (left = resolve));
		const server = await start(({ signal }) => {
			let pieces = 0;
			return new Response(
				new ReadableStream<Uint8Array>(
					{
						pull: async (controller) => {
							if (pieces++ > 0) await new Promise((resolve) => signal.addEventListener('abort', resolve));
							controller.enqueue(new TextEncoder().encode('data: {"error":{}}\n\n'));
						},
						cancel: () => left(),
					},
					{ highWaterMark: 0 },
				),
			);
		});
		const { socket, says } = raw(server.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
		await says(/error/);
		socket.destroy();
		await cancelled;
	});

	it('ends those too that a client has asked for on one connection before it had the first answer', async () => {
		const left: string[] = [];
		let allLeft: () => void = () => undefined;
		const gone = new Promise<void>((resolve) => (allLeft = resolve));
		const server = await start(({ url, signal }) => {
			const end = (): void => {
				left.push(new URL(url).pathname);
				if (left.length === 2) allLeft();
			};
			return new Response(
				new ReadableStream<Uint8Array>({
					start: (controller) => {
						controller.enqueue(new Uint8Array([65]));
						signal.addEventListener('abort', () => {
							end();
							controller.error(signal.reason);
						});
					},
				}),
			);
		});
		const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
		const { socket, says } = raw(server.port, get('/first') + get('/second'));
		await says(/A/);
		socket.destroy();
		await gone;
		assert.deepEqual(left.sort(), ['/first', '/second']);
		await server.stop();
	});

	it('lets a client go that takes nothing of what waits for it', async () => {
		let end: () => void = () => undefined;
		const ended = new Promise<void>((resolve) => (end = resolve));
		const piece = new Uint8Array(1024 * 1024);
		const server = await start(
			() =>
				new Response(
					new ReadableStream<Uint8Array>(
						{ pull: (controller) => controller.enqueue(piece), cancel: end },
						{ highWaterMark: 0 },
					),
				),
			{ stalledMs: 20 },
		);
		const { socket, says } = raw(server.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
		await says(/200 OK/);
		socket.pause();
		await ended;
	});

	it('still answers a balancer, and tells who comes that all places are taken, where each has an answer under way', async () => {
		const places = 256;
		let [taken, full]: [number, () => void] = [0, () => undefined];
		const isFull = new Promise<void>((resolve) => (full = resolve));
		const { port } = await start(({ url }) => {
			if (url.endsWith('/readyz')) return new Response('ready');
			if (++taken === places) full();
			return new Promise<never>(() => undefined);
		});
		for (let n = 0; n < places; n++) raw(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
		await isFull;
		assert.match(await raw(port, 'GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n').ended, /200 OK/);
	});

	it('has the system look whether a silent client is still there: one whose machine sleeps never says that it has left', async () => {
		// Elsewhere nothing tells of a connection's timers.
		if (process.platform !== 'linux') return;
		const { cert, private: key } = await generate([{ name: 'commonName', value: 'kp.example' }]);
		for (const tls of [undefined, { cert, key }]) {
			const { port } = await start(() => new Promise<never>(() => undefined), { ...(tls && { tls }) });
			const { socket } = raw(port, '');
			await once(socket, 'connect');
			const at = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
			const timers = async (): Promise<readonly string[]> =>
				(await readFile('/proc/net/tcp', 'utf8')).split('\n').flatMap((line) => {
					const [, local = '', , state, , timer = ''] = line.trim().split(/\s+/);
					return local.endsWith(at) && state === '01' ? [timer] : [];
				});
			let found = await timers();
			// The system has the connection before the server does.
			for (let turns = 0; turns < 100 && !found.some((timer) => timer.startsWith('02:')); turns++) {
				await new Promise((resolve) => setImmediate(resolve));
				found = await timers();
			}
			const seconds = found.map((timer) => Number.parseInt(timer.slice(3), 16) / 100);
			assert.ok(seconds.length === 1 && (seconds[0] ?? 0) > 0 && (seconds[0] ?? 99) <= 31, String(found));
		}
	});

	it('lets whoever begins no TLS go, as it does whoever sends no head', async () => {
		const { cert, private: key } = await generate([{ name: 'commonName', value: 'kp.example' }]);
		const { port } = await start(() => new Response('never'), { tls: { cert, key }, headMs: 20 });
		assert.equal(await raw(port, '').ended, '');
	});

	it('reads no byte of a body that nobody asks for, and lets a sender of a gigabyte hear why', async () => {
		let asked = 0;
		const server = await start(() => {
			asked++;
			return refusal(413);
		});
		const gigabyte = 1024 ** 3;
		const sent = await new Promise<{
			status: number | undefined;
			bytes: number;
		}>((resolve, reject) => {
			const piece = Buffer.alloc(1024 * 1024);
			let bytes = 0;
			const sender = httpRequest(
				{
					port: server.port,
					method: 'POST',
					headers: { 'content-length': gigabyte },
				},
				(response: IncomingMessage) => {
					response.resume();
					const status = response.statusCode;
					sender.destroy();
					resolve({ status, bytes });
				},
			);
			sender.on('error', (error: NodeJS.ErrnoException) => {
				if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
			});
			const more = (): void => {
				if (sender.destroyed || bytes >= gigabyte) return;
				bytes += piece.length;
				if (sender.write(piece)) setImmediate(more);
				else sender.once('drain', more);
			};
			more();
		});
		assert.equal(sent.status, 413);
		assert.equal(asked, 1);
		assert.ok(sent.bytes < gigabyte / 4, `${sent.bytes} bytes went out before it heard`);
	});

	it('tells a sender that waits whether its body is wanted', async () => {
		const server = await start(async (request) => {
			if (request.headers.get('x-refuse') !== null) return refusal(401);
			return new Response(await textOf(request));
		});
		const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n';
		const refused = raw(server.port, `${head}X-Refuse: 1\r\n\r\n`);
		assert.ok(!(await refused.says(/401[^]*\{"error":\{\}\}/)).includes('100 Continue'));
		const wanted = raw(server.port, `${head}Connection: close\r\n\r\n`);
		await wanted.says(/100 Continue/);
		wanted.socket.write('text');
		assert.match(await wanted.ended, /200 OK[^]*text/);
	});

	it('answers no form of address but a path, and no noise', async () => {
		let asked = 0;
		const server = await start(() => {
			asked++;
			return new Response('here');
		});
		for (const head of [
			'GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n',
			'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n',
		]) {
			assert.match(await raw(server.port, head).ended, /^HTTP\/1\.1 400/);
		}
		assert.equal(await raw(server.port, 'noise\r\n\r\n').ended, '');
		assert.equal(await raw(server.port, 'CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n').ended, '');
		assert.equal(asked, 0);
	});

	it('lets an answer under way finish when it is told to stop, and takes no connection more', async () => {
		let finish: () => void = () => undefined;
		const held = new Promise<void>((resolve) => (finish = resolve));
		let reached: () => void = () => undefined;
		const isReached = new Promise<void>((resolve) => (reached = resolve));
		const server = await start(async () => {
			reached();
			await held;
			return new Response('whole');
		});
		const answer = fetch(`http://127.0.0.1:${server.port}/`);
		await isReached;
		void server.stop();
		await assert.rejects(fetch(`http://127.0.0.1:${server.port}/`));
		finish();
		assert.equal(await (await answer).text(), 'whole');
	});
});

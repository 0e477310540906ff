import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { failureOf } from '../../../../src/gemini/errors/failure';
import { guarded, readAtMost } from '../../../../src/gemini/transport/guardedFetch';
import { httpSend } from '../../../../src/node/http/httpSend';
import { patientFetch } from '../../../../src/node/http/patientFetch';

const servers: Server[] = [];

async function serving(answer: RequestListener): Promise<string> {
	const server = createServer(answer);
	servers.push(server);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function textOf(message: IncomingMessage): Promise<string> {
	let text = '';
	for await (const piece of message) text += String(piece);
	return text;
}

const reasonOf = async (sent: Promise<unknown>): Promise<string> => {
	const thrown = await sent.then(
		() => assert.fail('it was answered'),
		(error: unknown) => error,
	);
	return failureOf(thrown, (text) => text, 'm').action.reason;
};

describe('calls over Node’s own connections', () => {
	afterEach(() => {
		for (const server of servers.splice(0)) {
			server.close();
			server.closeAllConnections();
		}
	});

	it('carry method, headers and body, and bring status, headers and body', async () => {
		const url = await serving((request, response) => {
			void textOf(request).then((text) => {
				const said = `${request.method} ${request.url} ${String(request.headers['x-a'])} ${text}`;
				response.writeHead(201, { 'retry-after': '7' }).end(said);
			});
		});
		for (const send of [httpSend, patientFetch]) {
			for (const body of ['čaj', new TextEncoder().encode('čaj')]) {
				const answer = await send(`${url}/v1?x=y`, { method: 'POST', headers: { 'x-a': 'b' }, body });
				assert.deepEqual([answer.status, answer.ok, answer.headers.get('retry-after')], [201, true, '7']);
				assert.equal(await readAtMost(answer, 1_000), 'POST /v1?x=y b čaj');
			}
		}
	});

	it('ask for an answer that is not packed: whoever asks for nothing may be sent any, and it is read as it comes', async () => {
		const url = await serving(({ headers: { 'accept-encoding': accepts = 'any' } }, response) => {
			response.end(accepts === 'identity' ? 'plain' : gzipSync('packed'));
		});
		for (const send of [httpSend, patientFetch]) assert.equal(await readAtMost(await send(url), 1_000), 'plain');
	});

	it('use one connection one after the other, also where an answer was not wanted to its end', async () => {
		const ports = new Set<number | undefined>();
		const url = await serving((request, response) => {
			ports.add(request.socket.remotePort);
			response.end('x'.repeat(1_000));
		});
		for (let n = 0; n < 3; n++) {
			const answer = await httpSend(url);
			const reader = answer.body?.getReader();
			await reader?.read();
			await reader?.cancel();
			await new Promise((resolve) => setImmediate(resolve));
		}
		assert.equal(ports.size, 1);
	});

	it('follow no redirect', async () => {
		let asked = 0;
		const url = await serving((_, response) => {
			asked++;
			response.writeHead(302, { location: '/elsewhere' }).end();
		});
		assert.equal(await reasonOf(guarded(httpSend, Date.now, url)), 'redirected');
		assert.equal(asked, 1);
	});

	it('end with the caller: before the answer, and within it', async () => {
		const gone: Promise<unknown>[] = [];
		const url = await serving((request, response) => {
			gone.push(once(response, 'close'));
			if (request.url === '/silent') return;
			response.write('begun');
		});
		const early = new AbortController();
		const sent = httpSend(`${url}/silent`, { signal: early.signal });
		while (gone.length === 0) await new Promise((resolve) => setImmediate(resolve));
		const reason = new Error('left');
		early.abort(reason);
		await assert.rejects(sent, reason);
		const late = new AbortController();
		const reader = (await httpSend(url, { signal: late.signal })).body?.getReader();
		await reader?.read();
		const next = assert.rejects(async () => reader?.read());
		late.abort(reason);
		await next;
		await Promise.all(gone);
		await assert.rejects(httpSend(url, { signal: AbortSignal.abort(reason) }), reason);
	});

	it('end where the answer has come whole and is not read to its end, and break nothing else', async () => {
		const url = await serving((_, response) => {
			response.write('data: {"error":{}}\n\n');
			response.end();
		});
		const broken: unknown[] = [];
		const note = (error: unknown): void => void broken.push(error);
		const others = process.rawListeners('uncaughtException') as NodeJS.UncaughtExceptionListener[];
		process.removeAllListeners('uncaughtException').on('uncaughtException', note);
		try {
			for (const isCancelled of [true, false]) {
				const gone = new AbortController();
				const reader = (await httpSend(url, { signal: gone.signal })).body?.getReader();
				await reader?.read();
				if (isCancelled) await reader?.cancel();
				gone.abort(new Error('The attempt has ended.'));
				assert.match(await readAtMost(await httpSend(url), 1_000), /error/);
			}
		} finally {
			process.removeAllListeners('uncaughtException');
			for (const other of others) process.on('uncaughtException', other);
		}
		assert.deepEqual(broken, []);
	});

	it('end at once where the answer changes the protocol, which nobody asked for', async () => {
		const url = await serving(({ socket }) => {
			socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
		});
		assert.equal(await reasonOf(httpSend(url)), 'network');
		assert.equal(await reasonOf(patientFetch(url)), 'network');
	});

	it('say what broke in the words that the pool knows', async () => {
		const cut = await serving((_, response) => {
			response.writeHead(200, { 'content-length': '100' }).write('half');
			setImmediate(() => response.destroy());
		});
		assert.equal(await reasonOf(httpSend(cut).then((answer) => readAtMost(answer, 1_000))), 'network');
		const hangUp = await serving((request) => request.socket.destroy());
		assert.equal(await reasonOf(httpSend(hangUp)), 'network');
		const closed = await serving(() => undefined);
		await new Promise((resolve) => servers.pop()?.close(resolve));
		assert.equal(await reasonOf(httpSend(closed)), 'unreachable');
		assert.equal(await reasonOf(httpSend(hangUp, { headers: { 'x-a': 'č' } })), 'badKey');
	});
});

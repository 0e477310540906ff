import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer as createSecureServer, globalAgent, type ServerOptions } from 'node:https';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { mock } from 'node:test';
import { connect as connectSecurely } from 'node:tls';
import { generate } from 'selfsigned';
import { failureOf } from '../../../../src/gemini/errors/failure';
import { httpSend } from '../../../../src/node/http/httpSend';
import type { Failure } from '../../../../src/pool/pool';
import { patientFetch } from '../../../../src/node/http/patientFetch';

const senders = [
	['the gateway', httpSend],
	['an editor', patientFetch],
] as const;

/** What the pool makes of a call that must fail. */
function failing(call: Promise<unknown>): Promise<Failure> {
	return call.then(
		() => assert.fail('it was answered'),
		(error: unknown) => failureOf(error, (text) => text, 'm'),
	);
}

describe('a far side that lets a connection open, and says nothing then', () => {
	const sockets: Socket[] = [];
	const silent = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
	before(async () => {
		await once(silent.listen(0, '127.0.0.1'), 'listening');
	});
	after(() => {
		for (const socket of sockets) socket.destroy();
		silent.close();
	});

	for (const [name, send] of senders) {
		for (const isTunnel of [false, true]) {
			const way = isTunnel ? ' through a tunnel' : '';
			it(`is no way to the service for ${name}${way}, after ten seconds as where nothing answers: nothing was sent`, async () => {
				const { port } = silent.address() as AddressInfo;
				const opened = once(silent, 'connection') as Promise<[Socket]>;
				if (isTunnel) {
					// A proxy has made it, so that the socket is connected before TLS begins.
					const tunnel = connect(port, '127.0.0.1');
					await once(tunnel, 'connect');
					mock.method(globalAgent, 'createConnection', () => connectSecurely({ socket: tunnel }));
				}
				mock.timers.enable({ apis: ['setTimeout'] });
				try {
					const leave = new AbortController();
					const sent = failing(send(`https://127.0.0.1:${port}`, { signal: leave.signal }));
					const [socket] = await opened;
					// The hello of TLS: the connection stands.
					await once(socket, 'data');
					mock.timers.tick(10_000);
					for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
					leave.abort(new Error('It still waits.'));
					const { action, sent: isSent, serviceMessage } = await sent;
					assert.deepEqual([action.reason, isSent], ['unreachable', false], serviceMessage);
				} finally {
					mock.timers.reset();
					mock.restoreAll();
				}
			});
		}
	}
});

/** Calls a service with a certificate that nobody vouches for, while that is let pass. */
async function withService(
	options: ServerOptions,
	answer: RequestListener,
	act: (port: number) => Promise<void>,
): Promise<void> {
	const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }]);
	const service = createSecureServer({ cert, key, ...options }, answer);
	await once(service.listen(0, '127.0.0.1'), 'listening');
	globalAgent.options.rejectUnauthorized = false;
	try {
		await act((service.address() as AddressInfo).port);
	} finally {
		delete globalAgent.options.rejectUnauthorized;
		service.close();
		service.closeAllConnections();
	}
}

describe('a way that breaks TLS after the service has read what was sent', () => {
	for (const [name, send] of senders) {
		it(`is a broken connection for ${name}: what was sent may be answered and paid for`, async () => {
			let side: Socket | undefined;
			const breaks = (): void => void side?.end('HTTP/1.1 302 Found\r\nLocation: http://sign.in/\r\n\r\n');
			await withService({}, breaks, async (behind) => {
				const between = createServer((socket) => {
					side = socket;
					const onward = connect(behind, '127.0.0.1');
					socket.on('error', () => undefined).pipe(onward);
					onward.on('error', () => undefined).pipe(socket);
				});
				await once(between.listen(0, '127.0.0.1'), 'listening');
				try {
					const { port } = between.address() as AddressInfo;
					const { action, sent, serviceMessage } = await failing(send(`https://127.0.0.1:${port}`));
					assert.deepEqual([action.reason, sent], ['network', true], serviceMessage);
				} finally {
					between.close();
				}
			});
		});
	}
});

describe('a far side that wants a certificate of ours', () => {
	for (const [name, send] of senders) {
		it(`is no way to the service for ${name}: by TLS 1.3 it says so only once the connection stands, and has read nothing`, async () => {
			const read = (): void => assert.fail('it has read it');
			await withService({ requestCert: true }, read, async (port) => {
				const { action, sent, serviceMessage } = await failing(send(`https://127.0.0.1:${port}`));
				assert.deepEqual([action.reason, sent], ['unreachable', false], serviceMessage);
			});
		});
	}
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { mock } from 'node:test';
import { failureOf } from '../../../../src/gemini/errors/failure';
import { httpSend } from '../../../../src/node/http/httpSend';
import { patientFetch } from '../../../../src/node/http/patientFetch';

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

	for (const [name, send] of [
		['the gateway', httpSend],
		['an editor', patientFetch],
	] as const) {
		it(`is no way to the service for ${name}, after ten seconds as where nothing answers: nothing was sent`, async () => {
			mock.timers.enable({ apis: ['setTimeout'] });
			try {
				const leave = new AbortController();
				const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
				const opened = once(silent, 'connection') as Promise<[Socket]>;
				const sent = send(url, { signal: leave.signal }).then(
					() => assert.fail('it was answered'),
					(error: unknown) => failureOf(error, (text) => text, 'm'),
				);
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
			}
		});
	}
});

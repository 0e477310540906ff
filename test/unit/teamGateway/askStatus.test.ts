import assert from 'node:assert/strict';
import { askStatus, type StatusAnswer } from '../../../src/teamGateway/askStatus';
import { useLoopback } from '../../support/loopback';
import { VirtualClock } from '../../support/virtualClock';

const token = `kp_${'a'.repeat(43)}`;

describe('asking a gateway how it stands, over real sockets', () => {
	const listen = useLoopback();
	const clock = new VirtualClock();
	const ask = (address: string, signal = new AbortController().signal): Promise<StatusAnswer> =>
		askStatus(globalThis.fetch, { address, token }, clock, signal);

	it('carries the token along no redirect, and takes what redirects for no gateway', async () => {
		const led: unknown[] = [];
		const elsewhere = await listen((request, response) => {
			led.push(request.headers);
			response.end(JSON.stringify({ v: 1, client: 'ann' }));
		});
		for (const status of [301, 302, 303, 307, 308]) {
			const here = await listen((_, response) => response.writeHead(status, { location: elsewhere.url }).end());
			assert.deepEqual(await ask(here.url), { trouble: 'noGateway' }, String(status));
		}
		assert.deepEqual(led, []);
	});

	it('tells apart who is away, who does not know the token, and who is no gateway', async () => {
		const unknown = JSON.stringify({ error: { details: [{ reason: 'KEYPOOL_UNKNOWN_TOKEN', domain: 'keypool' }] } });
		for (const [status, body, answer] of [
			[401, unknown, 'badToken'],
			[401, 'Sign in to the proxy', 'noGateway'],
			[403, 'Forbidden', 'noGateway'],
			[404, '', 'noGateway'],
			[200, '<html>Sign in</html>', 'noGateway'],
			[200, '{"v":2}', 'noGateway'],
			[200, `{"v":1,"client":"${'x'.repeat(200_000)}"}`, 'noGateway'],
			[408, '', 'unreachable'],
			[429, 'Slow down', 'unreachable'],
			[502, 'Bad Gateway', 'unreachable'],
			[503, unknown, 'unreachable'],
		] as const) {
			const { url } = await listen((_, response) => response.writeHead(status).end(body));
			assert.deepEqual(await ask(url), { trouble: answer }, `${status} ${body.slice(0, 30)}`);
		}
	});

	it('waits for nobody for ever, nor after it was told to stop', async () => {
		const { url } = await listen((_, response) => response.writeHead(200).write('{"v":1,'));
		assert.deepEqual(await clock.until(ask(url)), { trouble: 'unreachable' });
		assert.deepEqual(await ask(url, AbortSignal.abort()), { trouble: 'unreachable' });
		const { url: gone, close } = await listen();
		await close();
		assert.deepEqual(await ask(gone), { trouble: 'unreachable' });
	});
});

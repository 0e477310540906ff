import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { serveGateway, type GatewayServer } from '../../../../src/node/http/gatewayServer';

describe('a gateway’s server that is about to leave', () => {
	let server: GatewayServer;
	let finish: () => void;
	beforeEach(async () => {
		const finished = new Promise<void>((resolve) => {
			finish = resolve;
		});
		server = await serveGateway({
			port: 0,
			handle: ({ url }) => Promise.resolve(new Response(url.endsWith('/long') ? pieces(finished) : 'here')),
		});
	});
	afterEach(() => server.close());

	/** Asks on the one connection of an agent. */
	const ask = async (agent: Agent, path: string): Promise<IncomingMessage> => {
		const asked = request({ port: server.port, host: '127.0.0.1', path, agent }).end();
		const [answer] = (await once(asked, 'response')) as [IncomingMessage];
		return answer;
	};
	const oneConnection = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 });

	it('still answers, and keeps no connection: else its clients would stay until it takes no request', async () => {
		const agent = oneConnection();
		const before = await ask(agent, '/');
		assert.deepEqual([before.headers.connection, await text(before)], ['keep-alive', 'here']);
		server.leave();
		for (let n = 0; n < 2; n++) {
			const after = await ask(agent, '/');
			assert.deepEqual([after.headers.connection, await text(after)], ['close', 'here']);
		}
	});

	for (const act of ['leave', 'stop'] as const) {
		it(`lets an answer under way end, and then its connection: after ${act}`, async () => {
			const answer = await ask(oneConnection(), '/long');
			void server[act]();
			const closed = once(answer.socket, 'close');
			finish();
			assert.equal(await text(answer), 'first second');
			await closed;
		});
	}
});

/** Two pieces of an answer, the second one when it is time. */
function pieces(time: Promise<void>): ReadableStream<Uint8Array> {
	return new ReadableStream({
		start: async (controller) => {
			controller.enqueue(new TextEncoder().encode('first '));
			await time;
			controller.enqueue(new TextEncoder().encode('second'));
			controller.close();
		},
	});
}

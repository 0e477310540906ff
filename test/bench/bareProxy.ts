/**
 * What Node itself takes of a gateway: passes each call on, on open connections, and its answer back, as they come; reads, chooses and
 * counts nothing. In a process of its own, with the address of the service as its argument: sends its port to the parent.
 */
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

const service = process.argv[2] ?? '';
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

const server = createServer((call, answer) => {
	const { host: _, ...headers } = call.headers;
	const passedOn = request(service + (call.url ?? ''), { agent, method: call.method, headers }, (from) => {
		answer.writeHead(from.statusCode ?? 502, from.headers);
		pipeline(from, answer, () => undefined);
	});
	pipeline(call, passedOn, () => undefined);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());

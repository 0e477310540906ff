import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { causeOf } from '../../../../src/gemini/errors/network';
import { patientFetch } from '../../../../src/node/http/patientFetch';

describe('fetching what may take long', () => {
	const servers: Server[] = [];
	afterEach(() => {
		for (const server of servers.splice(0)) {
			server.closeAllConnections();
			server.close();
		}
	});
	async function serve(answer: RequestListener): Promise<string> {
		const server = createServer(answer);
		servers.push(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1beta/x?y=z`;
	}

	it('sends method, headers and text, and brings status, headers and body', async () => {
		const url = await serve((request, response) => {
			let text = '';
			request.on('data', (data: Buffer) => (text += data.toString()));
			request.on('end', () => {
				const { method, url: path, headers } = request;
				response.writeHead(429, { 'retry-after': '7' });
				response.end(JSON.stringify([method, path, headers['x-goog-api-key'], headers['content-length'], text]));
			});
		});
		const body = '{"text":"é"}';
		const answer = await patientFetch(url, { method: 'POST', headers: { 'x-goog-api-key': 'sim-one' }, body });
		assert.deepEqual([answer.status, answer.headers.get('retry-after')], [429, '7']);
		assert.deepEqual(await answer.json(), ['POST', '/v1beta/x?y=z', 'sim-one', '13', body]);
	});

	it('follows no redirect, and takes an answer without a body', async () => {
		const url = await serve((request, response) => {
			const isFirst = request.url?.endsWith('z') === true;
			response.writeHead(isFirst ? 307 : 204, { location: 'http://evil.example/' }).end();
		});
		assert.equal((await patientFetch(url)).status, 307);
		assert.equal((await patientFetch(`${url}y`)).body, null);
	});

	it('rejects where a proxy answers with a status that there is not', async () => {
		const url = await serve((_, response) => response.writeHead(999).end('{}'));
		await assert.rejects(patientFetch(url), RangeError);
	});

	it('ends with its caller, before the head of an answer and within its body', async () => {
		const left: string[] = [];
		let allLeft: () => void = () => undefined;
		const gone = new Promise<void>((resolve) => (allLeft = resolve));
		let reached: () => void = () => undefined;
		const url = await serve((request, response) => {
			if (request.url?.endsWith('body') === true) response.writeHead(200).write('{');
			else reached();
			response.on('close', () => {
				left.push(request.url ?? '');
				if (left.length === 2) allLeft();
			});
		});
		const [first, second] = [new AbortController(), new AbortController()];
		const isReached = new Promise<void>((resolve) => (reached = resolve));
		const waiting = patientFetch(url, { signal: first.signal });
		await isReached;
		first.abort();
		await assert.rejects(waiting, /abort/i);
		const answer = await patientFetch(`${url}&body`, { signal: second.signal });
		second.abort();
		await assert.rejects(answer.text());
		await gone;
	});

	it('fails in words that are known: nobody listens, and a connection that is lost', async () => {
		const causeFor = (url: string) =>
			patientFetch(url).then(
				() => assert.fail('It answered.'),
				(error: unknown) => causeOf(error),
			);
		const url = await serve((request) => request.socket.destroy());
		assert.deepEqual(await causeFor(url), { kind: 'network', sent: true });
		await new Promise((resolve) => servers[0]?.close(resolve));
		assert.deepEqual(await causeFor(url), { kind: 'unreachable', sent: false });
	});
});

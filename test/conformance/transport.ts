import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Reply, Upstream } from './upstream';

/** The script behind `fetch`, in virtual time. */
export function fetchOf(upstream: Upstream): typeof globalThis.fetch {
	return async (input, init) => {
		const { signal, ...rest } = init ?? {};
		const request = new Request(input, rest);
		const reply = upstream.take(request.url, Object.fromEntries(request.headers), await request.text());
		if (reply.type === 'lost') throw new TypeError('fetch failed', { cause: withCode(reply.code) });
		if (reply.type === 'silence') return aborted(signal);
		if (reply.status === 302 && rest.redirect === 'error') {
			throw new TypeError('fetch failed', { cause: new Error('unexpected redirect') });
		}
		const { status, headers, then } = reply;
		const pieces = reply.pieces.map((piece) => new TextEncoder().encode(piece));
		const body = new ReadableStream<Uint8Array>(
			{
				async pull(controller) {
					const piece = pieces.shift();
					if (piece) controller.enqueue(piece);
					else if (then === 'end') controller.close();
					else if (then === 'cut') controller.error(new TypeError('terminated', { cause: withCode('UND_ERR_SOCKET') }));
					else await aborted(signal);
				},
			},
			{ highWaterMark: 0 },
		);
		return new Response(body, { status, headers });
	};
}

function withCode(code: string): Error {
	return Object.assign(new Error(`other side: ${code}`), { code });
}

function aborted(signal: AbortSignal | null | undefined): Promise<never> {
	return new Promise((_, reject) => {
		const abort = (): void => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
		if (signal?.aborted) abort();
		signal?.addEventListener('abort', abort, { once: true });
	});
}

/** A reply on the wire. */
export function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
	if (reply.type === 'silence') return;
	if (reply.type === 'lost') {
		request.socket.resetAndDestroy();
		return;
	}
	response.writeHead(reply.status, reply.headers);
	response.flushHeaders();
	const rest = [...reply.pieces];
	const next = (): void => {
		const piece = rest.shift();
		// One piece a turn, so that the far end has read it before the connection breaks.
		if (piece !== undefined) response.write(piece, () => setTimeout(next, 10));
		else if (reply.then === 'end') response.end();
		else if (reply.then === 'cut') response.destroy();
	};
	next();
}

export interface Listening {
	readonly baseUrl: string;
	close(): Promise<void>;
}

/** The script behind a real socket. */
export async function listen(upstream: Upstream): Promise<Listening> {
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
			const url = `http://localhost${request.url ?? '/'}`;
			send(request, response, upstream.take(url, headers, Buffer.concat(chunks).toString()));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: `http://127.0.0.1:${port}`,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

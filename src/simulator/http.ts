import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Service } from './service';

export interface Server {
	/** `http://host:port`, without a slash at the end. */
	readonly url: string;
	readonly port: number;
	/** Ends at once, open streams included. Calling it again does nothing more. */
	close(): Promise<void>;
}

/** Largest request taken, in bytes: a model's whole context fits. */
const LARGEST = 32 * 1024 * 1024;

/**
 * Serves the simulator over sockets: a connection fault of the service becomes a destroyed socket.
 *
 * @throws Error where the port cannot be had.
 */
export async function serve(
	service: Service,
	{ port = 0, host = '127.0.0.1' }: { readonly port?: number; readonly host?: string } = {},
): Promise<Server> {
	const server = createServer((request, response) => {
		handle(service, request, response).catch(() => {
			if (response.headersSent) {
				// What was written still arrives, and then nothing: the end of the body is missing.
				response.socket?.destroySoon();
			} else {
				response.socket?.resetAndDestroy();
			}
		});
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, resolve);
	});
	const address = server.address();
	const actual = isAddressInfo(address) ? address.port : port;
	let closing: Promise<void> | undefined;
	return {
		url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
		port: actual,
		close: () =>
			(closing ??= new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			})),
	};
}

/** @throws whatever the service throws in place of an answer: the connection is lost. */
async function handle(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const gone = new AbortController();
	response.once('close', () => gone.abort());
	const body = await readBody(request);
	if (body === undefined) {
		response.writeHead(413).end();
		return;
	}
	const headers = new Headers();
	for (const [name, values] of Object.entries(request.headersDistinct)) {
		for (const value of values ?? []) {
			headers.append(name, value);
		}
	}
	const { method = 'GET', url = '/' } = request;
	const answer = await service.fetch(new URL(url, 'http://simulator.invalid'), {
		method,
		headers,
		redirect: 'manual',
		signal: gone.signal,
		...(method !== 'GET' && method !== 'HEAD' && { body }),
	});
	response.writeHead(answer.status, answer.statusText, Object.fromEntries(answer.headers));
	response.flushHeaders();
	for await (const chunk of answer.body ?? []) {
		response.write(chunk);
	}
	response.end();
}

/** The body, or nothing where it is too large. */
async function readBody(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of request) {
		if (chunk instanceof Uint8Array) {
			chunks.push(chunk);
			size += chunk.length;
		}
		if (size > LARGEST) {
			return undefined;
		}
	}
	return Uint8Array.from(Buffer.concat(chunks));
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
	return typeof address === 'object' && address !== null;
}

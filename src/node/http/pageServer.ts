import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One page, read again for each request. */
export interface Page {
	/** For instance `/metrics`. */
	readonly path: string;
	readonly contentType: string;
	read(): Promise<string>;
	/** The bearer token that a request needs; undefined or absent: none. If it rejects, requests are not answered. */
	token?(): Promise<string | undefined>;
}

export interface PageServer {
	readonly port: number;
	close(): Promise<void>;
}

/** Why the server cannot listen on a port. */
export class PortError extends Error {
	override readonly name = 'PortError';

	constructor(
		readonly reason: 'inUse' | 'notAllowed' | 'failed',
		options?: ErrorOptions,
	) {
		super(reason, options);
	}
}

const host = '127.0.0.1';
/** ms. */
const timeoutMs = 5_000;

/**
 * Serves a page on the loopback interface only. Refuses requests with another host name, against DNS rebinding. Port 0 takes
 * any free one. Rejects with `PortError`.
 */
export async function servePage(port: number, page: Page): Promise<PageServer> {
	const server = createServer({ requestTimeout: timeoutMs, headersTimeout: timeoutMs }, (request, response) => {
		answer(request, response, page).catch(() => response.destroy());
	});
	server.maxConnections = 16;
	await listen(server, port);
	const { port: taken } = server.address() as AddressInfo;
	return {
		port: taken,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

function listen(server: Server, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			const reason = error.code === 'EADDRINUSE' ? 'inUse' : error.code === 'EACCES' ? 'notAllowed' : 'failed';
			reject(new PortError(reason, { cause: error }));
		});
		server.listen(port, host, resolve);
	});
}

async function answer(request: IncomingMessage, response: ServerResponse, page: Page): Promise<void> {
	request.resume();
	const send = (status: number, type: string, text: string, more: Readonly<Record<string, string>> = {}): void => {
		response.writeHead(status, {
			...more,
			'content-type': type,
			'cache-control': 'no-store',
			'x-content-type-options': 'nosniff',
		});
		response.end(request.method === 'HEAD' ? undefined : text);
	};
	const plain = 'text/plain; charset=utf-8';
	const [path] = (request.url ?? '/').split('?');
	const { host: name, authorization } = request.headers;
	if (!isLocal(name)) return send(403, plain, 'This page is for this computer.\n');
	const token = await page.token?.();
	if (token !== undefined && !isBearer(authorization, token)) {
		const challenge = `Bearer realm="keypool"${authorization === undefined ? '' : ', error="invalid_token"'}`;
		send(401, plain, 'This page asks for a token.\n', { 'www-authenticate': challenge });
	} else if (path !== page.path) send(404, plain, `See ${page.path}\n`);
	else if (request.method !== 'GET' && request.method !== 'HEAD') send(405, plain, 'Only GET.\n');
	else send(200, page.contentType, await page.read());
}

function isLocal(name: string | undefined): boolean {
	return name !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(name);
}

/** Compares in constant time. */
function isBearer(authorization: string | undefined, token: string): boolean {
	const sent = /^bearer (.*)$/i.exec(authorization ?? '')?.[1] ?? '';
	return timingSafeEqual(digest(sent.trim()), digest(token));
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}

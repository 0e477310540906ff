import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Body } from '../../common/body';
import { bodyOf, headersOf } from './messages';
import { PortError } from './pageServer';

// Plain `node:http`: the gateway's core is a function from Request to Response, so that a framework would only route, which
// the core does itself. The smallest one with its own adapter would be 20 to 45 KB of the package (srvx, hono), and none of
// them says when a body is read, or breaks a connection within an answer.

/** The part of a `Request` that is made of each call: a whole one costs as much as the rest of the way. */
export type IncomingRequest = Pick<Request, 'method' | 'url' | 'headers' | 'signal'> & { readonly body: Body | null };

export interface GatewayServerOptions {
	/** 0 takes any free one. */
	readonly port: number;
	/** Where it listens in place of the loopback addresses; beyond this computer with TLS, or behind a proxy that has it. */
	readonly address?: string;
	readonly tls?: { readonly cert: string; readonly key: string };
	/** ms for the head of a request, and for the greeting before it; absent: 10 s. */
	readonly headMs?: number;
	/** ms that a connection may be idle between two requests; absent: 15 s. */
	readonly idleMs?: number;
	/** ms that a client may take nothing of what waits for it; absent: 5 minutes. */
	readonly stalledMs?: number;
	/** Answers one request; its signal aborts when the client leaves. An answer whose body fails is broken off. Never rejects. */
	readonly handle: (request: IncomingRequest, port: number) => Promise<Response>;
}

export interface GatewayServer {
	readonly port: number;
	/** Still answers, and keeps no connection beyond its answer: a client that comes by another one finds who stays. */
	leave(): void;
	/** Takes no connection any more, and lets those go that are idle. Resolves when all answers have gone out to their last byte. */
	stop(): Promise<void>;
	/** Ends at once, answers under way included. */
	close(): Promise<void>;
}

/** Both of this computer alone: some clients call `localhost` by the second one. */
const loopback: readonly string[] = ['127.0.0.1', '::1'];
/** More than there are places for requests: who finds none hears so, and a balancer has its answer. */
const maxConnections = 1_024;
const longestHeadMs = 10_000;
/** ms for a whole request; a body has its own bounds in the core, and this is beyond them. */
const requestMs = 180_000;
/** ms between two looks at who is late. */
const lookMs = 2_000;
const longestIdleMs = 15_000;
/** ms that a sender whose body was refused has to hear so; it is read on and thrown away meanwhile. */
const lingerMs = 1_000;
/** ms for a client that reads nothing on: the buffers between the two hold most answers, and a stopped program may go on. */
const longestStallMs = 5 * 60_000;
/** ms of silence after which the system looks whether a client is there: one that sleeps, or has lost its network, tells nobody. */
const silentMs = 30_000;
/** How often port 0 is tried anew, where the other address has that port taken. */
const maxTries = 5;

/** Serves a function from Request to Response, on the loopback addresses where no other is named. Rejects with `PortError`. */
export async function serveGateway(options: GatewayServerOptions): Promise<GatewayServer> {
	const { port, address } = options;
	const hosts = address === undefined ? loopback : [address];
	const answers = new AnswersUnderWay();
	for (let tries = 1; ; tries++) {
		const servers: Server[] = [];
		try {
			for (const host of hosts) {
				const server = create(options, answers);
				const taken = portOf(servers[0]) ?? port;
				if (await listen(server, taken, host, host !== hosts[0])) servers.push(server);
			}
			return running(servers, answers);
		} catch (error) {
			await Promise.all(servers.map(close));
			if (port !== 0 || tries === maxTries) throw error;
		}
	}
}

/** Answers that are not out yet: the core has done with one before its last bytes are. */
class AnswersUnderWay {
	private readonly answers = new Set<ServerResponse>();
	private readonly waiting = new Set<() => void>();
	/** Connections whose end is heard. */
	private readonly followed = new WeakSet<object>();
	private isLeaving = false;

	add(answer: ServerResponse): void {
		this.answers.add(answer);
		if (this.isLeaving) closeAfter(answer);
		answer.once('close', () => {
			this.answers.delete(answer);
			if (this.answers.size === 0) for (const done of this.waiting) done();
		});
		const { socket } = answer.req;
		if (this.followed.has(socket)) return;
		this.followed.add(socket);
		socket.once('close', () => this.lose(socket));
	}

	leave(): void {
		if (this.isLeaving) return;
		this.isLeaving = true;
		for (const answer of this.answers) closeAfter(answer);
	}

	/** A client may ask on before it has its answer. Node tells those that stand behind another one nothing of the end. */
	private lose(socket: object): void {
		for (const answer of this.answers) {
			if (answer.req.socket !== socket) continue;
			answer.destroy();
			answer.emit('close');
		}
	}

	out(): Promise<void> {
		return new Promise((resolve) => {
			if (this.answers.size === 0) resolve();
			else this.waiting.add(resolve);
		});
	}
}

/** The connection ends with this answer, which says so where its head is not out yet. */
function closeAfter(answer: ServerResponse): void {
	const { socket } = answer.req;
	answer.shouldKeepAlive = false;
	if (answer.headersSent) answer.once('finish', () => socket.destroySoon());
}

function running(servers: readonly Server[], answers: AnswersUnderWay): GatewayServer {
	return {
		port: portOf(servers[0]) ?? 0,
		leave: () => answers.leave(),
		stop: () => {
			answers.leave();
			for (const server of servers) {
				server.close();
				server.closeIdleConnections();
			}
			return answers.out();
		},
		close: async () => {
			await Promise.all(servers.map(close));
		},
	};
}

function create(options: GatewayServerOptions, answers: AnswersUnderWay): Server {
	const { tls, headMs = longestHeadMs, idleMs = longestIdleMs } = options;
	const bounds = {
		headersTimeout: headMs,
		requestTimeout: requestMs,
		connectionsCheckingInterval: lookMs,
		keepAliveTimeout: idleMs,
		keepAlive: true,
		keepAliveInitialDelay: silentMs,
	};
	const server =
		tls === undefined ? createServer(bounds) : createSecureServer({ ...bounds, ...tls, handshakeTimeout: headMs });
	server.maxConnections = maxConnections;
	const answer = (isContinued: boolean) => (request: IncomingMessage, response: ServerResponse) => {
		answers.add(response);
		serve(request, response, isContinued, options).catch(() => response.destroy());
	};
	server.on('request', answer(false));
	// The sender waits to hear whether its body is wanted.
	server.on('checkContinue', answer(true));
	server.on('clientError', (_, socket) => socket.destroy());
	return server;
}

/** False where this computer has no such address. */
function listen(server: Server, port: number, host: string, isOptional: boolean): Promise<boolean> {
	return new Promise((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			const { code } = error;
			if (isOptional && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) return resolve(false);
			const reason = code === 'EADDRINUSE' ? 'inUse' : code === 'EACCES' ? 'notAllowed' : 'failed';
			reject(new PortError(reason, { cause: error }));
		});
		server.listen({ port, host, ipv6Only: host === '::1' }, () => resolve(true));
	});
}

function portOf(server: Server | undefined): number | undefined {
	const address = server?.address();
	return typeof address === 'object' && address !== null ? (address satisfies AddressInfo).port : undefined;
}

function close(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});
}

async function serve(
	request: IncomingMessage,
	response: ServerResponse,
	isContinued: boolean,
	{ handle, stalledMs = longestStallMs }: GatewayServerOptions,
): Promise<void> {
	const gone = new AbortController();
	response.once('close', () => {
		if (!response.writableFinished) gone.abort(new Error('The client has left.'));
	});
	const asked = requestOf(request, gone.signal, () => {
		if (isContinued) response.writeContinue();
	});
	if (asked === undefined) {
		response.writeHead(400, { connection: 'close' }).end();
		return;
	}
	const answer = await handle(asked, request.socket.localPort ?? 0);
	if (response.destroyed) {
		await answer.body?.cancel();
		return;
	}
	const headers = Object.fromEntries(answer.headers);
	if (headers['connection'] === 'close') {
		const text = await answer.text();
		response.writeHead(answer.status, { ...headers, 'content-length': Buffer.byteLength(text) }).write(text);
		await dropBody(request);
		response.end();
		return;
	}
	response.writeHead(answer.status, headers);
	await send(answer, response, stalledMs);
}

/** Undefined for what is no request of HTTP's that can be answered. */
function requestOf(request: IncomingMessage, signal: AbortSignal, wanted: () => void): IncomingRequest | undefined {
	const { method = 'GET', url = '' } = request;
	// The host of the address is nobody's: the core looks at the header.
	const address = `http://gateway.invalid${url}`;
	if (!url.startsWith('/') || !URL.canParse(address)) return undefined;
	const hasBody = method !== 'GET' && method !== 'HEAD';
	let body: Body | undefined;
	return {
		method,
		url: address,
		headers: headersOf(request),
		signal,
		get body() {
			return hasBody ? (body ??= bodyOf(request, { wanted })) : null;
		},
	};
}

/** A sender that was told to stop is read on for a moment: else the system takes the answer away with the connection. */
function dropBody(request: IncomingMessage): Promise<void> {
	if (request.complete) return Promise.resolve();
	return new Promise((resolve) => {
		const timer = setTimeout(end, lingerMs);
		function end(): void {
			clearTimeout(timer);
			resolve();
		}
		request.once('end', end).once('close', end);
		request.resume();
	});
}

async function send({ body }: Response, response: ServerResponse, stalledMs: number): Promise<void> {
	const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = body?.getReader();
	try {
		for (;;) {
			const next = await reader?.read();
			if (response.destroyed) return;
			if (next === undefined || next.done) break;
			if (!response.write(next.value)) await drained(response, stalledMs);
		}
		response.end();
	} catch {
		breakOff(response);
	} finally {
		await reader?.cancel().catch(() => undefined);
	}
}

/** What was written still arrives, and then nothing: the end of the body is missing. */
function breakOff({ req, socket }: ServerResponse): void {
	if (req.httpVersionMinor > 0) socket?.destroySoon();
	// In HTTP/1.0 nothing but the connection's own end is the body's: it must not come in good order.
	else socket?.write('', () => void ('encrypted' in socket ? socket.destroy() : socket.resetAndDestroy()));
}

/** Resolves when more can be written; a client that takes nothing for too long is disconnected. */
function drained(response: ServerResponse, stalledMs: number): Promise<void> {
	return new Promise((resolve) => {
		// One that stands behind another answer has no socket yet, and is not late.
		const timer = setInterval(() => response.socket?.destroy(), stalledMs);
		const end = (): void => {
			clearInterval(timer);
			response.off('drain', end).off('close', end);
			resolve();
		};
		response.on('drain', end).on('close', end);
	});
}

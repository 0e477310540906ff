import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import type { Scenario } from '../scenario';
import { send } from '../transport';
import { Upstream, type Reply } from '../upstream';
import { briefOf, End } from './contract';
import { shorten, type Pace } from './pace';
import { asSingle } from './single';
import { judge, type Verdict } from './verdict';

/** A scenario's script on the loopback, for a client in any language; README.md tells its routes. */
export interface Serving {
	/** Without a slash at the end. */
	readonly url: string;
	/** What came of it so far. */
	readonly verdict: () => Verdict;
	/** Settles when a client has said that it is done. */
	readonly stopped: Promise<void>;
	close(): Promise<void>;
}

/** Largest body, in bytes: a scenario's largest prompt has 1.2 MB. */
const largest = 16 * 1024 * 1024;

/** @throws Error where the port cannot be had. */
export async function serveScenario(
	scenario: Scenario,
	{ pace, port = 0 }: { readonly pace: Pace; readonly port?: number },
): Promise<Serving> {
	let began: number | undefined;
	const elapsed = (): number => (began === undefined ? 0 : ((performance.now() - began) / 1000) * pace.scale);
	const upstream = new Upstream(scenario, elapsed);
	const ended: End[] = [];
	const verdict = (): Verdict => judge(scenario, upstream.calls, ended, pace);
	let stop = (): void => undefined;
	const stopped = new Promise<void>((resolve) => (stop = resolve));

	const replyTo = (request: IncomingMessage, body: string): Reply => {
		const { pathname, href } = new URL(request.url ?? '/', 'http://localhost');
		switch (`${request.method ?? ''} ${pathname}`) {
			case 'GET /_scenario':
				return json(200, briefOf(scenario, pace));
			case 'GET /_verdict':
				return json(200, verdict());
			case 'POST /_begin':
				began = performance.now();
				return json(200, {});
			case 'POST /_end': {
				const end = v.safeParse(End, parsed(body));
				if (!end.success) return json(400, { error: v.summarize(end.issues) });
				ended.push(end.output);
				return json(200, {});
			}
			case 'POST /_stop':
				stop();
				return json(200, verdict());
		}
		if (body !== '' && parsed(body) === undefined) return json(400, { error: { code: 400, message: 'No JSON.' } });
		if (/\/models\/[^/:]+:/.test(pathname)) began ??= performance.now();
		const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
		const reply = upstream.take(href, headers, body);
		return onTime(pathname.endsWith(':generateContent') ? asSingle(reply) : reply, pace);
	};

	const server = createServer((request, response) => {
		void answer(request, response, replyTo);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		verdict,
		stopped,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

async function answer(
	request: IncomingMessage,
	response: ServerResponse,
	replyTo: (request: IncomingMessage, body: string) => Reply,
): Promise<void> {
	const chunks: Buffer[] = [];
	let size = 0;
	try {
		for await (const chunk of request as AsyncIterable<Buffer>) {
			size += chunk.length;
			if (size > largest) {
				send(request, response, json(413, {}));
				return;
			}
			chunks.push(chunk);
		}
	} catch {
		// Whoever asked has gone.
		return;
	}
	send(request, response, replyTo(request, Buffer.concat(chunks).toString()));
}

function onTime(reply: Reply, { clock, scale }: Pace): Reply {
	if (clock === 'fast' || reply.type !== 'response') return reply;
	return { ...reply, pieces: reply.pieces.map((piece) => shorten(piece, scale)) };
}

function json(status: number, body: unknown): Reply {
	const headers = { 'content-type': 'application/json; charset=UTF-8' };
	return { type: 'response', status, headers, pieces: [JSON.stringify(body)], then: 'end' };
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

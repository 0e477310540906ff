import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

/** What a receiver answers; `hang` says nothing. */
export type Reply =
	| { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
	| 'hang';

/** A real HTTP receiver on the loopback. */
export class Receiver {
	readonly received: Received[] = [];
	private readonly server: Server;

	/** @param reply judges what came. */
	constructor(private reply: (received: Received) => Reply) {
		this.server = createServer((request, response) => {
			let body = '';
			request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
			request.on('end', () => {
				const received = { path: request.url ?? '', headers: request.headers, body };
				this.received.push(received);
				answer(response, this.reply(received));
			});
		});
	}

	set answering(reply: Reply) {
		this.reply = () => reply;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
	}

	async start(): Promise<this> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		return this;
	}

	async stop(): Promise<void> {
		await new Promise((resolve) => {
			this.server.close(resolve);
			this.server.closeAllConnections();
		});
	}
}

function answer(response: ServerResponse, reply: Reply): void {
	if (reply === 'hang') return;
	response.writeHead(reply.status, reply.headers);
	response.end(reply.body);
}

/** Refuses as Slack does what is over its documented limits (blocks and texts of incoming webhooks). */
export function asSlack({ body, headers }: Received): Reply {
	const invalid = { status: 400, body: 'invalid_payload' };
	const payload = parsed(body);
	if (!payload || headers['content-type'] !== 'application/json') return invalid;
	const { text, blocks } = payload;
	if (typeof text !== 'string' || text === '') return { status: 400, body: 'no_text' };
	if (text.length > 40_000 || !Array.isArray(blocks) || blocks.length > 50) return invalid;
	const fits = blocks.every((block: unknown) => {
		const { type, text: inner } = fields(block);
		const { type: kind, text: shown } = fields(inner);
		if (typeof shown !== 'string' || shown.length === 0) return false;
		if (type === 'header') return kind === 'plain_text' && shown.length <= 150;
		return type === 'section' && shown.length <= 3_000;
	});
	return fits ? { status: 200, body: 'ok' } : { status: 400, body: 'invalid_blocks' };
}

/** Refuses as Discord does what is over its documented limits (an embed's), or could mention somebody. */
export function asDiscord({ body }: Received): Reply {
	const payload = parsed(body);
	const embeds = payload?.['embeds'];
	const bad = { status: 400, body: '{"message":"Invalid Form Body","code":50035}' };
	if (!payload || !Array.isArray(embeds) || embeds.length < 1 || embeds.length > 10) return bad;
	let whole = 0;
	for (const embed of embeds) {
		const { title, description, timestamp, color } = fields(embed);
		if (typeof title !== 'string' || title.length > 256) return bad;
		if (typeof description !== 'string' || description.length > 4_096) return bad;
		if (typeof timestamp !== 'string' || Number.isNaN(Date.parse(timestamp))) return bad;
		if (typeof color !== 'number' || color < 0 || color > 0xffffff) return bad;
		whole += title.length + description.length;
	}
	const { parse } = fields(payload['allowed_mentions']);
	return whole <= 6_000 && Array.isArray(parse) && parse.length === 0 ? { status: 204 } : bad;
}

export function fields(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null ? { ...value } : {};
}

function parsed(text: string): Record<string, unknown> | undefined {
	try {
		return fields(JSON.parse(text));
	} catch {
		return undefined;
	}
}

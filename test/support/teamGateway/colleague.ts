import { createGemini } from '../../../src/gemini/service';
import type { Piece } from '../../../src/gemini/gemini';
import { createMemoryStore } from '../../../src/keys/keyring/memoryStore';
import { createMasker } from '../../../src/masking/masking';
import { Pool, PoolError, type KeyId, type Options, type PoolRequest, type StreamPart } from '../../../src/pool/pool';
import { askStatus } from '../../../src/teamGateway/askStatus';
import { TeamGateway } from '../../../src/teamGateway/teamGateway';
import type { GatewayRig } from '../gateway/gatewayRig';
import { flash } from '../simulator/stand';
import { InMemoryStore } from '../pool/inMemoryStore';

export const address = 'https://kp.example';

/** What came of a question. */
export interface Outcome {
	readonly text: string;
	readonly error?: PoolError;
	readonly parts: readonly StreamPart<Piece>[];
}

/** A colleague without a key: pool, gemini room and the use of a team's gateway, over the gateway's own core. */
export class Colleague {
	readonly secrets = createMemoryStore();
	readonly gateway: TeamGateway;
	readonly pool: Pool;
	/** `POST /v1beta/…`, and where it went. */
	readonly sent: { readonly url: string; readonly headers: Headers; readonly redirect: RequestInit['redirect'] }[] = [];
	/** Calls by the way of keys: to Google, or to see whether a host is there. */
	readonly toGoogle: string[] = [];
	isAway = false;
	/** What is asked waits for it. */
	hold: Promise<void> | undefined;
	/** What was asked by what waits as long as it must. */
	readonly waitedFor: string[] = [];
	/** What answers in the gateway's place. */
	answer: ((url: URL) => Response | undefined) | undefined;
	private ids = 0;

	/** @param page the origin of a browser's page, whose `fetch` asks before it asks */
	constructor(
		private readonly rig: GatewayRig,
		private readonly page?: string,
		options: Partial<Options> = {},
	) {
		const { clock } = rig;
		const { mask, learnKey, keyStream } = createMasker();
		const fetch: typeof globalThis.fetch = (input, init) => this.fetch(input, init);
		this.gateway = new TeamGateway({
			...{ secrets: this.secrets, fetch, clock, learn: learnKey },
			patientFetch: (input, init) => {
				this.waitedFor.push(input instanceof Request ? input.url : String(input));
				return this.fetch(input, init);
			},
			ask: (record, signal) => askStatus(fetch, record, clock, signal),
			report: (error) => {
				throw error;
			},
		});
		const gemini = createGemini({
			secretOf: (id) => Promise.resolve(this.gateway.secretOf(id)),
			baseUrl: () => 'https://generativelanguage.googleapis.com',
			...{ mask, keyStream, now: () => clock.wall() },
			fetch: (input) => {
				this.toGoogle.push(input instanceof Request ? input.url : String(input));
				return Promise.reject(new TypeError('no network'));
			},
			transportOverride: this.gateway.transportOverride,
			allowed: (by) => Promise.resolve(this.gateway.has(by)),
		});
		this.pool = new Pool({
			...{ store: new InMemoryStore(clock), clock, random: () => 0 },
			check: (id: KeyId, signal) => gemini.check(this.gateway.secretOf(id) ?? '', signal),
		});
		this.pool.configure({ model: flash, ...options });
		const apply = (): void => {
			const { keys, projects } = this.gateway.source() ?? { keys: [], projects: [] };
			this.pool.setKeys(keys, projects);
		};
		apply();
		this.gateway.onDidChange(apply);
		this.gateway.follow(this.pool);
		this.gemini = gemini;
	}

	private readonly gemini;

	async use(token = this.rig.token): Promise<void> {
		await this.rig.ready;
		// What is read from the disk takes no virtual time, and minutes of that would pass meanwhile.
		await import('@google/genai/web');
		await this.gateway.use({ address, token: token === '' ? this.rig.token : token });
		await this.rig.clock.settle();
	}

	/** Asks, and lets as much time pass as it takes. */
	ask(more: Partial<PoolRequest> = {}): Promise<Outcome> {
		return this.rig.clock.until(this.read(more));
	}

	private async read(more: Partial<PoolRequest>): Promise<Outcome> {
		const parts: StreamPart<Piece>[] = [];
		const open = this.gemini.open({
			turns: [{ role: 'user', content: [{ type: 'text', text: 'Hi [short]' }] }],
			options: {},
		});
		const request: PoolRequest = {
			...{ id: `q${++this.ids}`, origin: 'chat', models: [flash], priority: 'chat', maxWaitMs: 0 },
			...{ size: { bytes: 10, tokens: 0 }, needs: {}, recovery: 'retract' },
			idle: { firstMs: 60_000, betweenMs: 30_000 },
			...more,
		};
		try {
			for await (const part of this.pool.stream(request, open, new AbortController().signal)) parts.push(part);
			return { text: textOf(parts), parts };
		} catch (error) {
			if (!(error instanceof PoolError)) throw error;
			return { text: textOf(parts), parts, error };
		}
	}

	/** As Node's, or as a page's: which asks first, and shows nothing that it may not. */
	private async fetch(input: Parameters<typeof globalThis.fetch>[0], init?: RequestInit): Promise<Response> {
		if (this.isAway) throw new TypeError('fetch failed');
		const url = new URL(input instanceof Request ? input.url : String(input));
		if (url.origin !== address) throw new Error(`The token went to ${url.origin}.`);
		const headers = new Headers(init?.headers);
		this.sent.push({ url: url.href, headers, redirect: init?.redirect });
		await this.hold;
		const answered = this.answer?.(url);
		if (answered) return answered;
		const { page, rig } = this;
		const send = (method: string, more: Headers, body?: RequestInit['body']): Promise<Response> => {
			more.set('host', 'kp.example');
			if (page !== undefined) more.set('origin', page);
			const request = new Request(url, {
				method,
				headers: more,
				...(body !== undefined && { body }),
				signal: init?.signal ?? null,
			});
			return rig.gateway.handle(request, { port: 8642 });
		};
		if (page !== undefined) {
			const wanted = [...headers.keys()];
			const asked = await send('OPTIONS', new Headers({ 'access-control-request-headers': wanted.join(',') }));
			const allowed = (asked.headers.get('access-control-allow-headers') ?? '').split(/, ?/);
			if (
				!asked.ok ||
				asked.headers.get('access-control-allow-origin') !== page ||
				!wanted.every((name) => allowed.includes(name))
			) {
				throw new TypeError('Failed to fetch');
			}
		}
		const response = await send(init?.method ?? 'GET', headers, init?.body);
		if (page !== undefined && response.headers.get('access-control-allow-origin') !== page)
			throw new TypeError('Failed to fetch');
		return response;
	}
}

function textOf(parts: readonly StreamPart<Piece>[]): string {
	return parts
		.flatMap((part) => (part.type === 'output' && part.value.type === 'text' ? [part.value.text] : []))
		.join('');
}

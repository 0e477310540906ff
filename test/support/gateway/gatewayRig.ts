import { createHash, randomBytes } from 'node:crypto';
import type { Gemini } from '../../../src/gemini/gemini';
import { createGemini } from '../../../src/gemini/service';
import { Emitter } from '../../../src/common/emitter';
import {
	createGateway,
	TokenRegistry,
	type ClientRules,
	type ClientStorage,
	type Gateway,
	type GatewayDoors,
	type GatewayEvent,
	type GatewayRules,
} from '../../../src/gateway/gateway';
import { createWords } from '../../../src/localization/words';
import { createMasker } from '../../../src/masking/masking';
import { ClientCounts, Pool, type Options, type PoolEvent, type ProjectId } from '../../../src/pool/pool';
import { createPrices } from '../../../src/prices/priceList';
import { createService, type Fault, type Quota, type Service } from '../../../src/simulator/service';
import { aKey } from '../aKey';
import { flash, lite, seeded } from '../simulator/stand';
import { VirtualClock } from '../virtualClock';
import { InMemoryStore } from '../pool/inMemoryStore';

export interface GatewayKey {
	readonly faults?: readonly Fault[];
	readonly project?: string;
	readonly tier?: 'free' | 'paid';
	readonly quota?: Quota;
}

export interface GatewayRigOptions extends Partial<Options> {
	readonly rules?: Partial<GatewayRules>;
	readonly doors?: Partial<GatewayDoors>;
	readonly client?: Partial<ClientRules>;
	/** A promise: what a person is asked meanwhile, or the system unlocks. */
	readonly blockedReason?: 'hostRefused' | 'keysLocked' | Promise<undefined>;
	/** A key made of its name; absent: a simulated one. */
	readonly shape?: (name: string) => string;
	/** What answers in place of the simulator, given the key that was sent; what is thrown is thrown. */
	readonly answer?: (secret: string) => Response | Error;
	/** Two gateways that share clients and counts. */
	readonly beside?: GatewayRig;
	/** ms that the store's clock is ahead of the gateway's own, as a team's server may be. */
	readonly storeAheadMs?: number;
	/** A service of the test's own, which knows the keys, and its time. */
	readonly on?: { readonly clock: VirtualClock; readonly service: Service };
}

/** A storage that several registries share. */
export function memoryClients(): ClientStorage & { text: string | undefined } {
	const changed = new Emitter<undefined>();
	const storage = {
		text: undefined as string | undefined,
		read: () => Promise.resolve(storage.text),
		update: async (change: (stored: string | undefined) => string) => {
			await Promise.resolve();
			storage.text = change(storage.text);
			changed.fire(undefined);
		},
		onDidChange: changed.event,
	};
	return storage;
}

/** What came back, read to its end. */
export interface Answered {
	readonly status: number;
	readonly headers: Headers;
	readonly text: string;
	/** Data of the events, where it is a stream. */
	readonly events: readonly string[];
	/** Whether the body came to its own end. */
	readonly isWhole: boolean;
}

const sentence = (text: string, ...values: (string | number)[]): string =>
	values.reduce<string>((said, value, n) => said.replaceAll(`{${n}}`, String(value)), text);

/** The gateway over pool, gemini room and simulator, in virtual time and without a socket. */
export class GatewayRig {
	readonly clock: VirtualClock;
	readonly service: Service;
	readonly gemini: Gemini;
	readonly pool: Pool;
	readonly store: InMemoryStore;
	readonly storage: ReturnType<typeof memoryClients>;
	readonly tokens: TokenRegistry;
	readonly gateway: Gateway;
	readonly events: GatewayEvent[] = [];
	readonly poolEvents: PoolEvent[] = [];
	readonly reported: unknown[] = [];
	/** `a gemini-3.8-flash:generateContent`: key and what was asked, in order. */
	readonly calls: string[] = [];
	/** Bodies as the service received them. */
	readonly bodies: string[] = [];
	/** Of each call what went out with it. */
	readonly sentHeaders: Headers[] = [];
	readonly addresses: string[] = [];
	token = '';

	constructor(keys: Readonly<Record<string, GatewayKey>>, options: GatewayRigOptions = {}) {
		const {
			rules,
			doors,
			client,
			blockedReason,
			shape: secretOf = simulatedKey,
			answer,
			beside,
			on,
			storeAheadMs = 0,
			...pool
		} = options;
		this.clock = on?.clock ?? beside?.clock ?? new VirtualClock();
		const { clock } = this;
		const names = Object.keys(keys);
		const projectOf = (name: string): string => keys[name]?.project ?? `project of ${name}`;
		const projects = [...new Set(names.map(projectOf))].map((id) => {
			const own = names.map((name) => keys[name]).find((key, n) => key && projectOf(names[n] ?? '') === id);
			const quota = own?.quota ?? { rpm: 1_000, tpm: 10_000_000, rpd: 100_000 };
			return { id, tier: own?.tier ?? ('free' as const), quotas: { [flash]: quota, [lite]: quota } };
		});
		const masker = createMasker();
		this.service =
			on?.service ??
			createService({
				clock,
				chance: seeded(1),
				projects,
				keys: names.map((name) => ({
					secret: secretOf(name),
					project: projectOf(name),
					faults: keys[name]?.faults ?? [],
				})),
			});
		for (const name of names) masker.learnKey(secretOf(name));
		this.gemini = createGemini({
			secretOf: (key) => Promise.resolve(secretOf(key)),
			baseUrl: () => 'https://simulator.invalid',
			mask: masker.mask,
			maskKeys: masker.maskKeys,
			fetch: (input, init) => {
				const url = new URL(input instanceof Request ? input.url : String(input));
				const headers = new Headers(init?.headers);
				const secret = headers.get('x-goog-api-key') ?? headers.get('authorization')?.replace('Bearer ', '') ?? '';
				this.calls.push(`${nameOf(secret)} ${url.pathname.replace(/^\/v1(?:beta)?\//, '').replace('models/', '')}`);
				this.addresses.push(url.href);
				this.sentHeaders.push(headers);
				if (init?.body instanceof Uint8Array)
					this.bodies.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(init.body));
				if (typeof init?.body === 'string') this.bodies.push(init.body);
				const answered = answer?.(secret);
				if (answered === undefined) return this.service.fetch(url, init);
				return answered instanceof Error ? Promise.reject(answered) : Promise.resolve(answered);
			},
			now: () => clock.wall(),
		});
		const { gemini } = this;
		this.store = beside?.store ?? new InMemoryStore({ wall: () => clock.wall() + storeAheadMs });
		this.pool = new Pool({
			store: this.store,
			clock,
			random: () => 0,
			pricing: () => Promise.resolve(createPrices(() => ({}))),
			check: (key, signal) => gemini.check(secretOf(key), signal),
		});
		this.pool.setKeys(
			names.map((id, index) => aKey(id, projectOf(id), index)),
			projects.map(({ id, tier }) => ({ id: id as ProjectId, tier })),
		);
		this.pool.configure({ strategy: 'primaryBackup', model: flash, ...pool });
		this.pool.onEvent((event) => this.poolEvents.push(event));
		this.storage = beside?.storage ?? memoryClients();
		let ids = 0;
		const report = (error: unknown): void => void this.reported.push(error);
		this.tokens = new TokenRegistry({
			storage: this.storage,
			now: () => clock.wall(),
			newId: () => `id${++ids}`,
			randomBytes: (count) => randomBytes(count),
			sha256: (text) => createHash('sha256').update(text).digest('hex'),
			learn: masker.learn,
			report,
		});
		this.gateway = createGateway({
			pool: this.pool,
			gemini,
			tokens: this.tokens,
			counts: new ClientCounts(this.store),
			words: createWords(sentence, { language: 'en' }, () => clock.wall()),
			rules: () => ({
				paidOnly: false,
				fallbackModels: [],
				maxWaitMs: 120_000,
				idle: { firstMs: 60_000, betweenMs: 30_000 },
				...rules,
			}),
			doors: () => ({ hosts: [], origins: [], ...doors }),
			blockedReason: () => Promise.resolve(blockedReason),
			clock,
			newId: () => `r${++ids}`,
			report,
		});
		this.gateway.onEvent((event) => this.events.push(event));
		this.ready = beside ? this.tokens.load() : this.issue('tool', client);
	}

	/** Resolves when a client named `tool` is known, whose token is `token`. */
	readonly ready: Promise<void>;

	async issue(name: string, rules: Partial<ClientRules> = {}): Promise<void> {
		const { token } = await this.tokens.issue({ name, rules });
		this.token = token;
	}

	/** Sends a request in the way of Gemini's clients where nothing else is said. */
	async send(
		path: string,
		body?: unknown,
		init: Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> } = {},
	): Promise<Response> {
		await this.ready;
		const request = new Request(`http://127.0.0.1:8642${path}`, {
			method: body === undefined ? 'GET' : 'POST',
			...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
			...init,
			headers: {
				host: '127.0.0.1:8642',
				...(body !== undefined && { 'content-type': 'application/json' }),
				...(path.startsWith('/v1/chat') || path.includes('openai')
					? { authorization: `Bearer ${this.token}` }
					: { 'x-goog-api-key': this.token }),
				...init.headers,
			},
		});
		return this.gateway.handle(request, { port: 8642 });
	}

	/** Sends, lets as much time pass as it takes, and reads the answer to its end. */
	ask(...sent: Parameters<GatewayRig['send']>): Promise<Answered> {
		return this.clock.until(this.read(this.send(...sent)));
	}

	async read(sending: Promise<Response>): Promise<Answered> {
		const response = await sending;
		const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
		const decoder = new TextDecoder();
		let text = '';
		let isWhole = true;
		try {
			for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
				text += decoder.decode(next.value, { stream: true });
			}
		} catch {
			isWhole = false;
		}
		const events = text.split(/\r?\n\r?\n/).flatMap((event) => /^data: ([^]*)$/.exec(event)?.[1] ?? []);
		return { status: response.status, headers: response.headers, text, events, isWhole };
	}
}

const simulatedKey = (name: string): string => `sim-key-of-${name}-${'x'.repeat(20)}`;
const nameOf = (secret: string): string => /^sim-key-of-(.*)-x{20}$/.exec(secret)?.[1] ?? secret;

export const question = (text = 'Hi [short]'): object => ({ contents: [{ role: 'user', parts: [{ text }] }] });
export const chat = (text = 'Hi [short]', more: object = {}): object => ({
	model: flash,
	messages: [{ role: 'user', content: text }],
	...more,
});
/** ms until a client may come again, as the details of its error say. */
export const retryDelayMs = (text: string): number => Number(/"retryDelay":"([\d.]+)s"/.exec(text)?.[1]) * 1_000;
export const stream = `/v1beta/models/${flash}:streamGenerateContent?alt=sse`;
export const whole = `/v1beta/models/${flash}:generateContent`;
export const completions = '/v1/chat/completions';

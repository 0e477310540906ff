import { createHash, randomBytes } from 'node:crypto';
import { createGemini } from '../../../../src/gemini/service';
import { createGateway, logGateway, TokenRegistry, type Gateway } from '../../../../src/gateway/gateway';
import { createWords } from '../../../../src/localization/words';
import { createMasker } from '../../../../src/masking/masking';
import { createLog } from '../../../../src/monitoring/log/log';
import { logPool } from '../../../../src/monitoring/log/poolLog';
import { Metrics } from '../../../../src/monitoring/metrics/metrics';
import {
	ClientCounts,
	defaults,
	LeaderElection,
	Maintenance,
	Pool,
	startMaintenance,
	type KeyId,
	type ProjectId,
	type StateStore,
} from '../../../../src/pool/pool';
import { createPrices } from '../../../../src/prices/priceList';
import { createService, type Service } from '../../../../src/simulator/service';
import { aKey } from '../../aKey';
import { memoryClients } from '../../gateway/gatewayRig';
import { flash, seeded } from '../../simulator/stand';
import { VirtualClock } from '../../virtualClock';
import { Meter, nothing, plus, type Sum } from './meter';
import { begins, budgets, clients, faults, keyOfSecret, keys, projects, secretOf, tierOf } from './plan';

/** Requests of a client at the same time: more than a rush has. */
const parallel = 32;
/** Calls that fill the simulator's own log, which then grows no more. */
const logged = 10_000;

/** What the pool says that its sends have had, by `client key`: whole answers, and those that were cut or failed. */
export interface Told {
	readonly answered: Map<string, Sum & { readonly cost: number }>;
	readonly others: Map<string, Sum & { readonly cost: number }>;
	/** How those ended, and how often. */
	readonly outcomes: Map<string, number>;
	/** By client: its requests of which something was sent. */
	readonly requests: Map<string, Set<string>>;
}

/** The gateway as a process of its own has it, over the simulator in virtual time, and everything that listens to it. */
export class MonthRig {
	readonly clock = new VirtualClock(begins);
	readonly service: Service;
	readonly meter: Meter;
	readonly store: StateStore;
	readonly pool: Pool;
	readonly tokens: TokenRegistry;
	readonly gateway: Gateway;
	readonly metrics: Metrics;
	readonly reported: unknown[] = [];
	readonly told: Told = { answered: new Map(), others: new Map(), outcomes: new Map(), requests: new Map() };
	private readonly owned: (() => void)[] = [];

	constructor(openStore: (clock: VirtualClock, report: (error: unknown) => void) => StateStore) {
		const { clock } = this;
		const report = (error: unknown): void => void this.reported.push(error);
		const random = seeded(31);
		this.service = createService({
			...{ clock, projects, keys, faults },
			chance: seeded(32),
			latency: () => 50 + random() * 400,
		});
		this.meter = new Meter(this.service, clock.wall);
		const masker = createMasker();
		for (const { secret } of keys) masker.learnKey(secret);
		const gemini = createGemini({
			secretOf: (key) => Promise.resolve(secretOf(key)),
			baseUrl: () => 'https://simulator.invalid',
			mask: masker.mask,
			maskKeys: masker.maskKeys,
			fetch: this.meter.fetch,
			now: clock.wall,
		});
		this.store = openStore(clock, report);
		this.pool = new Pool({
			...{ store: this.store, clock, random: seeded(33), window: 'month', onListenerError: report },
			pricing: () => Promise.resolve(createPrices(() => ({}))),
			check: (key, signal) => gemini.check(secretOf(key), signal),
		});
		this.pool.setKeys(
			keys.map(({ secret, project }, n) => aKey(keyOfSecret(secret), project, n)),
			projects.map(({ id }) => ({ id: id as ProjectId, tier: tierOf(id) })),
		);
		this.pool.configure({
			...{ ...defaults, model: flash },
			budgets: { pool: { month: 100 }, clients: { 'gateway:monthly': { month: budgets.month } } },
		});
		const line = (): void => undefined;
		const log = createLog({ trace: line, debug: line, info: line, warn: line, error: line }, masker.mask);
		this.metrics = new Metrics(this.pool, clock, masker.mask);
		const election = new LeaderElection(this.store, clock, 'month');
		election.campaign('housekeeping', () => startMaintenance(new Maintenance(this.store, this.pool), clock, report));
		let ids = 0;
		const newId = (): string => `id${++ids}`;
		this.tokens = new TokenRegistry({
			...{ storage: memoryClients(), now: clock.wall, newId, randomBytes, learn: masker.learn, report },
			sha256: (text) => createHash('sha256').update(text).digest('hex'),
		});
		this.gateway = createGateway({
			...{ pool: this.pool, gemini, tokens: this.tokens, clock, newId, report },
			counts: new ClientCounts(this.store),
			words: createWords((text) => text, { language: 'en' }, clock.wall),
			rules: () => ({
				...{ paidOnly: false, fallbackModels: [], maxWaitMs: 120_000 },
				idle: { firstMs: 60_000, betweenMs: 30_000 },
			}),
			doors: () => ({ hosts: [], origins: [] }),
			blockedReason: () => Promise.resolve(undefined),
		});
		const gatewayLog = logGateway(this.gateway, log);
		this.owned.push(
			logPool(this.pool, clock, log),
			this.pool.onEvent((event) => {
				if (event.type !== 'attempt' || event.attempt.unsent) return;
				const { outcome, usage, cost = 0, key } = event.attempt;
				const client = event.origin.replace('gateway:', '');
				const name = `${client} ${key}`;
				const { answered, others, outcomes, requests } = this.told;
				requests.set(client, (requests.get(client) ?? new Set()).add(event.request));
				const { input = 0, output = 0, thoughts = 0 } = usage ?? {};
				const told = outcome === 'answered' ? answered : others;
				const before = told.get(name) ?? { ...nothing, cost: 0 };
				const more = { calls: 1, input, output: output + thoughts, listCost: 0 };
				told.set(name, { ...plus(before, more), cost: before.cost + cost });
				if (outcome !== 'answered') outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
			}),
			() => gatewayLog.dispose(),
			() => this.gateway.dispose(),
			() => this.tokens.dispose(),
			() => election.dispose(),
			() => this.metrics.dispose(),
			() => this.pool.dispose(),
		);
	}

	/** Everybody's token, by client; the simulator's log is full from here on, and the store is open. */
	async begin(): Promise<ReadonlyMap<string, string>> {
		await this.store.transact(() => undefined);
		const headers = { 'x-goog-api-key': secretOf('small') };
		for (let n = 0; n < logged; n++) {
			const listed = await this.service.fetch('https://simulator.invalid/v1beta/models?pageSize=1', { headers });
			await listed.body?.cancel();
		}
		const tokens = new Map<string, string>();
		for (const [name, { rules = {} }] of Object.entries(clients)) {
			tokens.set(name, (await this.clock.until(this.tokens.issue({ name, rules: { parallel, ...rules } }))).token);
		}
		return tokens;
	}

	/** A request of a client, as the shell of the gateway hands it in. */
	ask(token: string, path: string, body: object | undefined, more: AskOptions = {}): Promise<Response> {
		const { signal = new AbortController().signal, headers = {} } = more;
		const isOpenAi = path.startsWith('/v1/');
		const request = {
			method: body === undefined ? 'GET' : 'POST',
			url: `http://127.0.0.1:8642${path}`,
			headers: new Headers({
				host: '127.0.0.1:8642',
				'content-type': 'application/json',
				...(isOpenAi ? { authorization: `Bearer ${token}` } : { 'x-goog-api-key': token }),
				...headers,
			}),
			body: body === undefined ? null : new Response(JSON.stringify(body)).body,
			signal,
		};
		return this.gateway.handle(request, { port: 8642 });
	}

	setRetired(is: boolean): void {
		this.service.setFaults(
			is ? [{ when: 'always', kind: 'error', body: '400_api_key_invalid' }] : [],
			secretOf('retired'),
		);
	}

	/** A person has replaced or mended it. */
	lift(key: string): Promise<void> {
		return this.clock.until(this.pool.execute({ type: 'liftQuarantine', key: key as KeyId }));
	}

	async end(): Promise<void> {
		await this.clock.until(this.gateway.drain());
		for (const off of this.owned) off();
		await this.clock.until(this.store.close());
		await this.clock.settle();
	}
}

export interface AskOptions {
	readonly signal?: AbortSignal;
	readonly headers?: Readonly<Record<string, string>>;
}

import type { Pool } from '../../../src/pool/pool';
import {
	Failure,
	PoolError,
	bucketId,
	type Bucket,
	type Chunk,
	type Dimension,
	type Key,
	type KeyId,
	type OpenStream,
	type StreamPart,
	type PoolParts,
	type Project,
	type ProjectId,
	type FailureAction,
} from '../../../src/pool/pool';
import { VirtualClock } from '../virtualClock';
import { chance } from './chance';
import { aRequest } from '../aRequest';
import type { Asking, Fate, Fault, Scenario } from './scenario';
import { InMemoryStore, type StoreData } from './inMemoryStore';

export interface Sent {
	readonly request: string;
	readonly key: string;
	/** Where the service counts it. */
	readonly bucket: string;
	/** Asked for by another name than the model's own. */
	readonly byAlias: boolean;
	/** The pool has been told what the other name stands for. */
	readonly aliasIsKnown: boolean;
	readonly monotonic: number;
	readonly wall: number;
	/** Input tokens. */
	readonly tokens: number;
	/** What the store held when it was sent. */
	readonly limits: Partial<Record<Dimension, number>>;
	readonly isTest: boolean;
	/** The one call that the service's hint is worth, before the quota is whole. */
	readonly isEarly: boolean;
	/** What had been made known at an earlier moment, and forbids it. */
	readonly cooldownUntil: Until | undefined;
	readonly isQuarantined: boolean;
	/** Whether the service counted it. */
	counts: boolean;
	/** Whether the pool was told that nothing of it left the machine. */
	unsent: boolean;
	/** Whether the pool was told that the service refused it: another one it counts as sent, even where it was cut. */
	isToldRefused: boolean;
}

interface Until {
	readonly since: number;
	readonly monotonic: number;
	readonly wall: number;
}

export interface Answered {
	readonly id: string;
	readonly asking: Asking;
	readonly parts: StreamPart<number>[];
	reason?: string;
	/** Something else than a `PoolError` was thrown. */
	strange?: unknown;
	attempts: readonly { readonly outcome: string; readonly unsent?: true }[];
	ended: boolean;
}

export type Build = (parts: PoolParts) => Pool;

/** Pieces of one whole answer. */
export const wholeAnswer = 4;
const model = 'm';
const alias = 'latest';
/** ms. The pool counts a send so much longer than a minute, at most: sends close together leave as one, and a little late. */
const countedLongerMs = 550;
const start = Date.UTC(2026, 10, 24, 20);

/**
 * A service with quotas that share no code with the engine, and the traffic of a scenario against it. Everything is logged
 * as an outsider sees it.
 */
export class World {
	readonly clock = new VirtualClock(start);
	readonly sends: Sent[] = [];
	readonly answered: Answered[] = [];
	/** Sends that the statistics of all pools of this world speak of. */
	counted = 0;
	/** Requests that had not ended when the world did. */
	hung: readonly string[] = [];
	private readonly projects: readonly Project[];
	private readonly keys: readonly Key[];
	private readonly coolingDown = new Map<string, Until>();
	/** Keys that the pool must know to be quarantined, and since when (steady). */
	private readonly quarantined = new Map<string, number>();
	private readonly pools: Pool[] = [];
	private readonly known = new Set<string>();
	/** When (steady) the pool was told what the alias stands for. */
	private aliasKnownAt = Infinity;
	private readonly random: () => number;
	store: InMemoryStore;
	pool: Pool;

	constructor(
		readonly scenario: Scenario,
		private readonly build: Build,
	) {
		this.random = chance(scenario.seed);
		this.projects = scenario.quotas.map((_, at) => ({
			id: `p${at}` as ProjectId,
			tier: scenario.keys.some(({ project, paid }) => project === at && paid) ? 'paid' : 'free',
			limits: { [model]: scenario.own[at] ?? {} },
		}));
		this.keys = scenario.keys.map(({ project }, at) => ({
			id: `k${at}` as KeyId,
			project: `p${project}` as ProjectId,
			label: `k${at}`,
			mask: `k${at}`,
			sortOrder: String(at),
			role: at % 2 === 0 ? 'primary' : 'backup',
			weight: (at % 3) + 1,
			enabled: true,
		}));
		this.store = new InMemoryStore(this.clock);
		this.pool = this.start(this.store);
	}

	/** The most sends of one round. */
	get most(): number {
		return Math.max(5, 3 * this.keys.length);
	}

	/** Plays the scenario to its end: every request has ended, or nothing is left that could end it. */
	async play(): Promise<this> {
		const { requests, moves } = this.scenario;
		for (const asking of requests) this.clock.after(asking.atMs, () => void this.ask(asking));
		for (const { atMs, jumpMs } of moves) {
			this.clock.after(atMs, () => {
				if (jumpMs === undefined) this.restart();
				else this.clock.jump(jumpMs);
			});
		}
		for (let turn = 0; turn < 2000 && !this.isOver; turn++) await this.clock.advance(5000);
		return this;
	}

	/** Counts what was left hanging, and what the pools say of their sends. */
	async end(): Promise<this> {
		this.hung = this.answered.filter(({ ended }) => !ended).map(({ id }) => id);
		this.pool.dispose();
		await this.clock.settle();
		for (const pool of this.pools) for (const { sends } of pool.usage().minutes()) this.counted += sends;
		return this;
	}

	start(store: InMemoryStore, random: () => number = this.random): Pool {
		const { clock } = this;
		const check = async (key: KeyId): Promise<void> => {
			await Promise.resolve();
			const fate = this.fateOf(key);
			if (fate === 'dead' || fate === 'refused') throw new Failure(deadKey, true, '');
			this.known.add(key);
			this.quarantined.delete(key);
		};
		const pool = this.build({ store, clock, random, check });
		this.pools.push(pool);
		pool.setKeys(this.keys, this.projects);
		pool.configure({ strategy: this.scenario.strategy, model });
		return pool;
	}

	open(request: string, pieces: readonly number[], on: { key: string; model: string }, signal: AbortSignal) {
		const project = this.keys.find(({ id }) => id === on.key)?.project ?? ('none' as ProjectId);
		const byAlias = on.model === alias;
		const bucket = bucketId(project, byAlias ? model : on.model);
		const aliasIsKnown = this.aliasKnownAt < this.clock.monotonic();
		const isKnown = !byAlias || aliasIsKnown;
		const stored = this.store.replica().bucket.get(isKnown ? bucket : bucketId(project, on.model));
		const own = on.model === model ? this.scenario.own[Number(project.slice(1))] : undefined;
		const cooldown = isKnown ? this.coolingDown.get(bucket) : undefined;
		const sent: Sent = {
			request,
			key: on.key,
			bucket,
			byAlias,
			aliasIsKnown,
			monotonic: this.clock.monotonic(),
			wall: this.clock.wall(),
			tokens: this.tokensOf(request),
			limits: {
				...Object.fromEntries(Object.entries(stored?.limits ?? {}).map(([dimension, { value }]) => [dimension, value])),
				...own,
			},
			isTest: stored?.leases.some((lease) => lease.holder === request && lease.tests !== undefined) ?? false,
			isEarly: stored !== undefined && isEarlyProbe(stored, request),
			cooldownUntil: cooldown && cooldown.since < this.clock.monotonic() ? cooldown : undefined,
			isQuarantined: (this.quarantined.get(on.key) ?? Infinity) < this.clock.monotonic(),
			counts: true,
			unsent: false,
			isToldRefused: false,
		};
		this.sends.push(sent);
		return this.serve(
			sent,
			pieces,
			this.scenario.faults[(this.sends.length - 1) % this.scenario.faults.length],
			signal,
		);
	}

	async ask(asking: Asking): Promise<Answered> {
		const id = `r${this.answered.length}`;
		const log: Answered = { id, asking, parts: [], attempts: [], ended: false };
		this.answered.push(log);
		const stop = new AbortController();
		if (asking.cancelAfterMs !== undefined) this.clock.after(asking.cancelAfterMs, () => stop.abort());
		const request = aRequest(id, {
			models: [asking.byAlias ? alias : model, ...(asking.fallback ? ['lite'] : [])],
			priority: asking.priority,
			size: { bytes: asking.bytes, tokens: asking.images },
			recovery: asking.recovery,
			maxWaitMs: asking.maxWaitMs,
		});
		const open: OpenStream<number> = (on, signal) => this.open(id, on.written, on, signal);
		const stream = this.pool.stream(request, open, stop.signal);
		try {
			for await (const part of stream) {
				log.parts.push(part);
				if (asking.lagMs > 0) await this.sleep(asking.lagMs);
			}
		} catch (error) {
			if (error instanceof PoolError) log.reason = error.reason;
			else log.strange = error;
		}
		log.attempts = stream.attempts;
		log.ended = true;
		return log;
	}

	private get isOver(): boolean {
		return this.answered.length === this.scenario.requests.length && this.answered.every(({ ended }) => ended);
	}

	private async *serve(
		sent: Sent,
		written: readonly number[],
		fault: Fault | undefined,
		signal: AbortSignal,
	): AsyncGenerator<Chunk<number>> {
		const refusal = this.refusal(sent);
		if (refusal || fault === 'unsent') sent.counts = false;
		await this.sleep(this.scenario.latencyMs, signal);
		if (refusal) {
			this.makeKnown(sent, refusal);
			throw new Failure(refusal, true, '');
		}
		if (fault === 'hangs') await this.sleep(3_600_000, signal);
		const breaks = fault === 'cut' || fault === 'breaks';
		if (isFailure(fault)) {
			sent.unsent = fault === 'unsent';
			throw new Failure(actions[fault], !sent.unsent, '');
		}
		const half = breaks ? Math.floor(wholeAnswer / 2) : wholeAnswer;
		for (let piece = written.length; piece < half; piece++) {
			yield { output: piece };
			await this.sleep(this.scenario.latencyMs, signal);
		}
		if (fault === 'cut') return;
		if (fault === 'breaks') throw new Failure(actions.network, true, '');
		const usage = { input: sent.tokens, cached: 0, output: 1, thoughts: 0 };
		if (sent.byAlias) this.tellAlias();
		yield { finishReason: 'STOP', usage, ...(sent.byAlias ? { servedModel: model } : {}) };
	}

	/** A quota names the model's own name, whatever it was called. */
	private refusal(sent: Sent): FailureAction | undefined {
		const action = this.actionOn(sent);
		return action?.type === 'coolDown' && sent.byAlias ? { ...action, model } : action;
	}

	private actionOn(sent: Sent): FailureAction | undefined {
		const fate = this.fateOf(sent.key);
		if (fate === 'dead' || (fate === 'late' && !this.known.has(sent.key))) return deadKey;
		if (fate === 'refused') return refusedKey;
		const quota = this.scenario.quotas[Number(sent.bucket.slice(1, sent.bucket.indexOf('/')))] ?? {};
		const before = this.sends.filter((one) => one !== sent && one.bucket === sent.bucket && one.counts);
		if (quota.rpd !== undefined && before.length >= quota.rpd)
			return { type: 'coolDown', reason: 'rpd', limit: quota.rpd };
		const minute = before.filter(({ monotonic }) => monotonic > sent.monotonic - 60_000);
		if (quota.rpm !== undefined && minute.length >= quota.rpm) {
			const delayMs = (minute[minute.length - quota.rpm]?.monotonic ?? sent.monotonic) + 60_000 - sent.monotonic;
			return { type: 'coolDown', reason: 'rpm', limit: quota.rpm, delayMs };
		}
		const tokens = minute.reduce((sum, one) => sum + one.tokens, sent.tokens);
		if (quota.tpm !== undefined && tokens > quota.tpm)
			return { type: 'coolDown', reason: 'tpm', limit: quota.tpm, delayMs: 60_000 };
		return undefined;
	}

	private tokensOf(request: string): number {
		const asking = this.answered.find(({ id }) => id === request)?.asking;
		return asking ? Math.ceil(asking.bytes / 4) + asking.images : 0;
	}

	private tellAlias(): void {
		this.aliasKnownAt = Math.min(this.aliasKnownAt, this.clock.monotonic());
	}

	/** From now on the pool knows. */
	private makeKnown(sent: Sent, action: FailureAction): void {
		sent.isToldRefused = true;
		if (action.type === 'quarantine') {
			if (this.fateOf(sent.key) !== 'late' || !this.known.has(sent.key))
				this.quarantined.set(sent.key, this.clock.monotonic());
		}
		if (action.type !== 'coolDown') return;
		if (sent.byAlias) this.tellAlias();
		// What is larger than a whole minute says nothing of this one; the pool has an estimate of that alone.
		if (action.reason === 'tpm' && sent.tokens * 1.1 > (action.limit ?? Infinity)) return;
		const now = { monotonic: this.clock.monotonic(), wall: this.clock.wall() };
		const stated = action.delayMs === undefined ? Date.UTC(2026, 10, 25, 8) - now.wall : Math.max(1000, action.delayMs);
		// A minute's quota is whole again when the oldest send that the pool counts is a minute old, if that is sooner.
		const own = this.sends.filter((one) => one !== sent && one.bucket === sent.bucket && !one.isToldRefused);
		const whole = own.map(({ monotonic, wall }) => Math.min(monotonic - now.monotonic, wall - now.wall) + 60_000);
		// A place that waits for a slow consumer counts before it is sent, which nobody sees from here.
		if (this.scenario.requests.some(({ lagMs }) => lagMs > 0)) whole.push(1);
		const sooner = action.reason === 'rpd' ? [] : whole.filter((ms) => ms > -countedLongerMs);
		const until = Math.min(stated, ...sooner.map((ms) => Math.max(1000, ms)));
		this.coolingDown.set(sent.bucket, {
			since: now.monotonic,
			monotonic: now.monotonic + until,
			wall: now.wall + until,
		});
	}

	private restart(): void {
		const data = JSON.parse(JSON.stringify(this.store.export())) as StoreData;
		this.pool.dispose();
		this.store = new InMemoryStore(this.clock, data);
		this.pool = this.start(this.store);
	}

	private fateOf(key: string): Fate {
		return this.scenario.keys[Number(key.slice(1))]?.fate ?? 'good';
	}

	private sleep(ms: number, signal?: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			const stop = (): void => {
				off();
				reject(new Error('aborted'));
			};
			const off = this.clock.after(ms, () => {
				signal?.removeEventListener('abort', stop);
				resolve();
			});
			signal?.addEventListener('abort', stop);
		});
	}
}

const deadKey: FailureAction = {
	type: 'quarantine',
	reason: 'badKey',
	scope: 'key',
	abuse: false,
	recheckMs: [600_000],
};
const refusedKey: FailureAction = { type: 'quarantine', reason: 'blocked', scope: 'key', abuse: false, recheckMs: [] };
const actions = {
	network: { type: 'retrySameKey', reason: 'network', scope: 'request', maxRetries: 4, afterRetries: 'fallbackModel' },
	unsent: { type: 'retrySameKey', reason: 'network', scope: 'request', maxRetries: 4, afterRetries: 'fallbackModel' },
	overloaded: {
		type: 'retrySameKey',
		reason: 'overloaded',
		scope: 'model',
		maxRetries: 4,
		afterRetries: 'fallbackModel',
	},
	internal: { type: 'retrySameKey', reason: 'internal', scope: 'request', maxRetries: 2, afterRetries: 'otherKey' },
} satisfies Record<string, FailureAction>;

function isFailure(fault: Fault | undefined): fault is keyof typeof actions {
	return fault !== undefined && fault in actions;
}

function isEarlyProbe({ status: state, leases }: Bucket, request: string): boolean {
	return (
		state.state === 'halfOpen' &&
		state.wholeAt !== undefined &&
		leases.some(({ id, holder }) => id === state.lease && holder === request)
	);
}

import {
	Failure,
	Pool,
	PoolError,
	type Chunk,
	type StateStore,
	type Pricing,
	type OpenStream,
	type Options,
	type StreamPart,
	type PoolRequest,
	type FailureAction,
	type PoolEvent,
} from '../../../src/pool/pool';
import { Maintenance } from '../../../src/pool/maintenance/maintenance';
import { VirtualClock } from '../virtualClock';
import { aRequest } from '../aRequest';
import { planned, type KeyPlan } from './keyPlan';
import { InMemoryStore, type StoreData } from './inMemoryStore';

export type { KeyPlan } from './keyPlan';

/** One send as the far side sees it. */
export interface Send {
	readonly key: string;
	readonly model: string;
	/** ms since the rig began. */
	readonly at: number;
	/** The n-th send of this key, from 1. */
	readonly nth: number;
	readonly written: readonly string[];
	readonly signal: AbortSignal;
}

/** What the far side does with a send: text in pieces, then an end. */
export type Script = (send: Send, clock: VirtualClock) => AsyncIterable<Chunk<string>>;

export interface RigOptions {
	readonly start?: number;
	readonly store?: StoreData;
	readonly random?: () => number;
	/** Another window on the same store. */
	readonly beside?: Rig;
	/** This window's name; absent where it is the only one. */
	readonly window?: string;
	/** What calls cost, or how that is loaded; absent: nothing is known of it. */
	readonly pricing?: Pricing | (() => Promise<Pricing>);
	/** Time that others share; absent: that of `beside`, or one of its own. */
	readonly clock?: VirtualClock;
	/** What the pool knows of the store. */
	readonly seenThrough?: (store: InMemoryStore) => StateStore;
}

/** A pool in virtual time over keys named a, b, c … whose far side is a script. */
export class Rig {
	readonly clock: VirtualClock;
	readonly store: InMemoryStore;
	readonly pool: Pool;
	readonly maintenance: Maintenance;
	readonly sends: Send[] = [];
	readonly checks: string[] = [];
	/** What `models.list` says; by default every key is known. */
	checking: (key: string, signal: AbortSignal) => Failure | undefined | Promise<Failure | undefined> = () => undefined;
	private readonly began: number;
	private requests = 0;
	private readonly name: string;

	constructor(
		keys: Readonly<Record<string, KeyPlan>>,
		private script: Script,
		options: Partial<Options> & RigOptions = {},
	) {
		const { start, store, random = () => 0, beside, window, clock, seenThrough, pricing, ...rest } = options;
		this.clock = clock ?? beside?.clock ?? new VirtualClock(start);
		this.began = this.clock.wall();
		this.name = window ?? 'r';
		this.store = beside?.store ?? new InMemoryStore(this.clock, store);
		this.pool = new Pool({
			store: seenThrough?.(this.store) ?? this.store,
			...(window === undefined ? {} : { window }),
			clock: this.clock,
			random,
			...(pricing && { pricing: typeof pricing === 'function' ? pricing : () => Promise.resolve(pricing) }),
			check: async (key, signal) => {
				this.checks.push(key);
				await Promise.resolve();
				const failure = await this.checking(key, signal);
				if (failure) throw failure;
			},
		});
		this.maintenance = new Maintenance(this.store, this.pool);
		this.setKeys(keys);
		this.pool.configure({ strategy: 'roundRobin', model: 'm', ...rest });
	}

	setKeys(plans: Readonly<Record<string, KeyPlan>>): void {
		this.pool.setKeys(...planned(plans));
	}

	setScript(script: Script): void {
		this.script = script;
	}

	/** ms since the rig began. */
	get elapsed(): number {
		return this.clock.wall() - this.began;
	}

	get order(): string {
		return this.sends.map(({ key }) => key).join(' ');
	}

	request(more: Partial<PoolRequest> = {}): PoolRequest {
		return aRequest(`${this.name}${++this.requests}`, more);
	}

	open = (on: Parameters<OpenStream<string>>[0], signal: AbortSignal): AsyncIterable<Chunk<string>> => {
		const send: Send = {
			key: on.key,
			model: on.model,
			at: this.elapsed,
			nth: this.sends.filter(({ key }) => key === on.key).length + 1,
			written: [...on.written],
			signal,
		};
		this.sends.push(send);
		return this.script(send, this.clock);
	};

	/** Starts a request and reads it to its end. */
	ask(more: Partial<PoolRequest> = {}, signal?: AbortSignal): Asked {
		return new Asked(this.pool.stream(this.request(more), this.open, signal));
	}

	/** A request that is refused before anything is sent. */
	async refused(reason: PoolError['reason']): Promise<void> {
		const precheck = (): Promise<PoolError> => Promise.resolve(new PoolError(reason, []));
		await this.clock.until(new Asked(this.pool.stream(this.request(), this.open, undefined, { precheck })).ended);
	}

	/** Asks and lets time pass until it has ended. */
	async answer(more: Partial<PoolRequest> = {}): Promise<Asked> {
		const asked = this.ask(more);
		await this.clock.until(asked.ended);
		return asked;
	}
}

/** A request under way: its parts so far, what stands on the screen, and how it ended. */
export class Asked {
	readonly parts: StreamPart<string>[] = [];
	error: PoolError | undefined;
	readonly ended: Promise<void>;

	constructor(readonly stream: AsyncIterable<StreamPart<string>> & { useModel(model: string): void }) {
		this.ended = this.read();
	}

	/** The text that stands after retractions. */
	get text(): string {
		let text = '';
		for (const part of this.parts) {
			if (part.type === 'retract') text = '';
			if (part.type === 'output') text += part.value;
		}
		return text;
	}

	get types(): string {
		return this.parts.map(({ type }) => type).join(' ');
	}

	get done(): Extract<StreamPart<string>, { type: 'done' }> | undefined {
		const last = this.parts.at(-1);
		return last?.type === 'done' ? last : undefined;
	}

	private async read(): Promise<void> {
		try {
			for await (const part of this.stream) this.parts.push(part);
		} catch (error) {
			if (!(error instanceof PoolError)) throw error;
			this.error = error;
		}
	}
}

/** A whole answer that names its key. */
export async function* answers(send: Send): AsyncGenerator<Chunk<string>> {
	await Promise.resolve();
	yield { output: `from ${send.key}` };
	yield { finishReason: 'STOP', usage: { input: 100, cached: 0, output: 10, thoughts: 0 } };
}

/** Fails before any output. */
export function fails(action: FailureAction, serviceMessage = '', sent = true): AsyncIterable<Chunk<string>> {
	return {
		[Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Failure(action, sent, serviceMessage)) }),
	};
}

/** Text, then a failure. */
export async function* breaks(text: string, action?: FailureAction): AsyncGenerator<Chunk<string>> {
	await Promise.resolve();
	yield { output: text };
	if (action) throw new Failure(action, true, '');
}

/** Says nothing until it is aborted. */
export function hangs(send: Send): AsyncIterable<Chunk<string>> {
	return {
		[Symbol.asyncIterator]: () => ({
			next: () =>
				new Promise((_, reject) => {
					send.signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
				}),
		}),
	};
}

export const rpm = (delayMs = 38_000, limit?: number): FailureAction => ({
	type: 'coolDown',
	reason: 'rpm',
	delayMs,
	...(limit === undefined ? {} : { limit }),
});
export const rpd: FailureAction = { type: 'coolDown', reason: 'rpd', limit: 20 };
export const badKey: FailureAction = {
	type: 'quarantine',
	reason: 'badKey',
	scope: 'key',
	abuse: false,
	recheckMs: [600_000],
};
export const leaked: FailureAction = { type: 'quarantine', reason: 'leaked', scope: 'key', abuse: true, recheckMs: [] };
export const overloaded: FailureAction = {
	type: 'retrySameKey',
	reason: 'overloaded',
	scope: 'model',
	maxRetries: 4,
	afterRetries: 'fallbackModel',
};
export const network: FailureAction = {
	type: 'retrySameKey',
	reason: 'network',
	scope: 'request',
	maxRetries: 4,
	afterRetries: 'fallbackModel',
};
export const internal: FailureAction = {
	type: 'retrySameKey',
	reason: 'internal',
	scope: 'request',
	maxRetries: 2,
	afterRetries: 'otherKey',
};
export const deadline: FailureAction = {
	type: 'retrySameKey',
	reason: 'deadline',
	scope: 'request',
	maxRetries: 1,
	afterRetries: 'fail',
};
export const silent: FailureAction = {
	type: 'retrySameKey',
	reason: 'idle',
	scope: 'request',
	maxRetries: 2,
	afterRetries: 'otherKeyThenModel',
};

/** What the pool tells from now on of requests that fail and end. */
export function eventsOf(rig: Rig): string[] {
	const told: string[] = [];
	rig.pool.onEvent((event: PoolEvent) => {
		if (event.type === 'failed') told.push(`failed ${event.reason}`);
		if (event.type === 'ended') told.push(`ended ${event.record.outcome}`);
	});
	return told;
}

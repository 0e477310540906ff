import { aKey } from '../aKey';
import type { Piece } from '../../../src/gemini/gemini';
import { createGemini } from '../../../src/gemini/service';
import {
	Pool,
	PoolError,
	type OpenStream,
	type PoolEvent,
	type Project,
	type ProjectId,
	type PoolRequest,
} from '../../../src/pool/pool';
import { createService, type Failing, type Fault } from '../../../src/simulator/service';
import { aRequest } from '../aRequest';
import { flash, seeded } from '../simulator/stand';
import { VirtualClock } from '../virtualClock';
import { question } from './room';
import { InMemoryStore } from '../pool/inMemoryStore';

/** 10:00 in Los Angeles: the day there ends in 14 h. */
export const morning = Date.UTC(2026, 10, 24, 18);

export interface Asked {
	/** `answered`, or the reason. */
	readonly end: string;
	readonly text: string;
	readonly finished: string | undefined;
	readonly error: PoolError | undefined;
}

export interface Meets {
	readonly project?: string;
	readonly faults?: readonly Fault[];
}

/** What a key meets at every call. */
export function always(failing: Failing & Pick<Fault, 'on'>): Meets {
	return { faults: [{ when: 'always', ...failing }] };
}

/** What a key meets at its first calls. */
export function first(calls: number, failing: Failing): Meets {
	return { faults: [{ when: { first: calls }, ...failing }] };
}

/** Pool, gemini room, real SDK and simulator in virtual time; round robin, and chance is always 0. */
export class ThroughPool {
	readonly clock = new VirtualClock(morning);
	readonly pool: Pool;
	/** `a gemini-3.8-flash @10`: key, model, s since the beginning. */
	readonly calls: string[] = [];
	/** s since the beginning of each list of models. */
	readonly lists: number[] = [];
	readonly events: PoolEvent[] = [];
	/** With this code every call fails on its way, until it is undefined again. */
	lost: string | undefined;
	/** The words that come with it. */
	lostBecause: string | undefined;
	/** Limits that the person has set, in every project. */
	readonly setLimits: (limits: NonNullable<Project['limits']>) => void;
	private readonly open: OpenStream<Piece>;
	private requests = 0;

	constructor(keys: Readonly<Record<string, Meets>>, baseUrl = 'https://simulator.invalid') {
		const names = Object.keys(keys);
		const projectOf = (name: string): string => keys[name]?.project ?? `project of ${name}`;
		const projects = [...new Set(names.map(projectOf))];
		const service = createService({
			clock: this.clock,
			chance: seeded(1),
			projects: projects.map((id) => ({ id, tier: 'free' })),
			keys: names.map((name) => ({
				secret: secretOf(name),
				project: projectOf(name),
				faults: keys[name]?.faults ?? [],
			})),
		});
		const gemini = createGemini({
			secretOf: (key) => Promise.resolve(secretOf(key)),
			baseUrl: () => baseUrl,
			mask: (text) => text,
			fetch: (input, init) => {
				const url = input instanceof globalThis.Request ? input.url : String(input);
				const model = /models\/([\w.-]+):streamGenerateContent/.exec(url)?.[1];
				const key = new Headers(init?.headers).get('x-goog-api-key')?.replace('sim-key-', '') ?? '';
				if (/\/models(?:\?|$)/.test(url)) this.lists.push(Math.round(this.clock.monotonic() / 1000));
				if (model !== undefined) this.calls.push(`${key} ${model} @${Math.round(this.clock.monotonic() / 100) / 10}`);
				if (this.lost !== undefined) {
					const { lost } = this;
					const cause = Object.assign(new Error(this.lostBecause ?? `other side: ${lost}`), { code: lost });
					return Promise.reject(new TypeError('fetch failed', { cause }));
				}
				return service.fetch(url.replace(baseUrl, 'https://simulator.invalid'), init);
			},
			now: () => this.clock.wall(),
		});
		this.pool = new Pool({
			store: new InMemoryStore(this.clock),
			clock: this.clock,
			random: () => 0,
			check: (key, signal) => gemini.check(secretOf(key), signal),
		});
		this.pool.onEvent((event) => this.events.push(event));
		this.setLimits = (limits) =>
			this.pool.setKeys(
				names.map((id, index) => aKey(id, projectOf(id), index)),
				projects.map((id) => ({ id: id as ProjectId, tier: 'free', limits })),
			);
		this.setLimits({});
		this.pool.configure({ strategy: 'roundRobin', baseDelayMs: 1000, model: flash });
		this.open = gemini.open(question());
	}

	ask(...models: readonly [string, ...string[]]): Promise<Asked> {
		return this.clock.until(this.asking(models));
	}

	/** Asks, and lets no time pass. */
	begin(more: Partial<PoolRequest>): Promise<Asked> {
		return this.asking(more.models ?? [flash], more);
	}

	/** The availability of the keys for the wanted model, in their order. */
	standings(): readonly string[] {
		return this.pool
			.snapshot()
			.keys.map(({ availability }) =>
				'reason' in availability ? `${availability.state} ${availability.reason}` : availability.state,
			);
	}

	/** s from now until a key's availability changes by itself. */
	endsIn(key: string): number | undefined {
		const availability = this.pool.snapshot().keys.find((view) => view.key.id === key)?.availability;
		return availability && 'until' in availability
			? Math.round((availability.until - this.clock.wall()) / 1000)
			: undefined;
	}

	private async asking(models: readonly [string, ...string[]], more: Partial<PoolRequest> = {}): Promise<Asked> {
		let text = '';
		let finished: string | undefined;
		try {
			const request = aRequest(`r${++this.requests}`, { ...more, models });
			for await (const part of this.pool.stream<Piece>(request, this.open)) {
				if (part.type === 'retract') text = '';
				if (part.type === 'output' && part.value.type === 'text') text += part.value.text;
				if (part.type === 'done') finished = part.finishReason;
			}
			return { end: 'answered', text, finished, error: undefined };
		} catch (error) {
			if (!(error instanceof PoolError)) throw error;
			return { end: error.reason, text, finished, error };
		}
	}
}

function secretOf(key: string): string {
	return `sim-key-${key}`;
}

import { setMaxListeners } from 'node:events';
import type { Prompt } from '../../../../src/gemini/gemini';
import { createGemini } from '../../../../src/gemini/service';
import { Pool, PoolError, type Key, type KeyId, type Project, type ProjectId } from '../../../../src/pool/pool';
import { createService, type Service, type WindowKind } from '../../../../src/simulator/service';
import { seeded } from '../../simulator/stand';
import { VirtualClock } from '../../virtualClock';
import { mostRequests } from './clairvoyant';
import { models, type DayPlan, type ProjectPlan } from './plan';
import { InMemoryStore, type StoreData } from '../../pool/inMemoryStore';

/** What came of one bucket. */
export interface BucketTally {
	readonly project: string;
	readonly model: string;
	answered: number;
	/** Input tokens of what was answered. */
	tokens: number;
	/** 429s by the limit that was exhausted. */
	readonly refused: Map<string, number>;
	/** What somebody else got. */
	foreign: number;
	/** Requests that the service counted since midnight, whoever made them. */
	today: number;
}

export interface DayResult {
	readonly buckets: readonly (BucketTally & { readonly most: number })[];
	readonly answered: number;
	readonly refused: number;
	/** What a client gets that knows everything beforehand. */
	readonly most: number;
	/** Requests that ended otherwise than by an answer or by having no key, by reason. */
	readonly strange: ReadonlyMap<string, number>;
	/** What is known at the end, for the next day. */
	readonly store: StoreData;
}

const address = 'https://simulator.invalid';
/** ms that a request is on its way to the service. */
const transport = { least: 10, most: 110 };
const latency = { least: 200, most: 4_000 };

/** One day of saturated traffic: the real pool, the real SDK and the simulator's core in one virtual time. */
export class Day {
	private readonly clock: VirtualClock;
	private readonly service: Service;
	private readonly pool: Pool;
	private readonly store: InMemoryStore;
	private readonly random: () => number;
	private readonly gemini: ReturnType<typeof createGemini>;
	private readonly buckets = new Map<string, BucketTally>();
	private readonly strange = new Map<string, number>();
	private requests = 0;

	constructor(
		private readonly plan: DayPlan,
		private readonly kind: WindowKind,
		seed: number,
		private readonly before?: DayResult,
	) {
		this.random = seeded(seed);
		const { random } = this;
		this.clock = new VirtualClock(plan.begins);
		this.service = createService({
			clock: this.clock,
			chance: seeded(seed + 1),
			window: kind,
			latency: () => latency.least + random() * (latency.most - latency.least),
			projects: plan.projects.map((project) => ({
				...project,
				spentToday: Object.fromEntries(models.map((model) => [model, this.spentBefore(project.id, model)])),
			})),
			keys: plan.projects.flatMap((project) => [
				...secretsOf(project).map((secret) => ({ secret, project: project.id })),
				{ secret: foreignSecret(project.id), project: project.id },
			]),
		});
		this.gemini = createGemini({
			secretOf: (key) => Promise.resolve(`sim-${key}`),
			baseUrl: () => address,
			mask: (text) => text,
			fetch: this.fetch,
		});
		this.store = new InMemoryStore(this.clock, before && (JSON.parse(JSON.stringify(before.store)) as StoreData));
		this.pool = new Pool({
			store: this.store,
			clock: this.clock,
			random: seeded(seed + 2),
			check: () => Promise.resolve(),
		});
		this.pool.setKeys(...rosterOf(plan));
		for (const { id } of plan.projects) {
			for (const model of models) {
				this.buckets.set(`${id} ${model}`, {
					project: id,
					model,
					answered: 0,
					tokens: 0,
					refused: new Map(),
					foreign: 0,
					today: 0,
				});
			}
		}
	}

	async run(): Promise<DayResult> {
		const { clock, plan } = this;
		const ended = new AbortController();
		// Everybody listens to the same end.
		setMaxListeners(0, ended.signal);
		clock.after(plan.noon - plan.begins, () => this.changeLimits());
		clock.after(plan.ends - plan.begins, () => ended.abort());
		const workers = Array.from({ length: plan.width }, (_, n) => this.worker(n, ended.signal));
		const all = Promise.all([...workers, this.stranger(ended.signal)]);
		await clock.advance(plan.ends - plan.begins);
		await clock.until(all);
		this.pool.dispose();
		return this.result();
	}

	private result(): DayResult {
		const buckets = [...this.buckets.values()].map((bucket) => ({ ...bucket, most: this.mostOf(bucket) }));
		const sum = (of: (bucket: BucketTally & { most: number }) => number): number =>
			buckets.reduce((total, bucket) => total + of(bucket), 0);
		return {
			buckets,
			answered: sum(({ answered }) => answered),
			refused: sum(({ refused }) => [...refused.values()].reduce((a, b) => a + b, 0)),
			most: sum(({ most }) => most),
			strange: this.strange,
			store: this.store.export(),
		};
	}

	private mostOf({ project: id, model, answered, tokens, foreign }: BucketTally): number {
		const { begins, ends, noon, projects } = this.plan;
		const { quotas, afterNoon } = projects.find((one) => one.id === id) ?? {};
		const before = quotas?.[model] ?? {};
		const stretches = [
			{ from: begins, to: Math.min(noon, ends), quota: before },
			{ from: noon, to: ends, quota: afterNoon?.[model] ?? before },
		];
		const each = answered > 0 ? tokens / answered : 1;
		return mostRequests(this.kind, stretches, this.plan.midnight, each, this.spentBefore(id, model)) - foreign;
	}

	/** Asks again and again; where the pool says when a key is back, not before. */
	private async worker(n: number, ended: AbortSignal): Promise<void> {
		const isChat = n % 4 === 0;
		const isOver = (): boolean => ended.aborted;
		while (!isOver()) {
			const prompt = this.prompt();
			const wanted = this.random() < 0.5 ? models : ([models[1], models[0]] as const);
			const stream = this.pool.stream(
				{
					id: `r${++this.requests}`,
					origin: isChat ? 'chat' : 'batch',
					models: wanted,
					priority: isChat ? 'chat' : 'batch',
					size: this.gemini.cost(prompt),
					needs: {},
					recovery: 'retract',
					maxWaitMs: isChat ? 120_000 : 15 * 60_000,
					idle: { firstMs: 60_000, betweenMs: 30_000 },
				},
				this.gemini.open(prompt),
				ended,
			);
			try {
				for await (const part of stream) {
					if (part.type !== 'done') continue;
					const project = projectOf(part.on.key);
					const bucket = this.buckets.get(`${project} ${part.on.model}`);
					if (!bucket) continue;
					bucket.answered++;
					bucket.tokens += part.usage?.input ?? 0;
				}
			} catch (error) {
				if (isOver()) return;
				const { reason, facts } = error instanceof PoolError ? error : { reason: String(error), facts: {} };
				if (facts.retryAt === undefined) this.strange.set(reason, (this.strange.get(reason) ?? 0) + 1);
				await this.sleep(Math.max(1_000, (facts.retryAt ?? 0) - this.clock.wall()), ended);
			}
		}
	}

	/** Somebody else with a key of one of the projects, who knows nothing of us. */
	private async stranger(ended: AbortSignal): Promise<void> {
		const { project, callsAMinute } = this.plan.foreign;
		while (!ended.aborted) {
			await this.sleep((this.random() * 2 * 60_000) / callsAMinute / models.length, ended);
			const model = models[this.random() < 0.5 ? 0 : 1];
			const answer = await this.service.fetch(`${address}/v1beta/models/${model}:generateContent`, {
				method: 'POST',
				headers: { 'x-goog-api-key': foreignSecret(project), 'content-type': 'application/json' },
				body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: '[short] a stranger' }] }] }),
			});
			await answer.text();
			const bucket = this.buckets.get(`${project} ${model}`);
			if (bucket && answer.ok) {
				bucket.foreign++;
				if (this.clock.wall() >= this.plan.midnight) bucket.today++;
			}
		}
	}

	private changeLimits(): void {
		for (const { id, afterNoon } of this.plan.projects) {
			for (const [model, quota] of Object.entries(afterNoon ?? {})) this.service.setQuota(id, model, quota);
		}
	}

	private prompt(): Prompt {
		const words = Math.floor(5 + this.random() ** 3 * 300);
		return {
			turns: [{ role: 'user', content: [{ type: 'text', text: `[short] ${'question '.repeat(words)}` }] }],
		};
	}

	/** Takes its time to the service and counts refusals. */
	private readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
		await this.sleep(transport.least + this.random() * (transport.most - transport.least), init?.signal ?? undefined);
		const arrived = this.clock.wall();
		const answer = await this.service.fetch(input, init);
		const bucket = this.bucketOf(input, init);
		if (bucket && answer.ok && arrived >= this.plan.midnight) bucket.today++;
		if (answer.status === 429) {
			const { outcome = '' } = this.service.log.findLast(({ status }) => status === 429) ?? {};
			const reason = outcome.replace('rejected:', '');
			bucket?.refused.set(reason, (bucket.refused.get(reason) ?? 0) + 1);
		}
		return answer;
	};

	private bucketOf(input: string | URL | Request, init?: RequestInit): BucketTally | undefined {
		const url = input instanceof Request ? input.url : String(input);
		const model = /models\/([^:]+):/.exec(url)?.[1] ?? '';
		const secret = new Headers(init?.headers).get('x-goog-api-key') ?? '';
		return this.buckets.get(`${projectOf(secret.replace(/^sim-/, ''))} ${model}`);
	}

	/** What the day before left of its last Pacific day, which is this one's first. */
	private spentBefore(project: string, model: string): number {
		return this.before?.buckets.find((one) => one.project === project && one.model === model)?.today ?? 0;
	}

	private sleep(ms: number, signal?: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			const off = this.clock.after(ms, () => {
				signal?.removeEventListener('abort', stop);
				resolve();
			});
			const stop = (): void => {
				off();
				resolve();
			};
			if (signal?.aborted) stop();
			else signal?.addEventListener('abort', stop, { once: true });
		});
	}
}

function secretsOf({ id, keys }: ProjectPlan): readonly string[] {
	return Array.from({ length: keys }, (_, n) => `sim-${id}-${n}`);
}

function foreignSecret(project: string): string {
	return `sim-${project}-stranger`;
}

function projectOf(key: string): string {
	return key.slice(0, key.lastIndexOf('-'));
}

function rosterOf({ projects }: DayPlan): [Key[], Project[]] {
	const keys = projects.flatMap((project, place) =>
		secretsOf(project).map((secret, n): Key => {
			const id = secret.slice('sim-'.length) as KeyId;
			return {
				id,
				project: project.id as ProjectId,
				label: id,
				mask: id,
				sortOrder: `${place}${n}`,
				role: 'primary',
				weight: 1,
				enabled: true,
			};
		}),
	);
	// Keys that the service does not know stand among them.
	const dead = ['dead-0', 'dead-1'].map((id, n): Key => {
		return {
			id: id as KeyId,
			project: `dead-${n}` as ProjectId,
			label: id,
			mask: id,
			sortOrder: `4${n}`,
			role: 'primary',
			weight: 1,
			enabled: true,
		};
	});
	return [[...keys, ...dead], projects.map(({ id, tier }) => ({ id: id as ProjectId, tier }))];
}

/** 429s beyond the first of each kind of limit in each bucket. */
export function beyondFirst({ buckets }: DayResult): number {
	return buckets
		.flatMap(({ refused }) => [...refused.values()])
		.reduce((sum, count) => sum + Math.max(0, count - 1), 0);
}

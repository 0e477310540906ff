import type { Piece } from '../../../src/gemini/gemini';
import { createGemini } from '../../../src/gemini/service';
import { createMasker } from '../../../src/masking/masking';
import { createLog, type Log } from '../../../src/monitoring/log/log';
import { Metrics } from '../../../src/monitoring/metrics/metrics';
import { logPool } from '../../../src/monitoring/log/poolLog';
import {
	Failure,
	Pool,
	PoolError,
	type Attempt,
	type KeyId,
	type Pricing,
	type StateStore,
	type StreamPart,
	type ProjectId,
	type Tier,
} from '../../../src/pool/pool';
import { createService, type Fault, type Service } from '../../../src/simulator/service';
import { seeded } from '../simulator/stand';
import { samplesIn, type Sample } from '../monitoring/exposition';
import { VirtualClock } from '../virtualClock';
import { aKey } from '../aKey';
import { aRequest } from '../aRequest';

const flash = 'gemini-3.8-flash';
const lite = 'gemini-3.5-flash-lite';

/** A request under way, and how it ended. */
export interface Asked {
	readonly question: string;
	readonly ended: Promise<void>;
	/** What stands on the screen. */
	text: string;
	finished: string | undefined;
	error: PoolError | undefined;
	/** Times that the end was told. */
	ends: number;
	/** Times that a key was set aside for it. */
	fallbacks: number;
	attempts: readonly Attempt[];
}

export interface WorldOptions {
	readonly seed: number;
	readonly keys: number;
	/** What every call meets, beside what its key meets. */
	readonly faults?: readonly Fault[];
	readonly store: (clock: VirtualClock) => StateStore;
	/** Absent: one that does not wait for what is outside of this process's memory. */
	readonly clock?: VirtualClock;
	/** Absent: nothing has a price. */
	readonly pricing?: Pricing;
	/** Requests a minute of each project. */
	readonly rpm?: number;
	/** A key made of its name; absent: one that looks like Google's. */
	readonly shape?: (name: string) => string;
	/** Where the pool reads the secret of a key; absent: it is always there. */
	readonly read?: (key: KeyId) => Promise<string | undefined>;
	/** What answers in place of the simulator, given the key that was sent; what is thrown is thrown. */
	readonly answer?: (secret: string) => Response | Error;
}

/** The whole engine in virtual time: simulator, real SDK, pool, store, log and metrics, with what each of them counts. */
export class World {
	/** The wanted model. */
	readonly model = flash;
	readonly projects: readonly { readonly id: string }[];
	readonly clock: VirtualClock;
	readonly random: () => number;
	readonly service: Service;
	readonly store: StateStore;
	readonly pool: Pool;
	readonly metrics: Metrics;
	/** Lines of the log by what they tell. */
	readonly logged = {
		attempts: 0,
		fallbacks: 0,
		failed: 0,
		answered: 0,
		paused: 0,
		/** How each prompt and each send ended, in the words of the lines. */
		prompts: new Array<string>(),
		sends: new Array<string>(),
	};
	readonly listenerErrors: unknown[] = [];
	readonly masker = createMasker();
	/** What each generating call asked, in the order in which they left for the service. */
	readonly calls: string[] = [];
	private readonly gemini;
	private readonly secrets = new Map<KeyId, string>();
	/** By their questions, which are the ids of the requests. */
	private readonly asked = new Map<string, Asked>();

	constructor({
		seed,
		keys,
		faults = [],
		store,
		rpm = 60,
		shape,
		read,
		answer,
		clock = new VirtualClock(),
		pricing,
	}: WorldOptions) {
		if (shape) this.secretOf = shape;
		this.clock = clock;
		this.random = seeded(seed);
		const names = Array.from({ length: keys }, (_, n) => `k${n}`);
		const quotas = { [flash]: { rpm, tpm: 4_000_000, rpd: 9_000 }, [lite]: { rpm, tpm: 4_000_000, rpd: 9_000 } };
		const projects = names.map((id) => ({ id, tier: 'free', quotas }) as const);
		this.projects = projects;
		this.service = createService({
			clock,
			chance: seeded(seed + 1),
			projects,
			keys: names.map((id) => ({ secret: this.secretOf(id), project: id })),
			faults,
			latency: () => 50 + this.random() * 400,
		});
		this.store = store(clock);
		for (const name of names) {
			this.secrets.set(name as KeyId, this.secretOf(name));
			this.masker.learnKey(this.secretOf(name));
		}
		this.gemini = createGemini({
			secretOf: read ?? ((key) => Promise.resolve(this.secrets.get(key))),
			baseUrl: () => 'https://simulator.invalid',
			mask: this.masker.mask,
			keyStream: this.masker.keyStream,
			fetch: (input, init) => {
				if (/enerateContent/.test(input instanceof Request ? input.url : String(input))) this.calls.push(asks(init));
				if (!answer) return this.service.fetch(input, init);
				const answered = answer(new Headers(init?.headers).get('x-goog-api-key') ?? '');
				return answered instanceof Error ? Promise.reject(answered) : Promise.resolve(answered);
			},
		});
		this.pool = new Pool({
			store: this.store,
			clock,
			random: this.random,
			check: async (key, signal) => {
				const secret = this.secrets.get(key);
				if (secret === undefined) throw new Failure({ type: 'fail', reason: 'unexpected' }, false, 'gone');
				await this.gemini.check(secret, signal);
			},
			onListenerError: (error) => this.listenerErrors.push(error),
			...(pricing && { pricing: () => Promise.resolve(pricing) }),
		});
		this.setTier('free');
		this.pool.configure({ strategy: 'headroom', model: flash });
		this.pool.onEvent((event) => {
			const asked = event.type === 'keySetAside' ? this.asked.get(event.request) : undefined;
			if (asked) asked.fallbacks++;
		});
		this.metrics = new Metrics(this.pool, clock, this.masker.mask);
		logPool(this.pool, clock, createLog(this.counter(), this.masker.mask));
	}

	/** What a person says of all projects. */
	setTier(tier: Tier): void {
		this.pool.setKeys(
			this.projects.map(({ id }, index) => aKey(id, id, index)),
			this.projects.map(({ id }) => ({ id: id as ProjectId, tier })),
		);
	}

	/** Looks like a key of Google's, and is made at run time. */
	readonly secretOf: (name: string) => string = (name) => `AQ.${name}${'Zx9-'.repeat(13)}${name}`;

	ask(question: string, signal?: AbortSignal): Asked {
		const prompt = { turns: [{ role: 'user', content: [{ type: 'text', text: question }] }] } as const;
		const stream = this.pool.stream<Piece>(
			aRequest(question, { models: [flash, lite], size: this.gemini.cost(prompt) }),
			this.gemini.open(prompt),
			signal,
		);
		const asked: Asked = {
			question,
			ended: Promise.resolve().then(() => read(stream, asked)),
			text: '',
			finished: undefined,
			error: undefined,
			ends: 0,
			fallbacks: 0,
			attempts: [],
		};
		this.asked.set(question, asked);
		return asked;
	}

	/** Sends that the simulator took, by its own count. */
	get taken(): number {
		return [...this.service.counts.generation.values()].reduce((total, count) => total + count, 0);
	}

	async samples(): Promise<readonly Sample[]> {
		return samplesIn(await this.metrics.text());
	}

	/** What the store counted, over all minutes. */
	get counted(): { readonly sends: number; readonly input: number } {
		const minutes = this.pool.usage().minutes();
		return {
			sends: minutes.reduce((total, { sends }) => total + sends, 0),
			input: minutes.reduce((total, { input }) => total + input, 0),
		};
	}

	async end(): Promise<void> {
		this.metrics.dispose();
		this.pool.dispose();
		await this.store.close();
		await this.clock.settle();
	}

	private counter(): Log {
		const { logged } = this;
		const count = (line: string): void => {
			const [, attempt] = /\] attempt: .* on \S+: (\w+) after /.exec(line) ?? [];
			const [, failed] = /\] (?:failed: )?(\w+)$/.exec(line) ?? [];
			if (attempt !== undefined) logged.sends.push(attempt);
			if (failed !== undefined || line.includes('] answered: ')) logged.prompts.push(failed ?? 'answered');
			if (attempt !== undefined) logged.attempts++;
			else if (line.includes('] fallback: ')) logged.fallbacks++;
			else if (failed !== undefined) logged.failed++;
			else if (line.includes('] answered: ')) logged.answered++;
			else if (line.startsWith('paused: ')) logged.paused++;
		};
		return { trace: () => undefined, debug: count, info: count, warn: count, error: count };
	}
}

async function read(stream: AsyncIterable<StreamPart<Piece>>, asked: Asked): Promise<void> {
	try {
		for await (const part of stream) {
			if (part.type === 'retract') asked.text = '';
			if (part.type === 'output' && part.value.type === 'text') asked.text += part.value.text;
			if (part.type === 'done') {
				asked.finished = part.finishReason;
				asked.attempts = part.attempts;
				asked.ends++;
			}
		}
	} catch (error) {
		if (!(error instanceof PoolError)) throw error;
		asked.error = error;
		asked.attempts = error.attempts;
		asked.ends++;
	}
}

/** The question in the body of a call. */
function asks(init: RequestInit | undefined): string {
	const [, question = ''] = /"text":"((?:[^"\\]|\\.)*)"/.exec(typeof init?.body === 'string' ? init.body : '') ?? [];
	return question;
}

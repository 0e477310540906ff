import {
	Failure,
	Pool,
	type Chunk,
	type Clock,
	type Key,
	type KeyId,
	type OpenStream,
	type PoolStream,
	type Project,
	type ProjectId,
	type PoolRequest,
} from '../../src/pool/pool';
import { chance } from '../support/pool/chance';
import type { VirtualClock } from '../support/virtualClock';
import { InMemoryStore } from '../support/pool/inMemoryStore';

/** One in so many is refused, so that rests, requestRecords and second attempts are part of it. */
const refusedEvery = 100;
/** ms between two requests: what is kept for 24 hours is complete after the first tenth of a million. */
const stepMs = 864;

/** A pool in memory over these keys. */
export function poolOn(
	clock: Clock,
	keys: readonly Key[],
	projects: readonly Project[],
	store = new InMemoryStore(clock),
): Pool {
	const pool = new Pool({
		store,
		clock,
		random: chance(1),
		check: () => Promise.resolve(),
	});
	pool.setKeys(keys, projects);
	return pool;
}

/** A key named `k0`, `k1`, … in a project of its own; the first one comes first. */
export function keyOf(n: number): Key {
	return {
		id: `k${n}` as KeyId,
		project: `p${n}` as ProjectId,
		label: `Key ${n}`,
		mask: '…',
		sortOrder: String(n).padStart(3, '0'),
		role: 'primary',
		weight: 1,
		enabled: true,
	};
}

export function requestOf(changes: Partial<PoolRequest> = {}): PoolRequest {
	return {
		id: crypto.randomUUID(),
		origin: 'bench',
		models: ['gemini-3.8-flash'],
		priority: 'chat',
		size: { bytes: 40, tokens: 0 },
		needs: {},
		recovery: 'retract',
		maxWaitMs: 30_000,
		idle: { firstMs: 60_000, betweenMs: 30_000 },
		...changes,
	};
}

/** The n-th request, which is answered at once where a key is usable. */
export function ask(pool: Pool, n: number, maxWaitMs = 120_000, signal?: AbortSignal): PoolStream<string> {
	let sends = 0;
	const open: OpenStream<string> = () => calls(n % refusedEvery === 0 && sends++ === 0);
	const models = ['gemini-3.8-flash', 'gemini-3.5-flash-lite'] as const;
	return pool.stream(requestOf({ id: `r${n}`, models, size: { bytes: 400, tokens: 0 }, maxWaitMs }), open, signal);
}

/** Reads the n-th request to its end, which needs no wait. */
async function answer(pool: Pool, n: number): Promise<void> {
	for await (const part of ask(pool, n)) {
		if (part.type === 'waiting') throw new Error(`Request ${n} waits, for ${part.reason}.`);
	}
}

/** Answers the requests from `from` up to `to`, one after the other, in virtual time. */
export async function answerAll(pool: Pool, clock: VirtualClock, from: number, to: number): Promise<void> {
	for (let n = from; n < to; n++) {
		clock.jump(stepMs);
		await answer(pool, n);
		// As between any two real requests: what the runtime tidies up later, it can.
		if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
	}
}

async function* calls(isRefused: boolean): AsyncGenerator<Chunk<string>> {
	await Promise.resolve();
	if (isRefused) throw new Failure({ type: 'coolDown', reason: 'rpm', delayMs: 5_000 }, true, 'Quota exceeded.');
	yield { output: 'An answer.' };
	yield { finishReason: 'STOP', usage: { input: 100, cached: 0, output: 10, thoughts: 0 } };
}

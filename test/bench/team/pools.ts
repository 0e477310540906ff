import { Pool, type StateStore } from '../../../src/pool/pool';
import type { TeamStore } from '../../../src/team/teamStore';
import type { TeamServer } from '../../support/team/teamServer';
import { keyOf, requestOf } from '../answering';
import { teamUnder, type Costs, type TeamLoad } from './team';

export interface PoolFigures extends Costs {
	/** ms from each request until it was sent. */
	readonly waits: readonly number[];
	/** ms of each step. */
	readonly steps: readonly number[];
	/** Sends beyond a key's limit, by our own count. */
	readonly overAdmissions: number;
}

const model = 'gemini-3.8-flash';

/**
 * The whole pool on each machine: it chooses the keys, with the strategy that is the default, answers take their time, and
 * prompts differ as people's do, in length and in what they are of.
 */
export async function poolsUnderLoad(server: TeamServer, load: TeamLoad): Promise<PoolFigures> {
	const team = await teamUnder(server, load);
	const { clock, chance } = team;
	const steps: number[] = [];
	const waits: number[] = [];
	const sends = new Map<string, number>();
	const keys = Array.from({ length: load.keys }, (_, n) => keyOf(n));
	const pools = team.stores.map((store, n) => {
		const pool = new Pool({
			...{ store: timedStore(store, steps, () => clock.monotonic()), clock, random: chance },
			...{ check: () => Promise.resolve(), window: `w${n}` },
		});
		pool.setKeys(
			keys,
			keys.map(({ project }) => ({ id: project, tier: 'free', limits: { [model]: { rpm: load.rpm } } })),
		);
		pool.configure({ model, whenExhausted: 'wait' });
		return pool;
	});
	const given = new AbortController();
	clock.after(load.ms + 1_500, () => given.abort());
	await team.play(async (machine) => {
		const at = clock.monotonic();
		const size = { bytes: Math.round(500 + 20_000 * chance() ** 3), tokens: 0 };
		const input = Math.round(size.bytes * (0.2 + 0.15 * chance()));
		const stream = (pools[machine] as Pool).stream(
			requestOf({ models: [model], size, maxWaitMs: 90_000 }),
			async function* ({ key }) {
				waits.push(clock.monotonic() - at);
				sends.set(key, 1 + (sends.get(key) ?? 0));
				await new Promise<void>((resolve) => void clock.after(300 + 700 * chance(), resolve));
				yield { output: 'So.' };
				yield { finishReason: 'STOP', usage: { input, cached: 0, output: 2, thoughts: 0 } };
			},
			given.signal,
		);
		try {
			for await (const part of stream) if (part.type === 'done') break;
		} catch (error) {
			if (!given.signal.aborted) throw error;
		}
	});
	for (const pool of pools) pool.dispose();
	const costs = await team.end();
	const overAdmissions = [...sends.values()].reduce((sum, count) => sum + Math.max(0, count - load.rpm), 0);
	return { ...costs, waits, steps, overAdmissions };
}

function timedStore(store: TeamStore, steps: number[], now: () => number): StateStore {
	return {
		replica: () => store.replica(),
		now: () => store.now(),
		limitShare: (id) => store.limitShare(id),
		get isFar() {
			return store.isFar;
		},
		onDidChange: (listener) => store.onDidChange(listener),
		transact: async (step) => {
			const at = now();
			const result = await store.transact(step);
			steps.push(now() - at);
			return result;
		},
		close: () => store.close(),
	};
}

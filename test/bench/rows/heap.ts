import { Failure, MemoryLedger, Pool, type Chunk, type Open, type Request } from '../../../src/pool/pool';
import { Sending } from '../../../src/pool/sending';
import { seeded } from '../../unit/simulator/stand';
import { VirtualClock } from '../../unit/virtualClock';
import { sampleOf } from '../measure';
import { mixedKeys } from '../mixedKeys';
import type { Row } from '../row';

const readings = 20;
/** ms between two requests: what is kept for 24 hours is complete after the first tenth of a million. */
const stepMs = 864;
/** One in so many is refused, so that rests, trails and second attempts are part of it. */
const refusedEvery = 100;

export const row: Row = {
	name: 'heap',
	what:
		'Memory of the pool: 1,000,000 requests in virtual time over 20 keys, 1 % of them refused. Slope of the heap after ' +
		'a forced collection, over 20 readings that begin after the first tenth; with it the heap at the end.',
	run: async ({ quick }) => {
		const total = quick ? 50_000 : 1_000_000;
		const clock = new VirtualClock();
		const pool = poolOn(clock);
		const points: [requests: number, bytes: number][] = [];
		let done = 0;
		for (let reading = 0; reading <= readings; reading++) {
			const until = Math.round(total * (0.1 + (0.9 * reading) / readings));
			for (; done < until; done++) {
				clock.jump(stepMs);
				await answer(pool, done);
				// As between any two real requests: what the runtime tidies up later, it can.
				if (done % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
			}
			globalThis.gc?.();
			points.push([done, process.memoryUsage().heapUsed]);
		}
		pool.dispose();
		const one = (value: number): ReturnType<typeof sampleOf> => sampleOf([value]);
		return [
			{ of: 'slope', unit: 'bytes/request', ...one(slopeOf(points)), goal: { atMost: 1 } },
			{ of: 'heap at the end', unit: 'MB', ...one((points.at(-1)?.[1] ?? NaN) / 1e6) },
		];
	},
};

function poolOn(clock: VirtualClock): Pool {
	const ledger = new MemoryLedger(clock);
	const pool = new Pool({
		ledger,
		clock,
		random: seeded(1),
		load: () => Promise.resolve(Sending),
		check: () => Promise.resolve(),
	});
	const { roster } = mixedKeys(20, seeded(2), clock.wall());
	pool.setKeys(
		roster.keys,
		roster.keys.map(({ project }) => roster.project(project)),
	);
	return pool;
}

async function answer(pool: Pool, n: number): Promise<void> {
	const request: Request = {
		id: `r${n}`,
		origin: 'bench',
		models: ['gemini-3.8-flash', 'gemini-3.5-flash-lite'],
		priority: 'chat',
		cost: { bytes: 400, tokens: 0 },
		needs: {},
		recovery: 'retract',
		maxWaitMs: 120_000,
		idle: { firstMs: 60_000, betweenMs: 30_000 },
	};
	let sends = 0;
	const open: Open<string> = () => calls(n % refusedEvery === 0 && sends++ === 0);
	for await (const part of pool.stream(request, open)) {
		if (part.type === 'waiting') throw new Error(`Request ${n} waits, for ${part.why}.`);
	}
}

async function* calls(isRefused: boolean): AsyncGenerator<Chunk<string>> {
	await Promise.resolve();
	if (isRefused) throw new Failure({ act: 'rest', why: 'rpm', delayMs: 5_000 }, true, 'Quota exceeded.');
	yield { output: 'An answer.' };
	yield { finished: 'STOP', usage: { input: 100, cached: 0, output: 10, thoughts: 0 } };
}

/** Least squares: bytes for each request. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
	const mean = (of: (point: readonly [number, number]) => number): number =>
		points.reduce((sum, point) => sum + of(point), 0) / points.length;
	const [x, y] = [mean(([at]) => at), mean(([, bytes]) => bytes)];
	const above = points.reduce((sum, [at, bytes]) => sum + (at - x) * (bytes - y), 0);
	return above / points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
}

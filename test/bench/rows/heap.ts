import { chance } from '../../unit/pool/chance';
import { VirtualClock } from '../../unit/virtualClock';
import { answer, poolOn } from '../answering';
import { sampleOf } from '../measure';
import { mixedKeys } from '../mixedKeys';
import type { Row } from '../row';

const readings = 20;
/** ms between two requests: what is kept for 24 hours is complete after the first tenth of a million. */
const stepMs = 864;

export const row: Row = {
	name: 'heap',
	what:
		'Memory of the pool: 1,000,000 requests in virtual time over 20 keys, 1 % of them refused. Slope of the heap after ' +
		'a forced collection, over 20 readings that begin after the first tenth; with it the heap at the end.',
	run: async ({ quick }) => {
		const total = quick ? 50_000 : 1_000_000;
		const clock = new VirtualClock();
		const { roster } = mixedKeys(20, chance(2), clock.wall());
		const projects = roster.keys.map(({ project }) => roster.project(project));
		const pool = poolOn(clock, roster.keys, projects);
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

/** Least squares: bytes for each request. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
	const mean = (of: (point: readonly [number, number]) => number): number =>
		points.reduce((sum, point) => sum + of(point), 0) / points.length;
	const [x, y] = [mean(([at]) => at), mean(([, bytes]) => bytes)];
	const above = points.reduce((sum, [at, bytes]) => sum + (at - x) * (bytes - y), 0);
	return above / points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
}

import { Maintenance } from '../../../src/pool/pool';
import { chance } from '../../support/pool/chance';
import { VirtualClock } from '../../support/virtualClock';
import { answerAll, poolOn } from '../answering';
import { sampleOf, slopeOf } from '../measure';
import { mixedKeys } from '../mixedKeys';
import type { Row } from '../row';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

const readings = 20;
/** Requests of an hour: so often what has expired is deleted. */
const anHour = 4_000;

export const row: Row = {
	name: 'heap',
	what:
		'Memory of the pool: 1,000,000 requests in virtual time over 20 keys, 1 % of them refused, with what maintenance ' +
		`deletes each hour. The slope of the heap after a forced collection, over ${readings} readings that begin after ` +
		'the first tenth, and the heap at the end.',
	run: async ({ quick }) => {
		const total = quick ? 50_000 : 1_000_000;
		const clock = new VirtualClock();
		const { roster } = mixedKeys(20, chance(2), clock.wall());
		const projects = roster.keys.map(({ project }) => roster.project(project));
		const store = new InMemoryStore(clock);
		const pool = poolOn(clock, roster.keys, projects, store);
		const maintenance = new Maintenance(store, pool);
		const points: [requests: number, bytes: number][] = [];
		let done = 0;
		for (let reading = 0; reading < readings; reading++) {
			// The first after a tenth, the last at the end.
			const until = Math.round(total * (0.1 + (0.9 * reading) / (readings - 1)));
			while (done < until) {
				const next = Math.min(until, done + anHour);
				await answerAll(pool, clock, done, next);
				await clock.until(maintenance.applyRetention());
				done = next;
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

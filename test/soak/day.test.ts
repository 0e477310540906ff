import assert from 'node:assert/strict';
import { windowKinds } from '../../src/simulator/service';
import { loadSdk } from '../support/gemini/room';
import { nextDay, shortDay } from '../support/soak/day/plan';
import { beyondFirst, Day, type DayResult } from '../support/soak/day/traffic';

/**
 * Least share of what a clairvoyant client gets, and most 429s by answers. Within three hours the first and the last minute
 * and each doubt about a limit weigh more than within a day; the whole day is a row of the benchmark, with goals of its own.
 */
const goodput = 0.98;
const waste = 0.02;

describe('a saturated day across the reset, with limits that change at noon and a stranger on one project', () => {
	before(loadSdk);

	// The service's own way first, so far as it is known; the pool is told of none.
	for (const kind of windowKinds) {
		it(`is used to the full and wastes nothing where the service counts a ${kind} window, cold and warm`, async () => {
			const cold = await new Day(shortDay, kind, 1).run();
			assert.deepEqual([...cold.strange], []);
			assert.ok(beyondFirst(cold) <= cold.answered * waste, `cold: ${told(cold)}`);

			const warm = await new Day(nextDay(shortDay), kind, 2, cold).run();
			assert.deepEqual([...warm.strange], []);
			assert.ok(warm.answered >= warm.most * goodput, `warm: ${told(warm)}`);
			assert.ok(warm.refused <= warm.answered * waste, `warm: ${told(warm)}`);
		});
	}
});

function told({ answered, most, refused, buckets }: DayResult): string {
	const lines = buckets.map(
		(one) => `${one.project} ${one.model}: ${one.answered}/${one.most} ${JSON.stringify([...one.refused])}`,
	);
	return [`${answered} of ${most} answered, ${refused} refused`, ...lines].join('\n');
}

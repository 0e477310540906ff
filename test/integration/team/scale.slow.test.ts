import assert from 'node:assert/strict';
import { sampleOf, worst } from '../../bench/measure';
import { underLoad } from '../../bench/team/machines';
import { poolsUnderLoad } from '../../bench/team/pools';
import { costsOf } from '../../bench/team/team';
import { useTeamServer } from '../../support/team/useTeamWindows';

const isLong = process.env['KEYPOOL_FULL'] === '1';
const p99 = (values: readonly number[]): number => worst(values).median;
/** Round trips that a step, and a lease, may take at the 99th of a hundred, at a load that no team's quota allows for. */
const most = { step: 10, lease: 15 };

/** In virtual time: what is measured are round trips and conflicts, not how busy this computer is. */
describe('fifty machines of one team', () => {
	const server = useTeamServer();

	const load = { machines: 50, keys: 50, rate: 5, ms: isLong ? 2_000 : 800, time: 'virtual' as const };

	for (const roundTripMs of [0, 2, 20]) {
		it(`never go beyond a limit, ${roundTripMs} ms of round trip`, async function () {
			this.timeout(120_000);
			const rpm = isLong ? 8 : 3;
			const run = await underLoad(server(), { ...load, roundTripMs, rpm });
			const [lease, step] = [p99(run.leases), p99(run.steps)];
			console.log(
				`      ${run.granted} leases, ${run.overAdmissions} beyond a limit; p99 of a lease ${lease.toFixed(1)} ms, of a step ` +
					`${step.toFixed(1)} ms; ${costsOf(run)}`,
			);
			assert.deepEqual([run.overAdmissions, run.troubles], [0, []]);
			assert.ok(run.granted >= (isLong ? 340 : 110), `${run.granted} leases`);
			assert.ok(step <= most.step * roundTripMs && lease <= most.lease * roundTripMs);
		});
	}

	it('choose keys that the others do not choose', async function () {
		this.timeout(120_000);
		const run = await poolsUnderLoad(server(), {
			...load,
			keys: 50,
			roundTripMs: 20,
			rpm: 20,
			ms: isLong ? 3_000 : 1_000,
		});
		console.log(
			`      ${run.waits.length} sends; the wait for a key ${sampleOf(run.waits).median.toFixed(0)} ms, p99 ${p99(run.waits).toFixed(0)} ms, of a step ` +
				`${p99(run.steps).toFixed(0)} ms; ${costsOf(run)}`,
		);
		assert.deepEqual([run.overAdmissions, run.troubles], [0, []]);
		assert.ok(run.conflicts < run.commits * 0.6);
		// Of the few sends of a second the worst is chance: three of four wait for a few round trips.
		assert.ok(sampleOf(run.waits).spread[1] <= 20 * 4 && p99(run.steps) <= 20 * most.step);
	});

	it('wait for nobody longer than for their turn where ten of them have two keys', async function () {
		this.timeout(120_000);
		const shared = { machines: 10, keys: 2, rate: 1, rpm: 1_000, roundTripMs: 60, ms: isLong ? 15_000 : 5_000 };
		const run = await poolsUnderLoad(server(), { ...load, ...shared });
		const longest = Math.max(...run.waits);
		console.log(
			`      ${run.waits.length} sends; the wait for a key ${sampleOf(run.waits).median.toFixed(0)} ms, at most ${longest.toFixed(0)} ms; ` +
				costsOf(run),
		);
		assert.deepEqual([run.overAdmissions, run.troubles], [0, []]);
		// A prompt has two steps; one of those that want a key is committed in each round trip.
		assert.ok(longest <= 2 * shared.machines * shared.roundTripMs, `${longest} ms`);
	});
});

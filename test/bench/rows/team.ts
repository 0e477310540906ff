import { TeamServer } from '../../support/team/teamServer';
import { sampleOf, worst } from '../measure';
import type { Figure, Row } from '../row';
import { underLoad } from '../team/machines';
import { poolsUnderLoad } from '../team/pools';

/** ms at the 99th of a hundred steps, by round trip, that a trial measured before this was built. */
const goals: Readonly<Record<number, number>> = { 0: 1.9, 2: 6.3, 20: 44.5 };

/** The same of the steps that take a lease, which a request waits for. */
const leaseGoals: Readonly<Record<number, number>> = { 20: 93 };

export const row: Row = {
	name: 'team',
	what:
		'Fifty machines of a team, five requests a second each, on fifty keys, on a real Valkey beside them. A request ' +
		'takes three steps, the last one when its answer ends after 0.3 to 1 s; the network adds 0, 2 and 20 ms to a ' +
		'round trip. Virtual time stands still while the machines, which are one process here, and the server work. In ' +
		'the last rows the whole pool chooses the keys.',
	run: async ({ quick }) => {
		const figures: Figure[] = [];
		const load = { machines: 50, keys: 50, rate: 5, ms: quick ? 800 : 3_000, rpm: 40, time: 'virtual' as const };
		for (const roundTripMs of [0, 2, 20]) {
			const server = new TeamServer();
			await server.start();
			const run = await underLoad(server, { ...load, roundTripMs });
			await server.end();
			if (run.troubles.length > 0) throw new Error(run.troubles.join(', '));
			const at = `${roundTripMs} ms of round trip`;
			const leaseGoal = leaseGoals[roundTripMs];
			figures.push(
				{ of: `a step, ${at}`, unit: 'ms', ...sampleOf(run.steps) },
				{
					...{ of: `a step, p99, ${at}`, unit: 'ms', ...worst(run.steps) },
					goal: { atMost: goals[roundTripMs] ?? 0 },
				},
				{
					of: `a lease, p99, ${at}`,
					unit: 'ms',
					...worst(run.leases),
					...(leaseGoal !== undefined && { goal: { atMost: leaseGoal } }),
				},
				{ of: `commits that met a conflict, ${at}`, unit: '%', ...sampleOf([(100 * run.conflicts) / run.commits]) },
				{ of: `leases beyond a limit, ${at}`, unit: '', ...sampleOf([run.overAdmissions]), goal: { atMost: 0 } },
				{ of: `the server's processor time, ${at}`, unit: 'ms a second', ...sampleOf([run.serverMs]) },
			);
		}
		const server = new TeamServer();
		await server.start();
		const run = await poolsUnderLoad(server, { ...load, roundTripMs: 20, ms: quick ? 800 : 2_000 });
		await server.end();
		if (run.troubles.length > 0) throw new Error(run.troubles.join(', '));
		const at = 'the whole pool, 20 ms of round trip';
		figures.push(
			{ of: `from a request to its send, p99, ${at}`, unit: 'ms', ...worst(run.waits) },
			{ of: `commits that met a conflict, ${at}`, unit: '%', ...sampleOf([(100 * run.conflicts) / run.commits]) },
			{ of: `sends beyond a limit, ${at}`, unit: '', ...sampleOf([run.overAdmissions]), goal: { atMost: 0 } },
		);
		return figures;
	},
};

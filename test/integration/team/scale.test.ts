import assert from 'node:assert/strict';
import { worst } from '../../bench/measure';
import { underLoad } from '../../bench/team/machines';
import { TeamServer } from '../../support/team/teamServer';

const isLong = process.env['KEYPOOL_FULL'] === '1';

describe('fifty machines of one team', () => {
	let server: TeamServer;
	before(async () => {
		server = new TeamServer();
		await server.start();
	});
	after(() => server.end());

	for (const roundTripMs of [0, 2, 20]) {
		it(`never go beyond a limit, ${roundTripMs} ms of round trip`, async function () {
			this.timeout(60_000);
			const load = {
				machines: 50,
				keys: isLong ? 50 : 10,
				rate: isLong ? 5 : 2,
				roundTripMs,
				ms: isLong ? 8_000 : 2_000,
			};
			const run = await underLoad(server, { ...load, rpm: isLong ? 20 : 10 });
			const { median, spread } = worst(run.steps);
			console.log(
				`      ${run.granted} leases, ${run.overAdmissions} beyond a limit; a step p99 ${median.toFixed(1)} ms, half of them ` +
					`${spread.map((ms) => ms.toFixed(1)).join(' to ')} ms; ${run.conflicts} conflicts in ${run.commits} commits; ` +
					`the server worked ${run.serverMs.toFixed(0)} ms a second`,
			);
			assert.deepEqual([run.overAdmissions, run.troubles], [0, []]);
			assert.ok(run.granted >= (isLong ? 700 : 40), `${run.granted} leases`);
		});
	}
});

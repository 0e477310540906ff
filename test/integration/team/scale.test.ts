import assert from 'node:assert/strict';
import { worst } from '../../bench/measure';
import { described, underLoad } from '../../bench/team/machines';
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
				ms: isLong ? 6_000 : 1_500,
			};
			const run = await underLoad(server, { ...load, rpm: isLong ? 20 : 10, time: 'virtual' });
			console.log(`      ${described(run, (values) => worst(values).median)}`);
			assert.deepEqual([run.overAdmissions, run.troubles], [0, []]);
			assert.ok(run.granted >= (isLong ? 700 : 40), `${run.granted} leases`);
		});
	}
});

import { storeContract } from '../../support/pool/storeContract';
import { windowsAgree } from '../../support/pool/windowsAgree';
import { TeamServer } from '../../support/team/teamServer';
import { TeamWindows } from '../../support/team/teamWindows';

for (const program of ['valkey-server', 'redis-server']) {
	describe(`a team on ${program}`, () => {
		let server: TeamServer;
		before(async () => {
			server = new TeamServer(program);
			await server.start();
		});
		after(() => server.end());

		storeContract(program, () => new TeamWindows(server));
		// Once is enough for what only Redis could do otherwise.
		if (program === 'valkey-server') windowsAgree(program, () => new TeamWindows(server));
	});
}

import { TeamServer } from './teamServer';
import { TeamWindows } from './teamWindows';

/** For the enclosing `describe`: one real server, and for each test new windows of a team of their own. */
export function useTeamWindows(): () => TeamWindows {
	let server: TeamServer;
	let windows: TeamWindows;
	before(async () => {
		server = new TeamServer();
		await server.start();
	});
	after(() => server.end());
	beforeEach(() => {
		windows = new TeamWindows(server);
	});
	afterEach(() => windows.close());
	return () => windows;
}

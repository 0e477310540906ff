import { TeamServer } from './teamServer';
import { TeamWindows } from './teamWindows';

/** For the enclosing `describe`: one real server. */
export function useTeamServer(): () => TeamServer {
	let server: TeamServer;
	before(async () => {
		server = new TeamServer();
		await server.start();
	});
	after(() => server.end());
	return () => server;
}

/** For the enclosing `describe`: one real server, and for each test new windows of a team of their own. */
export function useTeamWindows(): () => TeamWindows {
	const server = useTeamServer();
	let windows: TeamWindows;
	beforeEach(() => {
		windows = new TeamWindows(server());
	});
	afterEach(() => windows.close());
	return () => windows;
}

/** A server that a test may kill and start again, and windows on it. */
export interface MortalTeam {
	readonly server: TeamServer;
	readonly windows: TeamWindows;
}

/** For the enclosing `describe`: a server and windows of its own for each test. */
export function useMortalTeam(): () => MortalTeam {
	let team: MortalTeam;
	beforeEach(async () => {
		const server = new TeamServer();
		await server.start();
		team = { server, windows: new TeamWindows(server) };
	});
	afterEach(async () => {
		await team.windows.close();
		await team.server.end();
	});
	return () => team;
}

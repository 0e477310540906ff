import { contextKeys, registerLazily } from '../common/commands';
import type { DisposableStore } from '../common/dispose';
import { lazily } from '../common/lazily';
import { showFailure } from '../keys/keyring/keyringErrors';
import type { Keyring } from '../keys/keyring/keyring';
import type { StatusAnswer } from './askStatus';
import type { GatewayHosts } from './confirmGateway';
import type { GatewayRecord } from './gatewayRecord';
import { teamGatewayCommandNames } from './names';
import { TeamGateway, type TeamGatewayParts } from './teamGateway';

export interface StartParts extends Omit<TeamGatewayParts, 'ask' | 'fetch'> {
	readonly memory: GatewayHosts;
	readonly keyring: Pick<Keyring, 'list'>;
	readonly simulator: { leave(): Promise<void> };
}

/** Creates the use of a team's gateway with its commands and the context key of its menus. Adds them to `owned`. */
export function startTeamGateway(owned: DisposableStore, parts: StartParts): TeamGateway {
	const { clock, report } = parts;
	// The host's own `fetch`, with its proxy settings: a gateway takes one header that the service does not.
	const fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init);
	const asking = lazily(() => import('./askStatus'));
	const ask = async (record: GatewayRecord, signal: AbortSignal): Promise<StatusAnswer> =>
		(await asking()).askStatus(fetch, record, clock, signal);
	const gateway = owned.add(new TeamGateway({ ...parts, fetch, ask }));
	owned.add(
		registerLazily(teamGatewayCommandNames, async () => {
			const { teamGatewayCommands } = await import('./commands');
			return teamGatewayCommands({
				...{ gateway, ask, memory: parts.memory, learn: parts.learn },
				hasKeys: () => parts.keyring.list().keys.length > 0,
				leaveSimulator: () => parts.simulator.leave(),
				failed: (error) => showFailure(error, report),
			});
		}),
	);
	const setContext = contextKeys();
	owned.add(gateway.onDidChange(() => setContext('keypool.teamGateway', gateway.isOn)));
	return gateway;
}

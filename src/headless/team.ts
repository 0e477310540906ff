import { gatewayPool, type ClientStorage, type GatewayParts } from '../gateway/gateway';
import { sealWith } from '../node/seal';
import { hmacSha256 } from '../node/valkey';
import type { Clock, Pool, StateStore } from '../pool/pool';
import { openTeamStore, teamOf } from '../team/openTeamStore';
import type { TeamStore } from '../team/teamStore';
import { valkeyLink } from '../team/valkey/valkeyLink';
import { TeamError, type TeamTrouble } from '../team/link/link';
import { SharedClients } from './sharedClients';
import { describeTrouble } from './words';

export interface TeamEnvironment {
	/** Names this machine to the team; the same for all processes over one folder. */
	readonly machine: string;
	/** How many there are, for a start without the server. */
	readonly machines: { get(): number; set(count: number): void };
	/** The file of this machine. */
	readonly copy: ClientStorage;
	readonly clock: Clock;
	readonly say: (text: string) => void;
	readonly report: (error: unknown) => void;
}

const newId = (): string => crypto.randomUUID();

/** The team that the replicas of this gateway are: what they share on its server. */
export interface ReplicaTeam {
	readonly clients: SharedClients;
	/** Over the store of this machine. */
	open(machine: StateStore): TeamStore;
	/**
	 * The pool for the gateway: the team's server learns tool calls by names of the team's secret, because whoever can read it
	 * could try guesses of what a tool was asked.
	 */
	poolOf(pool: Pool): GatewayParts['pool'];
}

/** Undefined where the environment names no team: then replicas over one folder share that. Throws a sentence. */
export function replicaTeam(
	environment: Readonly<Record<string, string | undefined>>,
	{ machine, machines, copy, clock, say, report }: TeamEnvironment,
): ReplicaTeam | undefined {
	const invitation = teamOf(environment);
	if (invitation === undefined) return undefined;
	const { team, secret, server } = invitation;
	const hmac = hmacSha256(secret);
	let told: TeamTrouble | undefined;
	const away = (trouble: TeamTrouble): void => {
		if (told === trouble) return;
		told = trouble;
		say(`The team’s server cannot be used, and this machine goes on alone: ${describeTrouble(trouble)}.`);
	};
	const back = (): void => {
		if (told !== undefined) say('The team’s server is back.');
		told = undefined;
	};
	return {
		clients: new SharedClients({
			...{ team, copy, clock, newId, onReached: back },
			onError: (error) => (error instanceof TeamError ? away(error.trouble) : report(error)),
			open: valkeyLink({ server, team, machine, newId, clock }),
			seal: sealWith(secret, 'gateway clients'),
		}),
		open: (store) =>
			openTeamStore(invitation, store, {
				...{ clock, machine, machines, random: Math.random, newId, scope: 'replicas', onError: report },
				onTrouble: away,
				onOnline: back,
			}),
		poolOf: (pool) =>
			gatewayPool(pool, { noteToolCall: (client, call) => pool.noteToolCall(client, hmac(`tool call ${call}`)) }),
	};
}

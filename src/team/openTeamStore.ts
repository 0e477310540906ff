import { hmacSha256 } from '../node/valkey';
import type { Clock, Random, StateStore } from '../pool/pool';
import type { TeamScope } from './documents/identity';
import { parseInvitation, type Invitation } from './invitation';
import type { TeamTrouble } from './link/link';
import { TeamStore } from './teamStore';
import type { TeamStoreParts } from './teamStoreParts';
import { valkeyLink } from './valkey/valkeyLink';

/** The variable of the environment that holds an invitation, for a gateway without VS Code. */
export const teamVariable = 'KEYPOOL_TEAM';

export interface TeamParts {
	readonly clock: Clock;
	readonly random: Random;
	readonly newId: () => string;
	/** Names this machine to the team: random, and the same for all its processes. */
	readonly machine: string;
	/** `replicas` of one gateway hold the same keys and clients. */
	readonly scope: TeamScope;
	readonly isJoining?: boolean;
	readonly wasMember?: boolean;
	/** How many machines there were when the team was last seen: kept by the caller, for a start without the server. */
	readonly machines?: NonNullable<TeamStoreParts['machines']>;
	/** The server cannot be used: the pool goes on alone. */
	readonly onTrouble: (trouble: TeamTrouble, cause: unknown) => void;
	readonly onOnline?: () => void;
	readonly onError: (error: unknown) => void;
}

/** The invitation in the environment; undefined where there is none. Throws a sentence where it is none. */
export function teamOf(environment: Readonly<Record<string, string | undefined>>): Invitation | undefined {
	const text = environment[teamVariable];
	if (text === undefined || text.trim() === '') return undefined;
	const invitation = parseInvitation(text);
	if (!invitation)
		throw new Error(
			`${teamVariable} holds no invitation to a team: set all of what “Keypool: Copy Team Invitation” copies.`,
		);
	return invitation;
}

/**
 * The store of a team over the store of this machine, which stays open when this one is closed. Call `setKeys` with the keys
 * that take part: without any, everything stays on the machine.
 */
export function openTeamStore({ team, secret, server }: Invitation, machine: StateStore, parts: TeamParts): TeamStore {
	const { clock, newId, machine: name, machines, ...others } = parts;
	return new TeamStore({
		...others,
		...(machines && { machines }),
		...{ machine, clock, newId, hmac: hmacSha256(secret) },
		open: valkeyLink({ server, team, machine: name, newId, clock }),
	});
}

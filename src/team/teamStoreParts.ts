import type { Clock, Random, StateStore } from '../pool/pool';
import type { AwayState } from './away/awayState';
import type { Hmac, TeamScope } from './documents/identity';
import type { OpenTeamLink, TeamLink, TeamTrouble } from './link/link';

export interface TeamStoreParts {
	readonly open: OpenTeamLink;
	/** What the windows of this machine share, and what counts while the team's server is out of reach. Not closed here. */
	readonly machine: StateStore;
	readonly clock: Clock;
	readonly random: Random;
	readonly hmac: Hmac;
	readonly scope: TeamScope;
	readonly newId: () => string;
	/** Adds what this machine alone has counted to the team's counts: once, when it joins. */
	readonly isJoining?: boolean;
	/** It has been in a team lately: what it knows is what many have counted, perhaps those of this team. */
	readonly wasMember?: boolean;
	/** How many machines there were when the team was last seen. */
	readonly machines?: { get(): number; set(count: number): void };
	/** The server cannot be used: the pool goes on alone. */
	readonly onTrouble: (trouble: TeamTrouble, cause: unknown) => void;
	/** It is in reach. */
	readonly onOnline?: () => void;
	/** A listener threw. */
	readonly onError: (error: unknown) => void;
}

export type Mode =
	| { readonly state: 'opening' }
	| { readonly state: 'online'; readonly link: TeamLink }
	| { readonly state: 'away'; readonly away: AwayState }
	| { readonly state: 'closed' };

import type { Change, Clock, DocMaps, Random, StateStore } from '../pool/pool';
import type { AwayState } from './awayState';
import type { Hmac, TeamScope } from './identity';
import type { OpenTeamLink, TeamLink, TeamTrouble } from './link';

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

/** A commit whose reply has not come: of steps, or of what was added to the server's documents. */
export type PendingCommit =
	| { readonly id: string; readonly changes: readonly Change[] }
	| { readonly id: string; readonly ours: DocMaps };

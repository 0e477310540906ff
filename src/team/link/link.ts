import type { EpochMs, Room } from '../../pool/pool';

/** A document on the team's server: its body is opaque there. Without a body it was deleted. */
export interface TeamRow {
	readonly name: string;
	/** The revision that wrote it, as the server spells it; '0' for none. */
	readonly version: string;
	readonly body: string | undefined;
}

/** The version of a document that a step has read, and what others may have added since; without `room`, nothing. */
export interface TeamRead {
	/** '0' for one that there was not, '*' for one that must be there. */
	readonly version: string;
	readonly room?: Room | undefined;
}

/** What is added to a document, whatever others have added: `event` is opaque on the server, the rest it takes of a `Room`. */
export interface Addition extends Room {
	readonly name: string;
	readonly event: string;
}

/** What a commit rests on, and what it writes. */
export interface TeamCommit {
	/** The same for a commit that is sent again because its reply was lost: it counts once. */
	readonly id: string;
	/** Those whose replies have come: nobody asks for them again. The ids of all others are kept. */
	readonly heard?: readonly string[];
	/** The store that it was made for. */
	readonly store: string;
	readonly reads: ReadonlyMap<string, TeamRead>;
	readonly writes: readonly Omit<TeamRow, 'version'>[];
	readonly additions?: readonly Addition[];
}

/** What the server answers to everything. */
export interface TeamReply {
	/** `ok`: `rows` has the documents that were added to. `conflict`: a document that was read is newer; `rows` has it. `other`: not the store that the commit was made for. */
	readonly status: 'ok' | 'conflict' | 'other';
	/** Names what is stored. A flushed, restarted or failed-over server gives it a new name, because it may have lost something. */
	readonly store: string;
	readonly rev: number;
	/** The server's clock. */
	readonly time: EpochMs;
	/** Machines that were seen lately, this one among them. */
	readonly machines: number;
	/** When the store got its name. */
	readonly since: EpochMs;
	/** True: `rows` is everything that is stored. */
	readonly isComplete: boolean;
	readonly rows: readonly TeamRow[];
}

/** A connection to the team's server. It answers or fails within a bounded time, and keeps nothing for later. */
export interface TeamLink {
	/** What changed after `since` in the store of this name, or everything. */
	read(store: string | undefined, since: number): Promise<TeamReply>;
	commit(commit: TeamCommit): Promise<TeamReply>;
	/** Whether the commit of this id has happened. */
	hasCommitted(id: string): Promise<boolean>;
	close(): void;
}

export interface TeamLinkEvents {
	/** Somebody has written this revision. A hint: some are lost. */
	onHint(rev: number): void;
	/** The connection is gone. */
	onLost(error: TeamError): void;
}

/** Opens a link, or rejects with `TeamError`. */
export type OpenTeamLink = (events: TeamLinkEvents) => Promise<TeamLink>;

/** Why the team's server cannot be used. */
export type TeamTrouble =
	/** No answer, or none in time. */
	| 'unreachable'
	/** It reads its data, changes its primary, or moves data from one node of a cluster to another. */
	| 'loading'
	| 'wrongPassword'
	/** The user may not use the team's documents. */
	| 'noRights'
	/** The certificate is not trusted. */
	| 'certificate'
	| 'oldServer'
	/** It is a node of a cluster, or a sentinel, and its address does not say so. */
	| 'otherKind'
	/** The sentinels know no primary of this name. */
	| 'otherPrimary'
	/** It may drop documents when its memory is full. */
	| 'evicts'
	| 'readOnly'
	| 'full'
	/** Its clock and this machine's are too far apart. */
	| 'clockOff'
	/** Another version of this extension wrote it. */
	| 'otherSchema'
	/** This host has no sockets. */
	| 'missing';

export class TeamError extends Error {
	override readonly name = 'TeamError';

	constructor(
		readonly trouble: TeamTrouble,
		options?: ErrorOptions,
	) {
		super(trouble, options);
	}
}

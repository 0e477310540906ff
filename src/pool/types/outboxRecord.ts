import type { EpochMs } from './stateStore';

/** A document as stored: kind, id and JSON. Without JSON, the document was deleted. */
export interface StoredRow {
	readonly kind: string;
	readonly id: string;
	readonly body: string | null;
}

/** A commit whose reply has not come. */
export interface OutboxCommit {
	readonly id: string;
	/** The documents as they were; absent where it told all that the outbox held. */
	readonly base?: readonly StoredRow[];
	/** What it makes of them. */
	readonly ours: readonly StoredRow[];
}

/**
 * What one process has made of the team's documents while the server was out of reach, and has not told the team: a transactional outbox, as
 * databases call it. It lies in the machine's store, so that another process can tell it where this one has ended.
 */
export interface OutboxRecord {
	readonly v: 2;
	/** When it was begun: of two of one process, the older one is told first. */
	readonly at: EpochMs;
	/** When that process last added to it; absent in one of an earlier version. */
	readonly changedAt?: EpochMs;
	/** The process that may add to it, and tell it. */
	readonly owner: string;
	/** When that process began to tell it: no other one tells any until a minute later. */
	readonly sentAt?: EpochMs;
	/** The team that it is for. */
	readonly team: string;
	/** What the server had stored when the process last knew it; absent where it never has. */
	readonly store?: string;
	/** The documents as they were then, and what the process has made of them. */
	readonly base: readonly StoredRow[];
	readonly ours: readonly StoredRow[];
	readonly commits: readonly OutboxCommit[];
}

import type { EpochMs } from './stateStore';

/** A document as it is stored: without a body there is none. */
export interface OutboxRow {
	readonly kind: string;
	readonly id: string;
	readonly body: string | null;
}

/** A commit whose reply has not come, and what it has told. */
export interface OutboxCommit {
	readonly id: string;
	readonly rows: readonly OutboxRow[];
}

/**
 * What one process has done while the team's server was out of reach, and has not told the team: a transactional outbox, as
 * databases call it. It lies in the machine's store, so that another process can tell it where this one ends first.
 */
export interface OutboxRecord {
	readonly v: 2;
	/** When it was last written. */
	readonly at: EpochMs;
	/** When somebody began to tell it, whose alone it is for a minute from then on. */
	readonly sentAt?: EpochMs;
	/** Who may add to it. */
	readonly owner: string;
	/** The team that it is for. */
	readonly team: string;
	/** What the server had stored when the process last knew it; absent where it never has. */
	readonly store?: string;
	/** The documents as they were then, and what the process has made of them. */
	readonly base: readonly OutboxRow[];
	readonly ours: readonly OutboxRow[];
	readonly commits: readonly OutboxCommit[];
}

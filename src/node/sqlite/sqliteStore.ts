import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
	StoreError,
	type Change,
	type ChangeSet,
	type ClockReading,
	type StoreConnection,
	type StoredRow,
	type StoreValidity,
} from '../../pool/pool';
import { changeOf, rowOf } from '../../storedDocuments/rows';
import { asStoreError } from './sqliteError';

/** Deletions are kept for so many revisions; a window that is further behind reads everything. */
const keptRevisions = 1_000;

/** The file of a connection. */
export interface OpenFile {
	validity(): Promise<StoreValidity>;
	/** The file was deleted: keep the connection open as long as this process lives. */
	abandon(): void;
}

interface Head {
	readonly store: string;
	readonly rev: number;
	readonly forgotten: number;
	readonly wall: number | null;
	readonly monotonic: number | null;
	readonly version: number;
}

/** The state store's documents in a SQLite file. Each call is short: if another process writes, it throws `busy` at once. */
export class SqliteConnection implements StoreConnection {
	private readonly statements: Readonly<Record<keyof typeof sql, StatementSync>>;
	private dataVersion: unknown;
	/** The head when the lock was taken. */
	private locked: Head | undefined;
	private isGone = false;

	/** Throws SQLite's error if the file lacks a table. @param version of the schema */
	constructor(
		private readonly db: DatabaseSync,
		private readonly version: number,
		private readonly file: OpenFile,
	) {
		this.statements = prepareAll(db);
	}

	begin(since: number): ChangeSet {
		return guarded(() => {
			this.statements.begin.run();
			try {
				const head = this.head();
				this.locked = head;
				return this.page(head, since);
			} catch (error) {
				this.rollback();
				throw error;
			}
		});
	}

	commit(changes: readonly Change[], { wall, monotonic }: ClockReading): number {
		return guarded(() => {
			try {
				if (!this.locked) throw new Error('The lock is not held.');
				const rev = this.locked.rev + 1;
				for (const { kind, id, body } of changes.map(rowOf)) this.statements.put.run(kind, id, rev, body);
				if (rev % keptRevisions === 0) this.forget(rev - keptRevisions);
				this.statements.stamp.run(rev, wall, monotonic);
				this.statements.commit.run();
				this.locked = undefined;
				return rev;
			} catch (error) {
				this.rollback();
				throw error;
			}
		});
	}

	rollback(): void {
		this.locked = undefined;
		try {
			this.statements.rollback.run();
		} catch {
			// SQLite has rolled back already.
		}
	}

	changesSince(since: number): ChangeSet | undefined {
		return guarded(() => {
			const seen = this.statements.dataVersion.get()?.['data_version'];
			if (seen === this.dataVersion) return undefined;
			this.statements.read.run();
			let page: ChangeSet;
			try {
				page = this.page(this.head(), since);
			} finally {
				this.rollback();
			}
			this.dataVersion = seen;
			return page;
		});
	}

	async validity(): Promise<StoreValidity> {
		const validity = await this.file.validity();
		this.isGone ||= validity === 'deleted';
		return validity;
	}

	close(): void {
		if (this.isGone) {
			this.file.abandon();
			return;
		}
		try {
			this.db.close();
		} catch {
			// Not needed any more, whatever is wrong with it.
		}
	}

	private head(): Head {
		const head = this.statements.head.get() as Head | undefined;
		if (!head) throw new StoreError('damaged');
		if (head.version > this.version) throw new StoreError('newer');
		return head;
	}

	private page({ rev, store, forgotten, wall, monotonic }: Head, since: number): ChangeSet {
		const whole = since < forgotten;
		const rows = rev === since ? [] : whole ? this.statements.all.all() : this.statements.since.all(since);
		return {
			rev,
			store,
			stamp: wall === null || monotonic === null ? undefined : { wall, monotonic },
			isComplete: whole,
			changes: (rows as unknown as StoredRow[]).flatMap((row) => changeOf(row) ?? []),
		};
	}

	private forget(upTo: number): void {
		this.statements.forget.run(upTo);
		this.statements.forgotten.run(upTo);
	}
}

const sql = {
	begin: 'BEGIN IMMEDIATE',
	read: 'BEGIN',
	commit: 'COMMIT',
	rollback: 'ROLLBACK',
	head: 'SELECT store, rev, forgotten, wall, monotonic, user_version AS version FROM head, pragma_user_version',
	all: 'SELECT kind, id, body FROM doc WHERE body IS NOT NULL ORDER BY rev',
	since: 'SELECT kind, id, body FROM doc WHERE rev > ? ORDER BY rev',
	put: `INSERT INTO doc (kind, id, rev, body) VALUES (?, ?, ?, ?)
		ON CONFLICT (kind, id) DO UPDATE SET rev = excluded.rev, body = excluded.body`,
	stamp: 'UPDATE head SET rev = ?, wall = ?, monotonic = ?',
	forget: 'DELETE FROM doc WHERE body IS NULL AND rev <= ?',
	forgotten: 'UPDATE head SET forgotten = ?',
	dataVersion: 'PRAGMA data_version',
};

function prepareAll(db: DatabaseSync): Record<keyof typeof sql, StatementSync> {
	const prepare = (text: string): StatementSync => db.prepare(text);
	return {
		begin: prepare(sql.begin),
		read: prepare(sql.read),
		commit: prepare(sql.commit),
		rollback: prepare(sql.rollback),
		head: prepare(sql.head),
		all: prepare(sql.all),
		since: prepare(sql.since),
		put: prepare(sql.put),
		stamp: prepare(sql.stamp),
		forget: prepare(sql.forget),
		forgotten: prepare(sql.forgotten),
		dataVersion: prepare(sql.dataVersion),
	};
}

function guarded<T>(act: () => T): T {
	try {
		return act();
	} catch (error) {
		throw asStoreError(error);
	}
}

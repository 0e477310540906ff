import { chmod, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError, type StoreConnection, type StoreBackend, type StoreValidity } from '../../pool/pool';
import { migrate, migrations, type Migration } from './schema';
import { asOpeningError } from './sqliteError';
import { SqliteConnection } from './sqliteStore';

/** ms that SQLite itself may wait for a lock, blocking this process; beyond that the ledger asks again later. */
const busyMs = 2;
/** Files that were found damaged and are kept beside the one in use, the newest. */
const maxAside = 2;
const pattern = /^ledger-(\d+)\.sqlite$/;

/**
 * SQLite files in a folder of their own, numbered: the highest is in use. One that was found damaged stays where it is, and
 * one that was deleted does not come back: another number takes its place, so that a connection to the old one, which
 * removes its side files by name when it ends, can never hit the new one.
 */
export class SqliteBackend implements StoreBackend {
	/** The number that was opened last, and the lowest that may be opened. */
	private opened = 0;
	private least = 1;
	/** Connections to deleted files stay open: their names may be in use again. */
	private readonly abandoned: DatabaseSync[] = [];

	/** @param folder absolute; made where it is missing. */
	constructor(
		private readonly folder: string,
		private readonly steps: readonly Migration[] = migrations,
	) {}

	async open(): Promise<StoreConnection> {
		try {
			const { DatabaseSync } = await sqlite();
			await mkdir(this.folder, { recursive: true, mode: 0o700 });
			const number = Math.max(this.least, await this.highest());
			const file = this.file(number);
			this.opened = number;
			// Made here, so that it is for this user alone; SQLite gives its side files the same rights.
			await (await open(file, 'a', 0o600)).close();
			await this.makePrivate();
			const identity = await identityOf(file);
			const db = new DatabaseSync(file);
			try {
				configure(db);
				migrate(db, this.steps);
				return new SqliteConnection(db, this.steps.length, {
					validity: () => this.validityOf(number, identity),
					abandon: () => this.abandoned.push(db),
				});
			} catch (error) {
				db.close();
				throw error;
			}
		} catch (error) {
			throw asOpeningError(error);
		}
	}

	async setAside(): Promise<void> {
		this.least = this.opened + 1;
		try {
			const old = (await this.numbers()).filter((number) => number <= this.opened).slice(0, -maxAside);
			for (const number of old) {
				for (const suffix of ['', '-wal', '-shm']) await rm(this.file(number) + suffix, { force: true });
			}
		} catch {
			// They are in use, or their folder is gone: nothing depends on it.
		}
	}

	/** One of before may be for others to read. Best effort: on a disk without rights nothing depends on them. */
	private async makePrivate(): Promise<void> {
		const ledgers = (await readdir(this.folder)).filter((name) => name.startsWith('ledger-'));
		const found = [[this.folder, 0o700] as const, ...ledgers.map((name) => [this.path(name), 0o600] as const)];
		await Promise.all(found.map(([entry, mode]) => chmod(entry, mode).catch(() => undefined)));
	}

	private path(name: string): string {
		return path.join(this.folder, name);
	}

	private file(number: number): string {
		return this.path(`ledger-${number}.sqlite`);
	}

	/** In ascending order. */
	private async numbers(): Promise<readonly number[]> {
		const names = await readdir(this.folder);
		return names
			.flatMap((name) => pattern.exec(name)?.[1] ?? [])
			.map(Number)
			.sort((a, b) => a - b);
	}

	private async highest(): Promise<number> {
		return (await this.numbers()).at(-1) ?? 0;
	}

	private async validityOf(number: number, identity: string | undefined): Promise<StoreValidity> {
		try {
			if ((await identityOf(this.file(number))) !== identity) {
				this.least = number + 1;
				return 'deleted';
			}
			return (await this.highest()) > number ? 'superseded' : 'current';
		} catch {
			// Nobody can look now, so nobody else has opened another one either.
			return 'current';
		}
	}
}

async function identityOf(file: string): Promise<string | undefined> {
	try {
		const { dev, ino } = await stat(file, { bigint: true });
		return `${dev} ${ino}`;
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
		throw error;
	}
}

function sqlite(): Promise<typeof Sqlite> {
	return import('node:sqlite').catch((error: unknown) => {
		throw new StoreError('missing', { cause: error });
	});
}

function configure(db: DatabaseSync): void {
	db.exec(`PRAGMA busy_timeout = ${busyMs}`);
	const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
	// Where a file system cannot share memory between processes.
	if (mode !== 'wal') throw new StoreError('unreachable');
	// No wait for the disk at each commit: what a power cut takes is what the service tells again.
	db.exec('PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4194304');
}

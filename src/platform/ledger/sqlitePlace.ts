import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError, type Store, type StorePlace } from '../../pool/pool';
import { migrate, migrations, type Migration } from './schema';
import { asStoreError } from './sqliteError';
import { SqliteStore } from './sqliteStore';

/** ms that SQLite itself may wait for a lock, blocking this process; beyond that the ledger asks again later. */
const busyMs = 2;
/** Files that were set aside and are kept, the newest. */
const mostAside = 2;
const suffixes = ['', '-wal', '-shm'] as const;

/** A SQLite file in a folder of its own. */
export class SqlitePlace implements StorePlace {
	/** The file that was opened last. */
	private opened: string | undefined;

	/** @param folder absolute; made where it is missing. `now`: ms since 1970, names what is set aside. */
	constructor(
		private readonly folder: string,
		private readonly now: () => number,
		private readonly steps: readonly Migration[] = migrations,
	) {}

	async open(): Promise<Store> {
		try {
			const { DatabaseSync } = await sqlite();
			await mkdir(this.folder, { recursive: true });
			// Made here, so that it is for this user alone; SQLite gives its side files the same rights.
			await (await open(this.file, 'a', 0o600)).close();
			this.opened = await this.identity();
			const identity = this.opened;
			const db = new DatabaseSync(this.file);
			try {
				configure(db);
				migrate(db, this.steps);
				return new SqliteStore(db, this.steps.length, () => this.isStill(identity));
			} catch (error) {
				db.close();
				throw error;
			}
		} catch (error) {
			throw asStoreError(error);
		}
	}

	async setAside(): Promise<void> {
		try {
			// Another process was quicker: what lies there now is not what was found damaged.
			if ((await this.identity()) !== this.opened) return;
			const aside = `${this.file}.damaged-${this.now()}`;
			for (const suffix of suffixes) await rename(this.file + suffix, aside + suffix).catch(ifMissing);
			await this.trim();
		} catch (error) {
			throw asStoreError(error);
		}
	}

	private get file(): string {
		return path.join(this.folder, 'ledger.sqlite');
	}

	private async isStill(identity: string | undefined): Promise<boolean> {
		try {
			return (await this.identity()) === identity;
		} catch {
			// Nobody can look now, so nobody else has opened another one either.
			return true;
		}
	}

	private async identity(): Promise<string | undefined> {
		try {
			const { dev, ino } = await stat(this.file, { bigint: true });
			return `${dev} ${ino}`;
		} catch (error) {
			ifMissing(error);
			return undefined;
		}
	}

	private async trim(): Promise<void> {
		const aside = /\.damaged-(\d+)/;
		const names = (await readdir(this.folder)).filter((name) => aside.test(name));
		const times = [...new Set(names.map((name) => Number(aside.exec(name)?.[1])))].sort((a, b) => b - a);
		const old = new Set(times.slice(mostAside));
		for (const name of names) {
			if (old.has(Number(aside.exec(name)?.[1]))) await rm(path.join(this.folder, name), { force: true });
		}
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

function ifMissing(error: unknown): void {
	if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}

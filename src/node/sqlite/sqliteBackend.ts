import { chmod, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError, type StoreConnection, type StoreBackend, type StoreValidity } from '../../pool/pool';
import { migrate, migrations, type Migration } from './schema';
import { asOpeningError } from './sqliteError';
import { SqliteConnection } from './sqliteStore';
import { makeFolder } from '../makePrivate';
import { systemCode } from '../systemCode';

/** ms that SQLite itself may wait for a lock, blocking this process; the state store retries later. */
const busyMs = 2;
/** Damaged files that are kept beside the one in use: the newest ones. */
const maxAside = 2;
/** ms that other windows may need to end what they write, before what was deleted is erased. */
const eraseBusyMs = 2_000;
const pattern = /^ledger-(\d+)\.sqlite$/;

/**
 * Numbered SQLite files in a folder of their own; the highest number is in use. A file that is damaged or was deleted is
 * replaced under the next number. Its connection removes side files by name when it closes, and so cannot hit the new file.
 */
export class SqliteBackend implements StoreBackend {
	/** The number opened last, and the lowest that may be opened. */
	private opened = 0;
	private least = 1;
	/** Connections to deleted files stay open, because closing them could remove files of a newer store. */
	private readonly abandoned: DatabaseSync[] = [];

	/** @param folder absolute; created if missing */
	constructor(
		private readonly folder: string,
		private readonly steps: readonly Migration[] = migrations,
	) {}

	async open(): Promise<StoreConnection> {
		try {
			const { DatabaseSync } = await sqlite();
			await makeFolder(this.folder);
			const number = Math.max(this.least, await this.highest());
			const file = this.file(number);
			this.opened = number;
			// Created here, readable by this user only; SQLite gives its side files the same permissions.
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
			await this.delete((await this.numbers()).filter((number) => number <= this.opened).slice(0, -maxAside));
		} catch {
			// They are in use, or the folder is gone. They can stay.
		}
	}

	/**
	 * Erases what deleted documents leave on the disk: the files that were set aside, and the old bytes in the one in use, which
	 * stay there until it is written anew.
	 */
	async eraseRemains(): Promise<void> {
		// An editor without SQLite has never made the folder.
		const numbers = await this.numbers().catch((error: unknown) => {
			if (systemCode(error) === 'ENOENT') return [];
			throw error;
		});
		const inUse = numbers.at(-1);
		if (inUse === undefined) return;
		await this.delete(numbers.slice(0, -1));
		const { DatabaseSync } = await sqlite();
		const db = new DatabaseSync(this.file(inUse));
		try {
			db.exec(`PRAGMA busy_timeout = ${eraseBusyMs}; VACUUM`);
			// The log holds the old pages until it is emptied.
			const ended = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
			if (ended?.['busy'] !== 0) throw new StoreError('locked');
		} finally {
			db.close();
		}
	}

	private async delete(numbers: readonly number[]): Promise<void> {
		for (const number of numbers) {
			for (const suffix of ['', '-wal', '-shm']) await rm(this.file(number) + suffix, { force: true });
		}
	}

	/** An older file may be readable by others. Best effort: some disks have no permissions. */
	private async makePrivate(): Promise<void> {
		const files = (await readdir(this.folder)).filter((name) => name.startsWith('ledger-'));
		const found = [[this.folder, 0o700] as const, ...files.map((name) => [this.path(name), 0o600] as const)];
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
			// If we cannot read the folder now, no other window has opened another file either.
			return 'current';
		}
	}
}

async function identityOf(file: string): Promise<string | undefined> {
	try {
		const { dev, ino } = await stat(file, { bigint: true });
		return `${dev} ${ino}`;
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return undefined;
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
	// The file system cannot share memory between processes.
	if (mode !== 'wal') throw new StoreError('unreachable');
	// Commits do not wait for the disk: the service will repeat what a power cut loses.
	db.exec('PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4194304');
}

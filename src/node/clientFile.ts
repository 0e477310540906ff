import { randomUUID } from 'node:crypto';
import { chmod, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Emitter } from '../common/emitter';
import { pause, type Clock } from '../pool/pool';
import { fileMode, makeFolder } from './makePrivate';
import { patientRename, retryHeld, synced } from './patientDisk';
import { systemCode } from './systemCode';

/** ms between two looks whether another process has changed the file. */
const lookMs = 500;
/** ms that a lock is waited for, and after which one counts as left over. */
const lockMs = 5_000;
/** ms after which one that cannot be taken away is told of: another user's, which this one may not read. */
const longestLockMs = 20_000;
const retryMs = 20;

/**
 * The gateway's clients in a file for its owner alone. Several processes may use it: a server that reads, and a command that
 * makes a token. Ended by `dispose`.
 */
export class ClientFile {
	private readonly changed = new Emitter<undefined>();
	/** What the listeners were told of last; empty: there is no file. Undefined: nobody has read yet. */
	private told: string | undefined;
	/** That could not be read: they are told once more as soon as it can. */
	private isUnread = false;
	private stop: () => void = () => undefined;

	/** @param file absolute; its folder is made where it is missing. */
	constructor(
		private readonly file: string,
		private readonly clock: Pick<Clock, 'after'>,
		/** Tests make it fail. */
		private readonly disk = { open, readFile, rm },
	) {}

	readonly onDidChange = this.changed.event;

	async read(): Promise<string | undefined> {
		try {
			// A later read tells nobody: what others have changed before it is still to be told of.
			this.told ??= await this.identity().catch(() => '');
			return await retryHeld(() => this.disk.readFile(this.file, 'utf8'));
		} catch (error) {
			if (systemCode(error) === 'ENOENT') return undefined;
			this.isUnread = true;
			throw this.named(error);
		}
	}

	/** Replaces the file in one step, under a lock. */
	async update(change: (stored: string | undefined) => string): Promise<void> {
		try {
			await this.replace(change);
		} catch (error) {
			throw this.named(error);
		}
		this.changed.fire(undefined);
	}

	private async replace(change: (stored: string | undefined) => string): Promise<void> {
		await makeFolder(path.dirname(this.file));
		const lock = `${this.file}.lock`;
		const partial = `${this.file}.${randomUUID()}`;
		const name = await this.acquire(lock);
		try {
			const text = change(await this.read());
			const handle = await open(partial, 'wx', fileMode);
			try {
				await handle.writeFile(text);
				await synced(handle);
			} finally {
				await handle.close();
			}
			await chmod(partial, fileMode);
			await patientRename(partial, this.file);
			this.told = await this.identity();
		} catch (error) {
			await rm(partial, { force: true });
			throw error;
		} finally {
			// Where a scanner holds it for longer, as on Windows, the next one takes it away: what was written is written.
			await retryHeld(async () => {
				if ((await this.disk.readFile(lock, 'utf8')) === name) await this.disk.rm(lock, { force: true });
			}).catch(() => undefined);
		}
	}

	/** Looks from now on whether somebody else has changed the file. */
	follow(): void {
		this.stop = this.clock.after(lookMs, () => {
			void this.look().finally(() => this.follow());
		});
	}

	dispose(): void {
		this.stop();
		this.follow = () => undefined;
		this.changed.dispose();
	}

	private async look(): Promise<void> {
		const found = await this.identity().catch(() => '');
		const isReadAgain = this.isUnread && (await this.disk.readFile(this.file).then(Boolean, () => false));
		if (found === (this.told ?? '') && !isReadAgain) return;
		this.isUnread = false;
		this.told = found;
		this.changed.fire(undefined);
	}

	/** Of a full disk, or a folder in the file's place, the system does not say where. */
	private named(error: unknown): unknown {
		const code = systemCode(error);
		if (!(error instanceof Error) || code === undefined || 'path' in error) return error;
		return Object.assign(new Error(`${this.file}: ${error.message}`, { cause: error }), { code, path: this.file });
	}

	private async identity(): Promise<string> {
		const { ino, mtimeMs, size } = await stat(this.file);
		return `${ino} ${mtimeMs} ${size}`;
	}

	/** Resolves to what the lock holds from now on. */
	private async acquire(lock: string): Promise<string> {
		const name = randomUUID();
		let [holder, waited]: [string | undefined, number] = [undefined, 0];
		for (;;) {
			try {
				await this.make(lock, name);
				return name;
			} catch (error) {
				if (systemCode(error) !== 'EEXIST' || waited >= longestLockMs) throw error;
			}
			const found = await contentOf(lock);
			waited = found === holder ? waited + retryMs : 0;
			holder = found;
			// The process that made it has ended without removing it.
			if (holder !== undefined && waited >= lockMs) await takeAway(lock, holder, waited >= 2 * lockMs);
			await pause(this.clock, retryMs);
		}
	}

	/** Rejects where there is one. */
	private async make(lock: string, name: string): Promise<void> {
		// On Windows one that was taken away while somebody looked at it is still about to go.
		const handle = await retryHeld(() => this.disk.open(lock, 'wx', fileMode));
		try {
			await handle.writeFile(name);
		} catch (error) {
			// A full disk has taken its name alone.
			await rm(lock, { force: true });
			throw error;
		} finally {
			await handle.close();
		}
	}
}

/** One at a time: another one may have taken it away, and have made its own. */
async function takeAway(lock: string, holder: string, isStuck: boolean): Promise<void> {
	const guard = `${lock}.old`;
	if (isStuck) await rm(guard, { force: true });
	try {
		await writeFile(guard, '', { flag: 'wx', mode: fileMode });
	} catch {
		return;
	}
	if ((await contentOf(lock)) === holder) await rm(lock, { force: true });
	await rm(guard, { force: true });
}

function contentOf(file: string): Promise<string | undefined> {
	return readFile(file, 'utf8').catch(() => undefined);
}

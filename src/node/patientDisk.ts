import { rename, type FileHandle } from 'node:fs/promises';
import { systemCode } from './systemCode';

/** System calls that tests replace to make them fail. */
export interface RenameCalls {
	readonly rename: typeof rename;
	readonly pause: (ms: number) => Promise<unknown>;
	/** Absent: as this machine is. */
	readonly isWindows?: boolean;
}

export const renameCalls: RenameCalls = {
	rename,
	pause: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
};

/** ms before each further try: as long as a virus scanner looks at what was just written, and no person waits for. */
const pauses = [10, 20, 40, 80, 160, 320, 640];

/** What is said of a file that another program has open, and of a folder that has such a one. */
const held: readonly unknown[] = ['EBUSY', 'ENOTEMPTY'];
/** Windows says the same of a file that is about to go; elsewhere these are missing rights, which no wait gives. */
const heldOnWindows: readonly unknown[] = [...held, 'EACCES', 'EPERM'];

/** Tries again for a moment what another program stands in the way of. */
export async function retryHeld<T>(
	act: () => Promise<T>,
	{ pause, isWindows = process.platform === 'win32' }: Pick<RenameCalls, 'pause' | 'isWindows'> = renameCalls,
): Promise<T> {
	const codes = isWindows ? heldOnWindows : held;
	for (const ms of pauses) {
		try {
			return await act();
		} catch (error) {
			if (!codes.includes(systemCode(error))) throw error;
		}
		await pause(ms);
	}
	return act();
}

/** On Windows no file takes the place of one that somebody reads. */
export function patientRename(from: string, to: string, calls = renameCalls): Promise<void> {
	return retryHeld(() => calls.rename(from, to), calls);
}

/** What network drives and those of other programs say that keep nothing for good on demand. */
const unable: readonly unknown[] = ['EINVAL', 'ENOSYS', 'ENOTSUP', 'EPERM'];

/** Has the disk keep for good what was written; nothing where it is one that cannot. */
export async function synced(handle: Pick<FileHandle, 'sync'>): Promise<void> {
	try {
		await handle.sync();
	} catch (error) {
		if (!unable.includes(systemCode(error))) throw error;
	}
}

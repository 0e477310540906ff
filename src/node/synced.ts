import type { FileHandle } from 'node:fs/promises';

/** What network drives and those of other programs say that keep nothing for good on demand. */
const unable: readonly unknown[] = ['EINVAL', 'ENOSYS', 'ENOTSUP', 'EPERM'];

/** Has the disk keep for good what was written; nothing where it is one that cannot. */
export async function synced(handle: Pick<FileHandle, 'sync'>): Promise<void> {
	try {
		await handle.sync();
	} catch (error) {
		if (!(error instanceof Error && 'code' in error && unable.includes(error.code))) throw error;
	}
}

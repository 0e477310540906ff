import { StoreError } from '../../pool/pool';

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html). */
const reasons: Readonly<Record<number, StoreError['reason']>> = {
	3: 'readOnly', // PERM
	5: 'busy', // BUSY
	6: 'busy', // LOCKED
	8: 'readOnly', // READONLY
	11: 'damaged', // CORRUPT
	13: 'full', // FULL
	14: 'unreachable', // CANTOPEN
	26: 'damaged', // NOTADB
};

/** SQLITE_ERROR: no such table, no such column, a table that exists already. */
const sqliteError = 1;

const fileReasons: Readonly<Record<string, StoreError['reason']>> = {
	EACCES: 'readOnly',
	EPERM: 'readOnly',
	EROFS: 'readOnly',
	ENOSPC: 'full',
	EDQUOT: 'full',
	EBUSY: 'busy',
};

/** The state store's error for an error of the file. */
export function asStoreError(error: unknown): StoreError {
	if (error instanceof StoreError) return error;
	return new StoreError(reasonOf(error), { cause: error });
}

/** As `asStoreError` while a file is opened: a statement that fails means that the tables are not ours. */
export function asOpeningError(error: unknown): StoreError {
	const isUnfit = typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === sqliteError;
	return isUnfit ? new StoreError('damaged', { cause: error }) : asStoreError(error);
}

function reasonOf(error: unknown): StoreError['reason'] {
	if (typeof error !== 'object' || error === null) return 'unreachable';
	// The low byte is the primary code.
	if ('errcode' in error && typeof error.errcode === 'number') return reasons[error.errcode & 0xff] ?? 'unreachable';
	if (error instanceof SyntaxError) return 'damaged';
	return ('code' in error && typeof error.code === 'string' && fileReasons[error.code]) || 'unreachable';
}

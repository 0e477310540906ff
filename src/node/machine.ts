import type { Folder } from '../chat/storage/folder';
import type { StoreBackend } from '../pool/pool';
import type { Disk } from '../workspaceFiles/disk';
import { diskFiles } from './diskFiles';
import { diskFolder } from './diskFolder';
import { sendMail } from './mailer';
import { makeAllPrivate } from './makePrivate';
import { servePage } from './http/pageServer';
import { patientFetch } from './http/patientFetch';
import { SqliteBackend } from './sqlite/sqliteBackend';

/** What only a host with Node has. Loaded with `import()`, because a browser cannot load it. */
export interface Machine {
	readonly files: Disk;
	/** @param path absolute */
	readonly folder: (path: string) => Folder;
	/** @param path absolute: the folder of the state store */
	readonly storeBackendIn: (path: string) => StoreBackend;
	/** Erases from the disk what was deleted of the state store in this folder. */
	readonly eraseRemains: (path: string) => Promise<void>;
	readonly makeAllPrivate: typeof makeAllPrivate;
	readonly servePage: typeof servePage;
	readonly patientFetch: typeof patientFetch;
	readonly sendMail: typeof sendMail;
}

export function createMachine(newId: () => string): Machine {
	return {
		files: diskFiles(newId),
		folder: (path) => diskFolder(path, newId),
		storeBackendIn: (path) => new SqliteBackend(path),
		eraseRemains: (path) => new SqliteBackend(path).eraseRemains(),
		...{ makeAllPrivate, servePage, patientFetch, sendMail },
	};
}

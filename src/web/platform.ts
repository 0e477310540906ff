import type { Place, Platform, PlatformParts } from '../node/platform';
import { alertFetch } from './alertFetch';
import { BrowserStore } from './browserStore';
import { Database, keptOpen } from './database';
import { pageFetch } from './pageFetch';
import { followSummaries } from './summary';
import { systemClock } from './systemClock';
import { TabFiles } from './tabFiles';
import { TabSecrets } from './tabSecrets';

const databaseName = 'keypool';

/** What a browser offers: the platform of the web worker host. */
export function createPlatform<U extends Place>({
	globalState,
	workspaceFolder,
	newId,
	report,
}: PlatformParts<U>): Platform<U> {
	const open = (): Promise<Database> => Database.open(databaseName, systemClock);
	const { locks } = navigator;
	const files = new TabFiles();
	return {
		isBrowser: true,
		hasDisk: false,
		machine: () => Promise.reject(new Error('A browser gives no access to the machine.')),
		folderAt: (root) => Promise.resolve(files.shared(workspaceFolder(root, newId), root.path)),
		fetch: pageFetch((input, init) => fetch(input, init)),
		alertFetch: alertFetch((input, init) => fetch(input, init)),
		metrics: undefined,
		gateway: undefined,
		sendMail: undefined,
		createStateStore: (parts) => {
			const store = new BrowserStore({ ...parts, name: databaseName, open, locks, clock: systemClock, newId });
			return followSummaries(store, globalState, systemClock, report);
		},
		// A browser keeps nothing of what was deleted.
		eraseRemains: () => Promise.resolve(),
		guardSecrets: (secrets, notices) =>
			new TabSecrets({ notices, secrets, database: keptOpen(open), locks, clock: systemClock, newId, report }),
	};
}

import type { Platform, PlatformParts } from '../node/platform';
import { BrowserStore } from './browserStore';
import { Database, keptOpen } from './database';
import { pageFetch } from './pageFetch';
import { followSummaries } from './summary';
import { systemClock } from './systemClock';
import { TabSecrets } from './tabSecrets';

const databaseName = 'keypool';

/** What a browser offers: the platform of the web worker host. */
export function createPlatform({ globalState, newId, report }: PlatformParts): Platform {
	const open = (): Promise<Database> => Database.open(databaseName, systemClock);
	const { locks } = navigator;
	return {
		isBrowser: true,
		hasDisk: false,
		machine: () => Promise.reject(new Error('A browser gives no access to the machine.')),
		fetch: pageFetch((input, init) => fetch(input, init)),
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

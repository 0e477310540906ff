import type { keyOperations } from '../../../src/views/commands/keyOperations';

type Parts = Parameters<typeof keyOperations>;

/** A keyring in which nothing can be changed; what a test changes is in its own. */
export const fixedKeyring: Parts[0] = {
	list: () => ({ keys: [], projects: [] }),
	update: () => Promise.reject(new Error('none')),
	arrange: () => Promise.reject(new Error('none')),
	updateProject: () => Promise.reject(new Error('none')),
};

/** No rotation: keys are shown in the order in which they are stored. */
export const asStored: Parts[2] = { stored: (keys) => keys };

/** What acts on keys do beside the keyring and the pool: nothing. */
export const otherOperations: Parts[3] = {
	showLog: () => undefined,
	set: () => Promise.resolve(),
	fallbackModels: () => [],
	models: () => Promise.resolve([]),
	budgets: () => ({}),
	setBudgets: () => Promise.resolve(),
	failed: (error) => {
		throw error;
	},
};

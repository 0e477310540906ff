import type { Folder } from '../chat/storage/folder';
import { lazily } from '../common/lazily';
import type { SecretStore } from '../keys/keyring/secretStore';
import { SharedStore, type SharedStoreParts, type StateStore } from '../pool/pool';
import type { GatewayPlatform } from '../localGateway/registerLocalGateway';
import type { Metrics } from '../monitoring/metrics/metrics';
import type { Machine } from './machine';
import { machineClock } from './machineClock';
import { lazyStoreBackend } from './storeBackend';

export interface Place {
	readonly scheme: string;
	readonly path: string;
	readonly fsPath: string;
}

/** Where a host keeps the extension's data. `U`: how the editor names a place. */
export interface PlatformParts<U extends Place> {
	readonly globalStorage: U;
	/** A folder there, by way of the editor. */
	readonly workspaceFolder: (root: U, newId: () => string) => Folder;
	/** Survives the window, and is shared by all workspaces. */
	readonly globalState: {
		get(name: string): unknown;
		update(name: string, value: unknown): PromiseLike<void>;
	};
	readonly newId: () => string;
	/** Errors that nobody awaits. */
	readonly report: (error: unknown) => void;
}

/** What is said of secrets in a browser tab; elsewhere all windows share one copy, and nothing is said. */
export interface SecretNotices {
	/** Another tab has changed the secrets: this tab's copy is old until the window is reloaded. */
	showChangedElsewhere(): Promise<void>;
	/** So many keys are gone that this browser held; resolves to whether the person goes on without them. */
	showLostKeys(count: number): Promise<boolean>;
}

/** What depends on where the extension runs. `src/node` has one, `src/web` another; a build takes one of them. */
export interface Platform<U> {
	/** A browser has no servers, no mail and no files of the machine. */
	readonly isBrowser: boolean;
	/** Whether `machine` may be used. */
	readonly hasDisk: boolean;
	/** Loaded on first use. Rejects in a browser. */
	readonly machine: () => Promise<Machine>;
	/** A folder of our own texts, which all windows share. */
	readonly folderAt: (root: U) => Promise<Folder>;
	/** To the Gemini service. */
	readonly fetch: typeof globalThis.fetch;
	/** The same for answers that come whole; absent where `fetch` waits as long. */
	readonly patientFetch?: typeof globalThis.fetch;
	/** To the receivers of alerts. */
	readonly alertFetch: (url: string, init: RequestInit) => ReturnType<typeof globalThis.fetch>;
	/** What counts, and the server of the page; absent in a browser. */
	readonly metrics:
		| { load(): Promise<{ readonly Metrics: typeof Metrics }>; readonly servePage: Machine['servePage'] }
		| undefined;
	/** The gateway for other tools of this computer; absent in a browser. */
	readonly gateway: GatewayPlatform | undefined;
	/** Absent in a browser. */
	readonly sendMail: Machine['sendMail'] | undefined;
	/** The store that the windows of this place share. */
	createStateStore(parts: Pick<SharedStoreParts, 'random' | 'onStoreError' | 'onError'>): StateStore;
	/** Erases what deleted documents of that store leave behind. */
	readonly eraseRemains: () => Promise<void>;
	/** The secrets, guarded where several windows hold copies of them. */
	guardSecrets(secrets: SecretStore, notices: () => Promise<SecretNotices>): SecretStore & { dispose(): void };
}

export function createPlatform<U extends Place>({
	globalStorage,
	workspaceFolder,
	newId,
}: PlatformParts<U>): Platform<U> {
	const machine = lazily(async () => (await import('./machine')).createMachine(newId));
	const hasDisk = globalStorage.scheme === 'file';
	return {
		isBrowser: false,
		hasDisk,
		machine,
		folderAt: async (root) =>
			root.scheme === 'file' ? (await machine()).folder(root.fsPath) : workspaceFolder(root, newId),
		fetch: globalThis.fetch,
		alertFetch: (url, init) => globalThis.fetch(url, init),
		patientFetch: async (input, init) => (await machine()).patientFetch(input, init),
		metrics: {
			load: () => import('../monitoring/metrics/metrics'),
			servePage: async (port, page) => (await machine()).servePage(port, page),
		},
		gateway: {
			load: async () => {
				const [{ createLocalGateway }, { createGatewayMachine }] = await Promise.all([
					import('../localGateway/createLocalGateway'),
					import('./gatewayMachine'),
				]);
				return { createLocalGateway, machine: createGatewayMachine() };
			},
		},
		sendMail: async (server, mail, signal) => (await machine()).sendMail(server, mail, signal),
		createStateStore: (parts) =>
			new SharedStore({
				...parts,
				backend: lazyStoreBackend(
					hasDisk ? async () => (await machine()).storeBackendIn(globalStorage.fsPath) : undefined,
				),
				clock: machineClock,
				soon: setImmediate,
			}),
		eraseRemains: async () => {
			if (hasDisk) await (await machine()).eraseRemains(globalStorage.fsPath);
		},
		guardSecrets: (secrets) => ({
			get: (name) => secrets.get(name),
			store: (name, value) => secrets.store(name, value),
			delete: (name) => secrets.delete(name),
			keys: () => secrets.keys(),
			onDidChange: (listener) => secrets.onDidChange(listener),
			dispose: () => undefined,
		}),
	};
}

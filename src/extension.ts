import * as vscode from 'vscode';
import { PublicApi } from './api/publicApi';
import type { KeypoolApi } from './api/types';
import { LazyChat } from './chat/view/lazyChat';
import { lockable, readDevelopment } from './development';
import { DisposableStore } from './common/dispose';
import type { Rooms } from './firstUse';
import { registerCodeActions } from './editor/commands/codeActions';
import { editorCommandNames } from './editor/commands/commandNames';
import { keyCommandNames } from './keys/commands/commandNames';
import { environmentOfHost } from './keys/import/environmentNames';
import { EnvironmentOffer } from './keys/import/environmentOffer';
import { Keyring } from './keys/keyring/keyring';
import { isSimulated, numbered } from './keys/commands/lentKeys';
import { fromDisk } from './keys/commands/load';
import { firstRead } from './keys/check/lockedKeys';
import { createMemoryStore } from './keys/keyring/memoryStore';
import { offerUndo } from './keys/commands/offerUndo';
import { OrderRotation } from './keys/rotation/orderRotation';
import { withPresetLimits } from './keys/keyring/presetLimits';
import { lazily, type Lazy } from './common/lazily';
import { registerLazily } from './common/lazyCommands';
import { createMasker } from './masking/masking';
import { alertCommandNames } from './monitoring/alerts/commandNames';
import { createLog } from './monitoring/log/log';
import { metricsCommandNames } from './monitoring/metrics/commandNames';
import { RecentLines } from './monitoring/log/recentLines';
import { LazyPlace } from './node/sqlite/lazyPlace';
import { machineClock } from './node/machineClock';
import { systemClock } from './node/systemClock';
import { Pool, SharedLedger } from './pool/pool';
import { configurationSource, Settings } from './settings/settings';
import { viewCommandNames } from './views/commands/commandNames';
import { registerDashboard } from './views/dashboard/lazyDashboard';
import { historyOf, viewOf } from './views/shared/poolView';
import { createStoreNotice } from './views/notices/storeNotice';
import { createViews } from './views/views';
import { SimulatedStore } from './simulatorMode/simulatedStore';
import { startTrial } from './simulatorMode/startTrial';

/** What the tests inside VS Code get beside the API, of a window that runs from the sources. */
export interface TestAccess {
	readonly secrets: vscode.SecretStorage;
}

/** Commands of no room. */
const houseCommandNames = ['keypool.removeEverything', 'keypool.reportProblem'] as const;

/** What must be done before the window goes: VS Code hands `deactivate` nothing. */
let leave = (): Promise<void> => Promise.resolve();

/** VS Code waits for it, for some seconds. */
export const deactivate = (): Promise<void> => leave();

/** The composition root: what exists, who owns it, and who knows whom. */
export function activate(context: vscode.ExtensionContext): KeypoolApi & Partial<TestAccess> {
	const owned = new DisposableStore();
	context.subscriptions.push(owned);
	const newId = (): string => crypto.randomUUID();
	const development =
		__DEV__ && context.extensionMode !== vscode.ExtensionMode.Production
			? readDevelopment(typeof process === 'undefined' ? {} : process.env)
			: undefined;

	// Words, log, settings.
	const masker = createMasker();
	const channel = owned.add(vscode.window.createOutputChannel('Keypool', { log: true }));
	const recent = new RecentLines(systemClock.wall);
	const log = createLog(recent.keeping(channel), masker.mask);
	const report = (error: unknown): void =>
		log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
	const { t } = vscode.l10n;
	const words = lazily(async () => {
		const { createWords } = await import('./localization/words');
		return createWords(t, { language: vscode.env.language }, systemClock.wall);
	});
	const settings = owned.add(
		new Settings(configurationSource(vscode.workspace), context.extension.packageJSON, {
			bad: (name) => log.warn(`setting keypool.${name} holds a value that it does not take; the default counts`),
			failed: report,
		}),
	);

	// Keys.
	const baseUrl = (): string => development?.baseUrl ?? settings.baseUrl.value;
	const lent = development?.keys ?? [];
	const kept = __DEV__ && lent.length > 0 ? createMemoryStore() : context.secrets;
	const lock = development?.lock;
	const store =
		__DEV__ && lock !== undefined
			? lockable(kept, async () => (await import('./common/exists')).exists(vscode.Uri.file(lock)))
			: kept;
	const simulated = owned.add(new SimulatedStore(store, report));
	const keyring = owned.add(
		new Keyring(simulated, {
			clock: systemClock,
			// Lent keys have the same names in every window and after a reload: what is known of them lives on.
			mint: __DEV__ && lent.length > 0 ? numbered('lent') : newId,
			numbered: (n) => vscode.l10n.t('Key {0}', n),
			// A simulated key that is lent is no secret: its label is the key.
			learn: (secret) => {
				if (!(__DEV__ && isSimulated(secret, lent))) masker.learnKey(secret);
			},
			report,
			load: fromDisk,
		}),
	);
	const trial = startTrial(owned, {
		store,
		simulated,
		keyring,
		left: async (of) => (await rooms()).forget(of),
		report,
	});
	// The pool.
	const folder = context.globalStorageUri;
	const ledger = new SharedLedger({
		place: new LazyPlace(folder.scheme === 'file' ? folder.fsPath : undefined),
		clock: machineClock,
		random: Math.random,
		rejoin: async () => (await import('./pool/maintenance/upkeep')).toContribute,
		onTrouble: createStoreNotice({
			say: async (trouble) => (await words()).sayStoreTrouble(trouble),
			memory: context.globalState,
			warn: (text) => void import('./ui/messages').then((room) => room.showWarning(text)).catch(report),
			log: (trouble, cause) => {
				log.warn(`the record of quotas is out of reach: ${trouble}`);
				if (cause !== undefined) report(cause);
			},
		}),
		onError: report,
	});
	owned.add({ dispose: () => void ledger.close() });
	const windowId = newId();
	const pool = owned.add(
		new Pool({
			ledger,
			clock: systemClock,
			random: Math.random,
			check: async (id, signal) => (await rooms()).check(id, signal),
			load: async () => (await import('./pool/sending')).Sending,
			window: windowId,
			onListenerError: report,
		}),
	);
	const rotation = owned.add(
		new OrderRotation({
			when: settings.rotation,
			clock: systemClock,
			load: () => import('./keys/rotation/turns'),
			refused: (expression) => {
				void import('./keys/rotation/rotationNotice').then((room) => room.sayBadRotation(expression, log));
			},
			report,
		}),
	);
	const applyKeys = (): void => {
		const { keys, projects } = withPresetLimits(trial.usable(keyring.list()), settings.limits.value);
		pool.setKeys(rotation.order(keys), projects);
	};
	const begin = async (): Promise<void> => {
		applyKeys();
		if (__DEV__ && lent.length > 0) await (await import('./keys/commands/lend')).lend(lent, keyring);
		await trial.resume();
	};
	const reading = firstRead({ keyring, then: begin, turned: applyKeys, report });
	owned.add(keyring.onDidChange(applyKeys));
	owned.add(rotation.onDidChange(applyKeys));
	owned.add(settings.limits.onDidChange(applyKeys));
	pool.configure(settings.options);
	owned.add(settings.onDidChange(() => pool.configure(settings.options)));

	const environmentOffer = new EnvironmentOffer({
		environment: environmentOfHost,
		memory: context.globalState,
		load: () => import('./keys/import/envImport'),
		tell: (isOffered) => vscode.commands.executeCommand('setContext', 'keypool.keysInEnvironment', isOffered),
		report,
	});

	// What is made at its first use. Who watches and keeps house begins at once, but not before the window has what it shows.
	const rooms: Lazy<Rooms> = lazily(async () => {
		const { createRooms } = await import('./firstUse');
		return createRooms({
			...{
				context,
				owned,
				newId,
				masker,
				channel,
				log,
				recent,
				report,
				words,
				settings,
				baseUrl,
				keyring,
				reading,
				trial,
			},
			...{ ledger, pool, rotation, environmentOffer, view, windowId, chat, views },
		});
	});
	rooms()
		.then((made) => made.begin())
		.catch(report);

	// What people see.
	const view = viewOf(pool);
	const viewClock = { now: () => ledger.now(), after: systemClock.after };
	const views = owned.add(
		createViews({
			pool: view,
			history: historyOf(pool),
			t,
			words,
			clock: viewClock,
			which: () => (trial.on ? 'simulated' : reading.isLocked ? 'locked' : 'own'),
			acts: async () => (await rooms()).acts(),
			rotation: () => settings.rotation.value,
			failed: (error) => {
				void import('./keys/check/words').then(({ sayFailure }) => sayFailure(error, report));
			},
		}),
	);
	owned.add(
		registerDashboard({
			...{ extensionUri: context.extensionUri, pool: view, history: pool.usage(), words, clock: viewClock },
			...{ mask: masker.mask, newNonce: newId, isSimulated: () => trial.on, report },
			files: { replace: async (uri, text) => (await rooms()).files.replace(uri, text) },
		}),
	);
	const chat = owned.add(new LazyChat(async () => (await rooms()).chat(), report));
	leave = () => chat.leave();

	// What people do, read at its first use.
	owned.add(registerCodeActions());
	owned.add(registerLazily(editorCommandNames, async () => (await rooms()).editorCommands()));
	owned.add(registerLazily(keyCommandNames, async () => (await rooms()).keyCommands()));
	owned.add(registerLazily(alertCommandNames, async () => (await rooms()).alertCommands()));
	owned.add(registerLazily(metricsCommandNames, async () => (await rooms()).metricsCommands()));
	owned.add(registerLazily(viewCommandNames, async () => (await rooms()).viewCommands()));
	owned.add(registerLazily(houseCommandNames, async () => (await rooms()).houseCommands()));
	owned.add(offerUndo(keyring));
	void reading.read();
	// Lent keys are there already.
	if (!(__DEV__ && lent.length > 0)) environmentOffer.begin().catch(report);

	// What other extensions get.
	const { api } = owned.add(new PublicApi({ pool, clock: systemClock, isSimulated: () => trial.on }));
	return __DEV__ && context.extensionMode === vscode.ExtensionMode.Test ? { ...api, secrets: context.secrets } : api;
}

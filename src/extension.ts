import * as vscode from 'vscode';
import { LazyChat } from './chat/lazyChat';
import { lockable, readDevelopment } from './development';
import { DisposableStore } from './dispose';
import { exists } from './exists';
import { registerCodeActions } from './editor/codeActions';
import { editorCommandNames } from './editor/commandNames';
import type { ModelInfo } from './gemini/gemini';
import { lazyGemini } from './gemini/lazyGemini';
import { keyCommandNames } from './keys/commandNames';
import { Keyring } from './keys/keyring';
import { isSimulated, numbered } from './keys/lentKeys';
import { fromDisk } from './keys/load';
import { firstRead } from './keys/lockedKeys';
import { createMemoryStore } from './keys/memoryStore';
import { offerUndo } from './keys/offerUndo';
import { OrderRotation } from './keys/orderRotation';
import { withPresetLimits } from './keys/presetLimits';
import { secretOrFailure } from './keys/secretOrFailure';
import { lazily } from './lazily';
import { registerLazily } from './lazyCommands';
import { createMasker } from './masking';
import { alertCommandNames } from './monitoring/alerts/commandNames';
import { createLog } from './monitoring/log';
import { RecentLines } from './monitoring/recentLines';
import { LazyPlace } from './platform/ledger/lazyPlace';
import { machineClock } from './platform/machineClock';
import { systemClock } from './platform/systemClock';
import { Failure, Pool, SharedLedger, type KeyId } from './pool/pool';
import { configurationSource, Settings, settingWriter } from './settings';
import { viewCommandNames } from './views/commandNames';
import { keyActs } from './views/keyActs';
import { registerDashboard } from './views/lazyDashboard';
import { historyOf, viewOf } from './views/poolView';
import { createStoreNotice } from './views/storeNotice';
import { createViews } from './views/views';
import { isOfTrial } from './trial/names';
import { SimulatedStore } from './trial/simulatedStore';
import { startTrial } from './trial/startTrial';

/** What the tests inside VS Code get of a window that runs from the sources. Nobody else gets anything. */
export interface TestAccess {
	readonly secrets: vscode.SecretStorage;
}

/** What must be done before the window goes: VS Code hands `deactivate` nothing. */
let leave = (): Promise<void> => Promise.resolve();

/** VS Code waits for it, for some seconds. */
export const deactivate = (): Promise<void> => leave();

/** The composition root: what exists, who owns it, and who knows whom. */
export function activate(context: vscode.ExtensionContext): TestAccess | undefined {
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
		const { createWords } = await import('./words');
		return createWords(t, { language: vscode.env.language }, systemClock.wall);
	});
	const settings = owned.add(
		new Settings(configurationSource(vscode.workspace), context.extension.packageJSON, {
			bad: (name) => log.warn(`setting keypool.${name} holds a value that it does not take; the default counts`),
			failed: report,
		}),
	);

	// Keys, and who may receive them.
	const lent = development?.keys ?? [];
	const kept = __DEV__ && lent.length > 0 ? createMemoryStore() : context.secrets;
	const lock = development?.lock;
	const store = __DEV__ && lock !== undefined ? lockable(kept, () => exists(vscode.Uri.file(lock))) : kept;
	const simulated = owned.add(new SimulatedStore(store, report));
	const keyring = owned.add(
		new Keyring(simulated, {
			clock: systemClock,
			// Lent keys have the same names in every window and after a reload: what is known of them lives on.
			mint: __DEV__ && lent.length > 0 ? numbered('lent') : newId,
			numbered: (n) => vscode.l10n.t('Key {0}', n),
			// A simulated key that is lent is no secret: its label is the key.
			learn: (secret) => {
				if (!(__DEV__ && isSimulated(secret, lent))) masker.learn(secret);
			},
			report,
			load: fromDisk,
		}),
	);
	const trial = startTrial(owned, {
		store,
		simulated,
		keyring,
		left: async (of) => (await upkeep()).forget(of),
		report,
	});
	const baseUrl = (): string => development?.baseUrl ?? settings.baseUrl.value;
	const host = lazily(async () => {
		const rooms = [import('./keys/hostConfirmation'), import('./gemini/baseUrl')] as const;
		const [{ confirmedHost }, { validateBaseUrl }] = await Promise.all(rooms);
		return confirmedHost(() => validateBaseUrl(baseUrl()), context.globalState);
	});
	const secretOf = (id: KeyId): Promise<string | undefined> => secretOrFailure(keyring.secretOf(id));
	const gemini = lazyGemini(
		async () => {
			const { createGemini } = await import('./gemini/gemini');
			const ways = { fetch: globalThis.fetch, mayReceive: (await host()).isSettled, standIn: trial.standIn };
			return createGemini({ secretOf, baseUrl, mask: masker.mask, ...ways });
		},
		async (by) => isOfTrial(by) || (await host()).allowed(),
	);

	// The pool.
	const folder = context.globalStorageUri;
	const ledger = new SharedLedger({
		place: new LazyPlace(folder.scheme === 'file' ? folder.fsPath : undefined),
		clock: machineClock,
		random: Math.random,
		rejoin: async () => (await import('./pool/upkeep')).toContribute,
		onTrouble: createStoreNotice({
			say: async (trouble) => (await words()).sayStoreTrouble(trouble),
			memory: context.globalState,
			warn: (text) => void vscode.window.showWarningMessage(text),
			log: (trouble, cause) => {
				log.warn(`the record of quotas is out of reach: ${trouble}`);
				if (cause !== undefined) report(cause);
			},
		}),
		onError: report,
	});
	owned.add({ dispose: () => void ledger.close() });
	const windowId = newId();
	const check = async (id: KeyId, signal: AbortSignal): Promise<void> => {
		const secret = await secretOf(id);
		if (secret === undefined) throw new Failure({ act: 'fail', why: 'unexpected' }, false, 'The key is gone.');
		await gemini.check(secret, signal);
	};
	const pool = owned.add(
		new Pool({
			ledger,
			clock: systemClock,
			random: Math.random,
			check,
			load: async () => (await import('./pool/sending')).Sending,
			window: windowId,
			onListenerError: report,
		}),
	);
	const rotation = owned.add(
		new OrderRotation({
			when: settings.rotation,
			clock: systemClock,
			refused: (expression) => {
				void import('./keys/rotationNotice').then((room) => room.sayBadRotation(expression, log));
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
		if (__DEV__ && lent.length > 0) await (await import('./keys/lend')).lend(lent, keyring);
		await trial.resume();
	};
	const reading = firstRead({ keyring, then: begin, turned: applyKeys, report });
	owned.add(keyring.onDidChange(applyKeys));
	owned.add(rotation.onDidChange(applyKeys));
	owned.add(settings.limits.onDidChange(applyKeys));
	pool.configure(settings.options);
	owned.add(settings.onDidChange(() => pool.configure(settings.options)));
	const obstacle = async (): Promise<'hostRefused' | 'keysLocked' | undefined> => {
		if (!(await reading.read())) return 'keysLocked';
		return trial.on || (await (await host()).allowed()) ? undefined : 'hostRefused';
	};
	const ask = lazily(async () => {
		const { createAsk } = await import('./ask');
		return createAsk({ pool, gemini, settings, obstacle, newId });
	});

	// Who keeps house, and who watches: one of the windows on the ledger for each role.
	const upkeep = lazily(async () => {
		const room = await import('./pool/upkeep');
		const ownership = owned.add(new room.Ownership(ledger, systemClock, windowId));
		const keeping = new room.Upkeep(ledger, pool);
		ownership.bid('housekeeping', () => room.keepHouse(keeping, systemClock, report));
		return { ownership, forget: (...of: Parameters<typeof keeping.forget>) => keeping.forget(...of) };
	});
	const monitoring = lazily(async () => {
		const { startMonitoring } = await import('./monitoring/startMonitoring');
		return owned.add(
			startMonitoring({
				pool,
				clock: systemClock,
				random: Math.random,
				settings,
				words: await words(),
				log,
				masker,
				ownership: (await upkeep()).ownership,
				secrets: context.secrets,
				memento: context.globalState,
				pretence: trial,
				servePage: async (port, page) => {
					const { servePage } = await import('./platform/pageServer');
					return servePage(port, page);
				},
				fetch: (url, init) => globalThis.fetch(url, init),
				sendMail: async (server, mail, signal) => {
					const { sendMail } = await import('./platform/mailer');
					await sendMail(server, mail, signal);
				},
				newId,
				warn: (text) => void vscode.window.showWarningMessage(text),
				report,
			}),
		);
	});
	// At once, but not before the window has what it shows.
	void monitoring().catch(report);

	// What people see.
	const labelOf = (id: KeyId): string => keyring.list().keys.find((key) => key.id === id)?.label ?? '';
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
			acts: keyActs(keyring, pool, {
				showLog: () => channel.show(),
				set: settingWriter(vscode.workspace),
				fallbackModels: () => settings.fallbackModels.value,
				models: async (signal) => (await modelsOffered(signal)).map(({ id }) => id),
				failed: (error) => {
					void import('./keys/words').then(({ sayFailure }) => sayFailure(error, report));
				},
			}),
		}),
	);
	const { extensionUri, globalStorageUri, workspaceState } = context;
	owned.add(
		registerDashboard({
			...{ extensionUri, pool: view, history: pool.usage(), words, clock: viewClock },
			...{ mask: masker.mask, newNonce: newId, isSimulated: () => trial.on, report },
		}),
	);
	const changes = lazily(() => import('./editor/applyDiff').then((room) => owned.add(new room.ApplyDiff())));
	const chat = owned.add(
		new LazyChat(async () => {
			const [{ createChat }, { createAnswerCode }, context] = await Promise.all([
				import('./chat/createChat'),
				import('./editor/answerCode'),
				import('./editor/chatContext'),
			]);
			return createChat({
				ask: await ask(),
				labelOf,
				clock: systemClock,
				newId,
				memento: workspaceState,
				storage: vscode.Uri.joinPath(globalStorageUri, 'conversations'),
				diskFolder: async (path) => (await import('./platform/diskFolder')).diskFolder(path, newId),
				keep: settings.keepConversations,
				extensionUri,
				model: settings.model,
				words: await words(),
				newNonce: newId,
				models: (signal) => modelsOffered(signal),
				cost: (prompt) => gemini.cost(prompt),
				editor: {
					...createAnswerCode(await changes()),
					selection: context.codeForChat,
					changes: context.changesForChat,
					pickFiles: context.pickFiles,
					readFile: context.readFile,
				},
				pool: { snapshot: () => view.snapshot(), onDidChange: (listener) => ({ dispose: view.onDidChange(listener) }) },
				warn: (text) => log.warn(text),
				onError: report,
			});
		}, report),
	);
	leave = () => chat.leave();

	// What people do, read at its first use.
	const assistant = lazily(async () => {
		return { ask: await ask(), words: await words(), labelOf, now: systemClock.wall, keys: reading, report };
	});
	owned.add(registerCodeActions());
	const batch = lazily(async () => {
		const { BatchFiles } = await import('./editor/batch/runBatchFile');
		const [{ ownership }, by] = await Promise.all([upkeep(), assistant()]);
		const width = (): number => settings.options.batchWidth;
		return owned.add(new BatchFiles({ assistant: by, width, clock: systemClock, ownership }));
	});
	owned.add(
		registerLazily(editorCommandNames, async () => {
			const { editorCommands } = await import('./editor/commands');
			return editorCommands({ chat, assistant: await assistant(), changes: await changes(), batch });
		}),
	);
	owned.add(
		registerLazily(keyCommandNames, async () => {
			const { keyCommands } = await import('./keys/commands');
			return keyCommands({
				keyring,
				check: (secret, signal) => gemini.check(secret, signal),
				checked: (id, outcome) => {
					if (outcome.is === 'works') void pool.learn(id, undefined).catch(report);
					if (outcome.is === 'refused') void pool.learn(id, outcome.failure).catch(report);
				},
				environment: () => (typeof process === 'undefined' ? {} : process.env),
				read: () => reading.read(),
				isSimulated: () => trial.on,
				isPaused: () => pool.snapshot().paused !== undefined,
				useAgain: (key) => pool.act({ do: 'unbench', key }),
				report,
			});
		}),
	);
	owned.add(
		registerLazily(alertCommandNames, async () => {
			const { alertCommands } = await import('./monitoring/alerts/commands');
			return alertCommands({
				secrets: context.secrets,
				targets: async () => (await monitoring()).alertTargets(),
				clock: systemClock,
				words: await words(),
				log,
				report,
			});
		}),
	);
	owned.add(
		registerLazily(['keypool.reportProblem'], async () => {
			const { reportProblem } = await import('./monitoring/report/command');
			return {
				'keypool.reportProblem': () =>
					reportProblem({
						extensionId: context.extension.id,
						settings: settings.names,
						snapshot: () => pool.snapshot(),
						lines: () => recent.lines,
						mask: masker.mask,
					}),
			};
		}),
	);
	owned.add(
		registerLazily(viewCommandNames, async () => {
			const { keyActions } = await import('./views/keyActions');
			return keyActions(await views.forActions());
		}),
	);
	owned.add(
		registerLazily(['keypool.removeEverything'], async () => {
			const { removeEverything } = await import('./removeEverything');
			const { secrets, workspaceState, globalState, globalStorageUri } = context;
			const files = vscode.Uri.joinPath(globalStorageUri, 'conversations');
			const rooms = [() => keyring.eraseAll(), async () => (await upkeep()).forget(), () => chat.forget()];
			const belongings = { secrets, workspaceState, globalState, files, rooms, report };
			return { 'keypool.removeEverything': () => removeEverything(belongings) };
		}),
	);
	owned.add(offerUndo(keyring));
	void reading.read();

	return __DEV__ && context.extensionMode === vscode.ExtensionMode.Test ? { secrets: context.secrets } : undefined;

	async function modelsOffered(signal: AbortSignal): Promise<readonly ModelInfo[]> {
		const usable = pool.snapshot().keys.find(({ standing }) => standing.is !== 'benched' && standing.is !== 'disabled');
		const secret = usable && (await secretOf(usable.key.id));
		// Nobody who has not asked anything is asked where keys may go.
		return secret === undefined || !(isOfTrial({ secret }) || (await host()).settled)
			? []
			: gemini.models(secret, signal);
	}
}

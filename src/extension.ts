import * as vscode from 'vscode';
import { PublicApi } from './api/publicApi';
import type { KeypoolApi } from './api/types';
import { createAsk, withDefaults } from './ask';
import { ModelListCache, modelsOffered } from './chat/view/modelListCache';
import { RegisteredChat } from './chat/view/registerChat';
import { workspaceFolder } from './chat/storage/workspaceFolder';
import { registerCommands, registerLazily } from './common/commands';
import { DisposableStore } from './common/dispose';
import { exists } from './common/exists';
import { lazily, once, type Lazy } from './common/lazily';
import { isDevelopmentKey, lockable, numberedIds, readDevelopment } from './development';
import { laterName } from './editor/batch/laterName';
import { registerCodeActions } from './editor/commands/codeActions';
import type { Editor } from './editor/createEditor';
import { editorCommandNames } from './editor/commands/commandNames';
import { geminiOf, type Caller } from './gemini/gemini';
import { validateBaseUrl } from './gemini/request/address';
import { KeyringLoader } from './keys/check/keyringLoader';
import { learnFromPool } from './keys/check/learnFromPool';
import { checkKey } from './keys/check/checkKey';
import { secretOrFailure } from './keys/check/secretOrFailure';
import { keyCommandNames } from './keys/commands/commandNames';
import { askAboutHeldKeys } from './keys/commands/heldKeys';
import { SameProjectSuggestions } from './keys/check/sameProjectSuggestions';
import { offerUndo } from './keys/commands/offerUndo';
import { suggestSameProject } from './keys/commands/suggestSameProject';
import { createServiceHost } from './keys/endpoint/hostConfirmation';
import { environmentOfHost } from './keys/import/environmentNames';
import { EnvironmentOffer } from './keys/import/environmentOffer';
import { Keyring } from './keys/keyring/keyring';
import { showFailure, showLocked } from './keys/keyring/keyringErrors';
import { createMemoryStore } from './keys/keyring/memoryStore';
import { withPresetLimits } from './keys/keyring/presetLimits';
import { OrderRotation } from './keys/rotation/orderRotation';
import { showBadRotation } from './keys/rotation/rotationNotice';
import { registerLanguageModel } from './languageModel/registerLanguageModel';
import { registerLocalGateway } from './localGateway/registerLocalGateway';
import { createWords } from './localization/words';
import { createMasker } from './masking/masking';
import { monitoringCommandNames } from './monitoring/commandNames';
import { createLog, errorsTo } from './monitoring/log/log';
import { RecentLines } from './monitoring/log/recentLines';
import { createPlatform } from './node/platform';
import { systemClock } from './node/systemClock';
import { LeaderElection, Maintenance, Pool, startMaintenance, windowMutex, type KeyId } from './pool/pool';
import { changedBudgets, configurationSource, Settings } from './settings/settings';
import { settingWriter } from './settings/writer';
import { isSimulated } from './simulatorMode/names';
import { SimulatedStore } from './simulatorMode/simulatedStore';
import { startSimulatorMode } from './simulatorMode/startSimulatorMode';
import { registerTeam } from './team/registerTeam';
import { StoreSwitch } from './team/storeSwitch';
import { startTeamGateway } from './teamGateway/startTeamGateway';
import { showWarning } from './ui/messages';
import { viewCommandNames } from './views/commands/commandNames';
import { keyOperations } from './views/commands/keyOperations';
import { registerDashboard } from './views/dashboard/registerDashboard';
import { createSettingNotice } from './views/notices/settingNotice';
import { createStoreNotice } from './views/notices/storeNotice';
import { gatewayText, historyOf, poolWithUnread, viewOf, type WhichKeys } from './views/shared/poolView';
import { createViews } from './views/views';
import { WorkspaceFiles } from './workspaceFiles/workspaceFiles';

/** What the tests inside VS Code get beside the API, of a window that runs from the sources. */
export interface TestAccess {
	readonly secrets: vscode.SecretStorage;
}

/** What must be done before the window goes: VS Code hands `deactivate` nothing. */
let leave = (): Promise<void> => Promise.resolve();

/** VS Code waits for it, for some seconds. */
export const deactivate = (): Promise<void> => leave();

/** The composition root: what exists, who owns it, and who knows whom. Heavy libraries are read where they are first used. */
export function activate(context: vscode.ExtensionContext): KeypoolApi & Partial<TestAccess> {
	const { extensionUri, globalState, globalStorageUri, workspaceState } = context;
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
	const report = errorsTo(log);
	const viewClock = { now: () => stateStore.now(), after: systemClock.after };
	const words = createWords(vscode.l10n.t, { language: vscode.env.language }, viewClock.now, () => teamGateway.isOn);
	const settingsSource = configurationSource(vscode.workspace);
	const settingReports = { invalid: createSettingNotice(log), listenerFailed: report };
	const settings = owned.add(new Settings(settingsSource, context.extension.packageJSON, settingReports));

	// The machine, where the host has one, and files: those of the workspace, which anybody can have written, and our own.
	const platform = createPlatform({ globalStorage: globalStorageUri, globalState, newId, report, workspaceFolder });
	const { hasDisk, machine, folderAt, patientFetch, eraseRemains } = platform;
	void vscode.commands.executeCommand('setContext', 'keypool.inBrowser', platform.isBrowser);
	const files = new WorkspaceFiles({
		disk: hasDisk ? async () => (await machine()).files : undefined,
		folders: () => (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri),
		...{ fs: vscode.workspace.fs, newId },
	});
	const stored = (name: string): vscode.Uri => vscode.Uri.joinPath(globalStorageUri, name);

	// Keys.
	const secrets = owned.add(platform.guardSecrets(context.secrets, () => import('./keys/check/otherTabs')));
	const { keys: developmentKeys = [], lock } = development ?? {};
	const kept = __DEV__ && developmentKeys.length > 0 ? createMemoryStore() : secrets;
	const store = __DEV__ && lock !== undefined ? lockable(kept, () => exists(vscode.Uri.file(lock))) : kept;
	const simulated = owned.add(new SimulatedStore(store, report));
	const keyring = owned.add(
		new Keyring(simulated, {
			...{ clock: systemClock, report, inTurn: windowMutex('keyring', () => election(), systemClock) },
			// Development keys have the same ids in every window and after a reload, so that what is known of them stays.
			newId: __DEV__ && developmentKeys.length > 0 ? numberedIds('lent') : newId,
			numberedLabel: (n) => vscode.l10n.t('Key {0}', n),
			// A simulated development key is no secret: its label is the key.
			learn: (secret) => {
				if (!(__DEV__ && isDevelopmentKey(secret, developmentKeys))) masker.learnKey(secret);
			},
		}),
	);
	const simulator = startSimulatorMode(owned, {
		...{ store, simulated, keyring, isGatewayUsed: () => teamGateway.isOn, report },
		onLeft: (of) => maintenance().erase(of),
	});
	const teamGateway = startTeamGateway(owned, {
		...{ secrets: store, memory: globalState, clock: systemClock, learn: masker.learnKey },
		...{ patientFetch, keyring, simulator, report },
	});
	const secretOf = async (id: KeyId): Promise<string | undefined> =>
		teamGateway.secretOf(id) ?? secretOrFailure(keyring.secretOf(id));
	const keysInUse = () => teamGateway.source() ?? keyring.list();
	const labelOf = (id: KeyId): string => keysInUse().keys.find((key) => key.id === id)?.label ?? '';
	const heldKeys = askAboutHeldKeys(masker);
	const environmentOffer = new EnvironmentOffer({
		...{ environment: environmentOfHost, memory: globalState, report },
		parse: async (environment) => (await import('./keys/import/envImport')).keysInEnvironment(environment),
		setOffered: (isOffered) => vscode.commands.executeCommand('setContext', 'keypool.keysInEnvironment', isOffered),
	});

	// The service, and who may receive keys.
	const baseUrl = (): string => development?.baseUrl ?? settings.baseUrl.value;
	const isSettled = (by: Caller): boolean => isSimulated(by) || teamGateway.has(by);
	const host = createServiceHost(() => validateBaseUrl(baseUrl()), globalState);
	const gemini = geminiOf(async () => {
		const { createGemini } = await import('./gemini/service');
		return createGemini({
			...{ secretOf, baseUrl, mask: masker.mask, keyStream: masker.keyStream, fetch: platform.fetch },
			...{ maskKeys: masker.maskKeys, mayReceive: host.mayReceiveKeys, patientFetch },
			transportOverride: (secret) => teamGateway.transportOverride(secret) ?? simulator.transportOverride(secret),
			allowed: async (by) => isSettled(by) || (await host.allowed()),
		});
	});
	const check = checkKey(secretOf, gemini);

	// The pool.
	const warn = (text: string): unknown => showWarning(text);
	const onStoreError = createStoreNotice({ say: words.describeStoreError, memory: globalState, warn, log, report });
	const machineStore = platform.createStateStore({ random: Math.random, onStoreError, onError: report });
	// Closed last: what is cancelled when the rest is disposed of still ends in it.
	const stateStore = new StoreSwitch(machineStore, report);
	const windowId = newId();
	const pool = owned.add(
		new Pool({
			...{ store: stateStore, clock: systemClock, random: Math.random, check, window: windowId },
			pricing: async () => (await import('./prices/priceList')).createPrices(() => settings.prices.value),
			onListenerError: report,
		}),
	);
	pool.configure(settings.options);
	owned.add(settings.onDidChange(() => pool.configure(settings.options)));
	const sameProject = new SameProjectSuggestions(keyring, pool, (...of) => suggestSameProject(...of, report));
	owned.add({ dispose: learnFromPool(pool, keyring, (key) => sameProject.learnt(key), report) });

	// Which keys the pool has.
	const rotation = owned.add(
		new OrderRotation({
			...{ expression: settings.rotation, clock: systemClock, report },
			onInvalid: (expression) => showBadRotation(expression, log),
		}),
	);
	const applyKeys = (): void => {
		const own = simulator.usable(keyring.list());
		const { keys, projects } = teamGateway.source() ?? withPresetLimits(own, settings.limits.value);
		pool.setKeys(rotation.order(keys), projects);
	};
	const keyLoader = new KeyringLoader({
		keyring: { load: () => teamGateway.load().then(() => keyring.load()), list: keysInUse },
		onLoaded: async () => {
			applyKeys();
			if (__DEV__ && developmentKeys.length > 0) {
				const { addDevelopmentKeys } = await import('./keys/commands/developmentKeys');
				await addDevelopmentKeys(developmentKeys, keyring);
			}
			await simulator.resume();
		},
		onRefused: showLocked,
		onDidChangeUnread: () => {
			void vscode.commands.executeCommand('setContext', 'keypool.keysLocked', keyLoader.unread === 'locked');
			applyKeys();
		},
		report,
	});
	for (const source of [keyring, teamGateway, rotation, settings.limits]) owned.add(source.onDidChange(applyKeys));
	owned.add(teamGateway.follow(pool));

	// Who asks.
	const offered = {
		snapshot: () => pool.snapshot(),
		secretOf,
		models: (secret: string, stop: AbortSignal) => gemini.models(secret, stop),
		// Nobody who has not asked anything is asked where keys may go.
		mayAsk: (secret: string) => Promise.resolve(isSettled({ secret }) || host.isAllowed),
	};
	const whose = (): string => `${simulator.isOn} ${teamGateway.source()?.keys[0]?.id} ${baseUrl()}`;
	const catalogue = new ModelListCache((signal) => modelsOffered(offered, signal), systemClock.monotonic, whose);
	const blockedReason = async (isAsked = true): Promise<'keysLocked' | 'hostRefused' | undefined> => {
		if (!(await keyLoader.load(isAsked))) return 'keysLocked';
		return simulator.isOn || teamGateway.isOn || (await host.allowed()) ? undefined : 'hostRefused';
	};
	const ask = createAsk({
		...{ pool, gemini, settings, models: catalogue, newId, blockedReason },
		overBudget: async (...of) => (await spendingWatch()).ask(...of),
	});
	const assistant = { ask, words, heldKeys, labelOf, now: systemClock.wall, keys: keyLoader, files, report };

	// Who keeps house, and who watches: one of the windows that share the store for each role.
	const election = once(() => owned.add(new LeaderElection(stateStore, systemClock, windowId)));
	const maintenance = once(() => new Maintenance(stateStore, pool, () => keyring.list().keys));
	const monitoring = lazily(async () => {
		const { startMonitoring } = await import('./monitoring/startMonitoring');
		return owned.add(
			startMonitoring({
				...{ pool, clock: systemClock, random: Math.random, settings, words, log, masker, secrets, newId, report },
				election: election(),
				...{ memento: globalState, simulatedKeys: simulator },
				fetch: platform.alertFetch,
				...{ metrics: platform.metrics, sendMail: platform.sendMail },
				warn: (text) => void showWarning(text),
			}),
		);
	});

	// Also where another window removes everything: no batch of before goes on with keys that are added then.
	const forget = () => chat.forget().then(() => workspaceState.update(laterName, undefined));
	const forgetCounts = async () => (await monitoring()).forget();
	const team = owned.add(
		registerTeam({
			...{ store: stateStore, secrets, memory: globalState, keyring, secretOf, newId, report, log, clock: systemClock },
			...{ learnSecret: masker.learnKey, isSimulatorOn: () => simulator.isOn },
		}),
	);

	// What people see.
	const view = viewOf(pool, () => teamGateway.shown, team.shown);
	const whichKeys = (): WhichKeys =>
		teamGateway.isOn ? 'gateway' : simulator.isOn ? 'simulated' : (keyLoader.unread ?? 'own');
	const set = settingWriter(vscode.workspace);
	const acts = keyOperations(keyring, pool, rotation, {
		...{ set, showLog: () => channel.show(), fallbackModels: () => settings.fallbackModels.value },
		budgets: () => settings.budgets.value,
		setBudgets: (change) => set('budgets', changedBudgets(settingsSource.read('budgets'), change)),
		models: async (signal) => (await modelsOffered(offered, signal)).map(({ id }) => id),
		failed: (error) => showFailure(error, report),
	});
	const views = owned.add(
		createViews({
			...{ pool: view, history: historyOf(pool), words, clock: viewClock, acts },
			...{ which: whichKeys, rotation: () => settings.rotation.value },
		}),
	);
	const spendingWatch = lazily(async () => {
		const { startSpendingWatch } = await import('./views/notices/spendingWatch');
		return owned.add(startSpendingWatch({ pool, view, words, acts, clock: viewClock }));
	});
	owned.add(
		registerDashboard({
			...{ extensionUri, pool: view, history: pool.usage(), words, clock: viewClock, files, report },
			...{ mask: masker.mask, newNonce: newId, isSimulated: () => simulator.isOn },
			prices: async () => (await import('./prices/priceList')).priceListAge,
			loadKeys: () => keyLoader.load(false),
		}),
	);
	const chat = owned.add(
		new RegisteredChat(
			async () => ({
				...{ ask, election: election(), catalogue, labelOf, clock: systemClock, newId, words, heldKeys, extensionUri },
				...{ memento: workspaceState, storage: stored('conversations'), folderAt },
				...{ keep: settings.keepConversations, model: settings.model, generation: settings.generation },
				newNonce: newId,
				cost: (prompt) => gemini.cost(withDefaults(prompt, settings.generation.value)),
				editor: (await editor()).forChat,
				pool: poolWithUnread(view, () => keyLoader.unread),
				warn: (text) => log.warn(text),
				onError: report,
			}),
			report,
		),
	);
	leave = () => chat.leave().then(() => pool.leave().then(() => stateStore.close()));

	// What people do.
	const editor: Lazy<Editor> = lazily(async () => {
		const { createEditor } = await import('./editor/createEditor');
		return owned.add(
			createEditor({
				...{ chat, assistant, clock: systemClock, election: election(), memento: workspaceState },
				records: () => folderAt(stored('batch')),
				width: () => settings.options.batchConcurrency,
				usual: () => ({ model: settings.model.value, options: settings.generation.value }),
			}),
		);
	});
	owned.add(
		registerLanguageModel(context.extensionUri, () => ({
			...{ ask, words, labelOf, newId, report, catalogue, settings, heldKeys, pool, stateStore },
			...{ clock: systemClock, memento: globalState, keys: keyLoader, extensionId: context.extension.id },
			...{ editor: async () => (await editor()).forChat, gateway: gatewayText(view, words, viewClock) },
		})),
	);
	const gateway = owned.add(
		registerLocalGateway(platform.gateway, context.extension, () => ({
			...{ pool, stateStore, words, secrets, windowId, log, settings, settingsSource, newId, report, set },
			...{ gemini, blockedReason, clock: systemClock, election: election(), learn: masker.learn },
		})),
	);
	owned.add(registerCodeActions());
	owned.add(registerLazily(editorCommandNames, async () => (await editor()).commands));
	owned.add(
		registerLazily(keyCommandNames, async () => {
			const { keyCommands } = await import('./keys/commands/commands');
			return keyCommands({
				keyring,
				check: (secret, signal) => gemini.check(secret, signal),
				onChecked: (id, outcome) => {
					if (outcome.type === 'works') void pool.recordCheck(id, undefined).catch(report);
					if (outcome.type === 'refused') void pool.recordCheck(id, outcome.failure).catch(report);
				},
				environment: environmentOfHost,
				environmentShown: () => environmentOffer.markShown(),
				load: () => keyLoader.load(),
				isSimulated: () => simulator.isOn,
				isPaused: () => pool.snapshot().paused !== undefined,
				useAgain: (key) => pool.execute({ type: 'liftQuarantine', key }),
				sameProject,
				report,
			});
		}),
	);
	owned.add(registerLazily(monitoringCommandNames, async () => (await monitoring()).commands));
	owned.add(registerLazily(viewCommandNames, () => views.commands()));
	owned.add(
		registerCommands({
			'keypool.removeEverything': async () =>
				(await import('./removeEverything')).removeEverything({
					...{ secrets, workspaceState, globalState, report },
					folders: [stored('conversations'), stored('batch')].map((root) => () => folderAt(root)),
					// The team first: its counts stay. Then the chat: an answer that is stopped counts as used.
					rooms: [team.leave, forget, () => keyring.eraseAll()],
					records: [() => maintenance().erase(), forgetCounts, eraseRemains],
				}),
			'keypool.reportProblem': async () =>
				(await import('./monitoring/report/command')).reportProblem({
					...{ extensionId: context.extension.id, settings: settings.names },
					...{ snapshot: () => pool.snapshot(), lines: () => recent.lines, mask: masker.mask },
				}),
		}),
	);
	owned.add(offerUndo(keyring));

	// What begins now: keys are read, and once the window has what it shows, it watches and keeps house.
	void keyLoader.load().then(team.follow).catch(report);
	// Lent keys are there already.
	if (!(__DEV__ && developmentKeys.length > 0)) environmentOffer.start().catch(report);
	// What was kept before may be for others to read: first, so that nothing that fails leaves it so.
	const closeToOthers = async (): Promise<void> => {
		const roots = [globalStorageUri, context.storageUri].flatMap((uri) => (uri?.scheme === 'file' ? [uri.fsPath] : []));
		if (roots.length > 0) await (await machine()).makeAllPrivate(roots, report);
	};
	const begin = async (): Promise<void> => {
		await closeToOthers().catch(report);
		await Promise.all([monitoring(), spendingWatch(), gateway.begin(), workspaceState.get(laterName) && editor()]);
		owned.add({ dispose: maintenance().followOthers(forget, report, forgetCounts) });
		election().campaign('housekeeping', () => startMaintenance(maintenance(), systemClock, report));
	};
	owned.add({ dispose: systemClock.after(0, () => void begin().catch(report)) });

	// What other extensions get.
	const { api } = owned.add(new PublicApi({ pool, clock: systemClock, isSimulated: () => simulator.isOn, report }));
	return __DEV__ && context.extensionMode === vscode.ExtensionMode.Test ? { ...api, secrets: context.secrets } : api;
}

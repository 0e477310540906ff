import * as vscode from 'vscode';
import { showWarning } from './ui/messages';
import type { Folder } from './chat/storage/folder';
import type { LazyChat } from './chat/view/lazyChat';
import type { DisposableStore } from './common/dispose';
import type { ModelInfo } from './gemini/gemini';
import { lazyGemini } from './gemini/lazyGemini';
import { environmentOfHost } from './keys/import/environmentNames';
import type { EnvironmentOffer } from './keys/import/environmentOffer';
import type { FirstRead } from './keys/check/firstRead';
import type { Keyring } from './keys/keyring/keyring';
import { learnFromPool } from './keys/check/learnFromPool';
import type { OrderRotation } from './keys/rotation/orderRotation';
import { secretOrFailure } from './keys/check/secretOrFailure';
import { lazily } from './common/lazily';
import type { LearningMasker } from './masking/masking';
import type { Log } from './monitoring/log/log';
import type { RecentLines } from './monitoring/log/recentLines';
import { systemClock } from './node/systemClock';
import { Failure, type KeyId, type Ledger, type Pool } from './pool/pool';
import type { Upkeep } from './pool/maintenance/upkeep';
import type { Settings } from './settings/settings';
import { isOfTrial } from './simulatorMode/names';
import type { Trial } from './simulatorMode/trial';
import type { PoolView, Views } from './views/views';
import type { Words } from './localization/words';
import { WorkspaceFiles } from './workspaceFiles/workspaceFiles';

/** What is there from the start. */
export interface House {
	readonly context: vscode.ExtensionContext;
	/** Ends what is made here. */
	readonly owned: DisposableStore;
	readonly newId: () => string;
	readonly masker: LearningMasker;
	readonly channel: vscode.LogOutputChannel;
	readonly log: Log;
	readonly recent: RecentLines;
	readonly report: (error: unknown) => void;
	readonly words: () => Promise<Words>;
	readonly settings: Settings;
	readonly baseUrl: () => string;
	readonly keyring: Keyring;
	readonly rotation: OrderRotation;
	readonly environmentOffer: EnvironmentOffer;
	readonly reading: FirstRead;
	readonly trial: Trial;
	readonly ledger: Ledger;
	readonly pool: Pool;
	readonly view: PoolView;
	/** This window's name on the ledger. */
	readonly windowId: string;
	readonly chat: LazyChat;
	readonly views: Views;
}

export type Rooms = ReturnType<typeof createRooms>;

/**
 * The second half of the composition root: what nobody needs before somebody asks or runs a command. Each room is read when
 * it is asked for.
 */
export function createRooms(house: House) {
	const { context, owned, newId, masker, log, recent, report, words, settings, baseUrl, keyring, reading, trial } =
		house;
	const { channel, ledger, pool, rotation, environmentOffer, view, windowId, chat, views } = house;
	const { extensionUri, globalStorageUri, workspaceState } = context;
	const hasDisk = globalStorageUri.scheme === 'file';

	// Files: those of the workspace, which can be a stranger's, and our own.
	const files = new WorkspaceFiles({
		disk: hasDisk ? lazily(async () => (await import('./node/diskFiles')).diskFiles(newId)) : undefined,
		fs: vscode.workspace.fs,
		folders: () => (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri),
		newId,
	});
	const storedFolder = async (name: string): Promise<Folder> => {
		const at = vscode.Uri.joinPath(globalStorageUri, name);
		return hasDisk
			? (await import('./node/diskFolder')).diskFolder(at.fsPath, newId)
			: (await import('./chat/storage/workspaceFolder')).workspaceFolder(at, newId);
	};

	// The service, and who may receive keys.
	const host = lazily(async () => {
		const rooms = [import('./keys/endpoint/hostConfirmation'), import('./gemini/request/baseUrl')] as const;
		const [{ confirmedHost }, { validateBaseUrl }] = await Promise.all(rooms);
		return confirmedHost(() => validateBaseUrl(baseUrl()), context.globalState);
	});
	const secretOf = (id: KeyId): Promise<string | undefined> => secretOrFailure(keyring.secretOf(id));
	const gemini = lazyGemini(
		async () => {
			const { createGemini } = await import('./gemini/gemini');
			const ways = { fetch: globalThis.fetch, mayReceive: (await host()).isSettled, standIn: trial.standIn };
			return createGemini({ secretOf, baseUrl, mask: masker.mask, keyStream: masker.keyStream, ...ways });
		},
		async (by) => isOfTrial(by) || (await host()).allowed(),
	);

	const check = async (id: KeyId, signal: AbortSignal): Promise<void> => {
		const secret = await secretOf(id);
		if (secret === undefined) throw new Failure({ act: 'fail', why: 'unexpected' }, false, 'The key is gone.');
		await gemini.check(secret, signal);
	};

	const suggest = async (id: KeyId): Promise<void> =>
		(await import('./keys/commands/suggestSameProject')).suggestSameProject([id], keyring);
	owned.add({ dispose: learnFromPool(pool, keyring, suggest, report) });

	// Who asks.
	const obstacle = async (): Promise<'hostRefused' | 'keysLocked' | undefined> => {
		if (!(await reading.read())) return 'keysLocked';
		return trial.on || (await (await host()).allowed()) ? undefined : 'hostRefused';
	};
	const catalogue = lazily(() =>
		import('./chat/view/catalogue').then((room) => new room.Catalogue(modelsOffered, systemClock.steady)),
	);
	const ask = lazily(async () => {
		const [{ createAsk }, models] = await Promise.all([import('./ask'), catalogue()]);
		return createAsk({ pool, gemini, settings, models, obstacle, newId });
	});
	const labelOf = (id: KeyId): string => keyring.list().keys.find((key) => key.id === id)?.label ?? '';
	const heldKeys = lazily(async () => {
		const { askAboutHeldKeys } = await import('./keys/commands/heldKeys');
		return askAboutHeldKeys(masker.holdsKey);
	});
	const assistant = lazily(async () => {
		const own = { labelOf, now: systemClock.wall, keys: reading, files, report };
		return { ask: await ask(), words: await words(), heldKeys: await heldKeys(), ...own };
	});

	// Who keeps house, and who watches: one of the windows on the ledger for each role.
	const upkeep = lazily(async () => {
		const room = await import('./pool/maintenance/upkeep');
		const ownership = owned.add(new room.Ownership(ledger, systemClock, windowId));
		const keeping = new room.Upkeep(ledger, pool);
		owned.add({ dispose: keeping.followOthers(() => chat.forget(), report) });
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
					const { servePage } = await import('./node/pageServer');
					return servePage(port, page);
				},
				fetch: (url, init) => globalThis.fetch(url, init),
				sendMail: async (server, mail, signal) => {
					const { sendMail } = await import('./node/mailer');
					await sendMail(server, mail, signal);
				},
				newId,
				warn: (text) => void showWarning(text),
				report,
			}),
		);
	});

	// What people do.
	const changes = lazily(() => import('./editor/apply/applyDiff').then((room) => owned.add(new room.ApplyDiff())));
	const batch = lazily(async () => {
		const { BatchFiles } = await import('./editor/batch/runBatchFile');
		const { OwnResults } = await import('./editor/batch/ownResults');
		const [{ ownership }, by, records] = await Promise.all([upkeep(), assistant(), storedFolder('batch')]);
		const width = (): number => settings.options.batchWidth;
		const ownResults = new OwnResults(records);
		const usual = () => ({ model: settings.model.value, options: settings.generation.value });
		return owned.add(new BatchFiles({ assistant: by, width, usual, clock: systemClock, ownership, ownResults }));
	});

	return {
		check,
		/** Reads and writes files of the workspace. */
		files,
		/** The models that the service offers; none where nobody can ask it now. */
		models: modelsOffered,
		/** Begins to watch and to keep house. */
		begin: async () => {
			await monitoring();
			await makePrivate();
		},
		/** Forgets what is known of all keys, or of some. */
		forget: async (...of: Parameters<Upkeep['forget']>) => (await upkeep()).forget(...of),
		chat: async () => {
			const [{ createChat }, { withDefaults }, { createAnswerCode }, gathered] = await Promise.all([
				import('./chat/view/createChat'),
				import('./ask'),
				import('./editor/apply/answerCode'),
				import('./editor/context/chatContext'),
			]);
			return createChat({
				...{ ask: await ask(), ownership: (await upkeep()).ownership, catalogue: await catalogue() },
				...{ labelOf, clock: systemClock, newId },
				memento: workspaceState,
				storage: vscode.Uri.joinPath(globalStorageUri, 'conversations'),
				diskFolder: async (path) => (await import('./node/diskFolder')).diskFolder(path, newId),
				keep: settings.keepConversations,
				extensionUri,
				model: settings.model,
				words: await words(),
				newNonce: newId,
				generation: settings.generation,
				cost: (prompt) => gemini.cost(withDefaults(prompt, settings.generation.value)),
				heldKeys: await heldKeys(),
				editor: {
					...createAnswerCode(await changes()),
					selection: () => gathered.codeForChat(files),
					changes: gathered.changesForChat,
					pickFiles: gathered.pickFiles,
					readFile: (address) => gathered.readFile(files, address),
				},
				pool: {
					snapshot: () => view.snapshot(),
					isLocked: () => reading.isLocked,
					onDidChange: (listener) => ({ dispose: view.onDidChange(listener) }),
				},
				warn: (text) => log.warn(text),
				onError: report,
			});
		},
		/** What the commands on rows do. */
		acts: async () => {
			const [{ keyActs }, { settingWriter }, { sayFailure }] = await Promise.all([
				import('./views/commands/keyActs'),
				import('./settings/writer'),
				import('./keys/check/words'),
			]);
			return keyActs(keyring, pool, rotation, {
				showLog: () => channel.show(),
				set: settingWriter(vscode.workspace),
				fallbackModels: () => settings.fallbackModels.value,
				models: async (signal) => (await modelsOffered(signal)).map(({ id }) => id),
				failed: (error) => sayFailure(error, report),
			});
		},
		editorCommands: async () => {
			const { editorCommands } = await import('./editor/commands/commands');
			return editorCommands({ chat, assistant: await assistant(), changes: await changes(), batch });
		},
		keyCommands: async () => {
			const { keyCommands } = await import('./keys/commands/commands');
			return keyCommands({
				keyring,
				check: (secret, signal) => gemini.check(secret, signal),
				checked: (id, outcome) => {
					if (outcome.is === 'works') void pool.learn(id, undefined).catch(report);
					if (outcome.is === 'refused') void pool.learn(id, outcome.failure).catch(report);
				},
				environment: environmentOfHost,
				environmentShown: () => environmentOffer.answered(),
				read: () => reading.read(),
				isSimulated: () => trial.on,
				isPaused: () => pool.snapshot().paused !== undefined,
				useAgain: (key) => pool.act({ do: 'unbench', key }),
				report,
			});
		},
		alertCommands: async () => {
			const { alertCommands } = await import('./monitoring/alerts/commands');
			return alertCommands({
				secrets: context.secrets,
				targets: async () => (await monitoring()).alertTargets(),
				clock: systemClock,
				words: await words(),
				log,
				report,
			});
		},
		metricsCommands: async () => {
			const { metricsCommands } = await import('./monitoring/metrics/commands');
			return metricsCommands({ secrets: context.secrets, report });
		},
		viewCommands: async () => {
			const { keyActions } = await import('./views/commands/keyActions');
			return keyActions(await views.forActions());
		},
		houseCommands: async () => {
			const [{ removeEverything }, { reportProblem }] = await Promise.all([
				import('./removeEverything'),
				import('./monitoring/report/command'),
			]);
			const { secrets, globalState } = context;
			const kept = ['conversations', 'batch'].map((name) => vscode.Uri.joinPath(globalStorageUri, name));
			// The chat first: an answer that is stopped counts as used.
			const rooms = [() => chat.forget(), () => keyring.eraseAll(), async () => (await upkeep()).forget()];
			const belongings = { secrets, workspaceState, globalState, folders: kept, rooms, report };
			return {
				'keypool.removeEverything': () => removeEverything(belongings),
				'keypool.reportProblem': () =>
					reportProblem({
						extensionId: context.extension.id,
						settings: settings.names,
						snapshot: () => pool.snapshot(),
						lines: () => recent.lines,
						mask: masker.mask,
					}),
			};
		},
	};

	/** What was kept before may be for others to read. */
	async function makePrivate(): Promise<void> {
		const roots = [globalStorageUri, context.storageUri].filter((root) => root?.scheme === 'file');
		if (roots.length === 0) return;
		const { makePrivate } = await import('./node/makePrivate');
		for (const root of roots) if (root) await makePrivate(root.fsPath);
	}

	async function modelsOffered(signal: AbortSignal): Promise<readonly ModelInfo[]> {
		const room = await import('./chat/view/catalogue');
		return room.modelsOffered(
			{
				snapshot: () => pool.snapshot(),
				secretOf,
				// Nobody who has not asked anything is asked where keys may go.
				mayAsk: async (secret) => isOfTrial({ secret }) || (await host()).settled,
				models: (secret, stop) => gemini.models(secret, stop),
			},
			signal,
		);
	}
}

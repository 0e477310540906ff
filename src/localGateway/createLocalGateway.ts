import { commands, env, ExtensionKind, type Extension, type TreeView } from 'vscode';
import type { Action } from '../common/commands';
import { DisposableStore, type Disposable } from '../common/dispose';
import { lazily } from '../common/lazily';
import { ClientError, TokenRegistry, type GatewayParts } from '../gateway/gateway';
import type { Words } from '../localization/words';
import { ClientCounts, type Clock, type LeaderElection, type Pool, type StateStore } from '../pool/pool';
import { Settings, userLevelOf, type SettingsSource } from '../settings/settings';
import { SettingNotWritten } from '../settings/writer';
import { askInformation, askWarning, showError, showInformation, showWarning } from '../ui/messages';
import { pickOne } from '../ui/quickPick';
import { clientStorage, type ClientSecrets } from './clientStorage';
import { gatewayRules, poolOfUser } from './gatewayRules';
import { isKeypoolAt } from './keypoolAt';
import type { GatewayCommand } from './names';
import { PaidDemand } from './paidDemand';
import { ServedGateway, type ServedGatewayParts } from './servedGateway';
import { elsewhereInWords, portRefusedInWords } from './statusInWords';
import { shellBeside, toolsElsewhere } from './toolPlace';
import { checkPin, connectTool, type ToolSettings } from './tools/connectTool';
import { editRules } from './tools/editRules';
import { GatewayTerminals } from './tools/gatewayTerminal';
import { describeUse } from './view/clientRow';
import { ClientsTree } from './view/clientsTree';

export interface LocalGatewayParts extends Pick<GatewayParts, 'gemini' | 'blockedReason' | 'newId' | 'report'> {
	readonly pool: Pool;
	readonly stateStore: StateStore;
	readonly words: Words;
	readonly clock: Clock;
	readonly election: LeaderElection;
	readonly secrets: ClientSecrets;
	readonly windowId: string;
	readonly log: ServedGatewayParts['log'];
	/** Hears each token that is made. */
	readonly learn: (token: string) => void;
	readonly settings: Settings;
	readonly settingsSource: SettingsSource;
	/** Writes a setting. */
	readonly set: (name: string, value: boolean) => Promise<void>;
	readonly extension: Pick<Extension<unknown>, 'extensionKind' | 'packageJSON'>;
	readonly machine: {
		readonly serve: ServedGatewayParts['serve'];
		readonly geminiCli: ToolSettings;
		readonly isWindows: boolean;
	};
	readonly view: Pick<TreeView<string>, 'description' | 'message'>;
	readonly redraw: (id?: string) => void;
}

export interface LocalGateway extends Disposable {
	readonly tree: ClientsTree;
	readonly commands: Readonly<Record<GatewayCommand, Action>>;
}

/** ms that a command waits until some window serves. */
const startMs = 6_000;

/** The gateway of this computer's windows: who serves it, which tools may ask it, and what people do about both. */
export function createLocalGateway(parts: LocalGatewayParts): LocalGateway {
	const { pool, stateStore, words, clock, election, settings, report, newId, machine, extension } = parts;
	const { t } = words;
	const owned = new DisposableStore();
	// What the workspace says is not for tools that run elsewhere. What is invalid was said already.
	const ofUser = owned.add(
		new Settings(userLevelOf(parts.settingsSource), extension.packageJSON, {
			invalid: () => undefined,
			listenerFailed: report,
		}),
	);
	const isEnabled = settings.gatewayEnabled;
	const setEnabled = (value: boolean): Promise<void> => parts.set('gateway.enabled', value);
	const port = (): number => settings.gatewayPort.value;
	const counts = new ClientCounts(stateStore);
	const tokens = owned.add(
		new TokenRegistry({
			storage: clientStorage(parts.secrets, parts),
			now: clock.wall,
			newId,
			randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
			sha256,
			learn: parts.learn,
			report,
		}),
	);
	const loaded = lazily(() => tokens.load());
	loaded().catch(report);
	const demand = owned.add(new PaidDemand({ election, paidOnly: settings.paidOnly, windowId: parts.windowId }));
	const served = owned.add(
		new ServedGateway({
			pool: poolOfUser(pool, ofUser),
			...{ tokens, counts, words, clock, newId, report, election, isEnabled },
			...{ gemini: parts.gemini, blockedReason: parts.blockedReason, log: parts.log },
			port: settings.gatewayPort,
			serve: machine.serve,
			isKeypoolAt: (at) => isKeypoolAt(at, globalThis.fetch),
			rules: () => gatewayRules(settings, ofUser, demand.isMade),
			// A request waits until the tokens were read once; where they cannot be, it is refused, and the next one tries again.
			ready: () => loaded().catch(() => undefined),
			onPortRefused: (at, reason) => void showPortRefused(portRefusedInWords(at, reason, t)).catch(report),
		}),
	);
	const tree = owned.add(
		new ClientsTree({ ...parts, tokens, counts, served, words, clock, now: () => stateStore.now(), port }),
	);
	const terminals = owned.add(
		new GatewayTerminals({ clock, t, report, shell: () => shellBeside(machine.isWindows, env.shell) }),
	);

	const showPortRefused = async (text: string): Promise<void> => {
		const open = t('Open Settings');
		if ((await showWarning(text, open)) === open) {
			await commands.executeCommand('workbench.action.openSettings', 'keypool.gateway');
		}
	};
	/** Resolves to whether some window serves by now; says why where none does. */
	const isServed = async (): Promise<boolean> => {
		const wasRefused = served.status.state === 'portRefused';
		await new Promise<void>((resolve) => {
			const end = (): void => {
				off();
				following.dispose();
				resolve();
			};
			const look = (): void => {
				if (served.status.state !== 'starting' && served.status.state !== 'off') end();
			};
			const off = clock.after(startMs, end);
			const following = served.onDidChange(look);
			look();
		});
		const { status } = served;
		if (status.state === 'serving' || status.state === 'servedElsewhere') return true;
		// Of a port that has just been refused everybody was told.
		if (status.state !== 'portRefused') void showError(t('The gateway does not answer yet. See Keypool’s log.'));
		else if (wasRefused) void showPortRefused(portRefusedInWords(port(), status.reason, t)).catch(report);
		return false;
	};
	const elsewhere = (): string | undefined =>
		toolsElsewhere(extension.extensionKind === ExtensionKind.UI, env.remoteName);
	/** For what needs it: asks before it is started. */
	const isReady = async (): Promise<boolean> => {
		const remote = elsewhere();
		if (remote !== undefined) {
			void showWarning(elsewhereInWords(remote, t));
			return false;
		}
		if (!isEnabled.value) {
			const start = t('Start the Gateway');
			const detail = t(
				'Programs on this computer that have a token from you then use your keys through Keypool, at {0}. It stays on, whichever window is open, until you stop it.',
				served.address,
			);
			if ((await askInformation(t('Start the gateway?'), detail, start)) !== start) return false;
			await setEnabled(true);
		}
		await loaded();
		return isServed();
	};
	const connect = (): Promise<void> =>
		connectTool({
			...{ t, geminiCli: machine.geminiCli, isWindows: machine.isWindows },
			address: () => served.address,
			model: () => ofUser.model.value,
			issue: (name) => tokens.issue({ name: freeName(name, tokens) }),
		});
	const revoke = async (id: string): Promise<void> => {
		const client = tokens.list().find((one) => one.id === id);
		if (!client) return;
		const yes = t('Revoke');
		const detail = t('Its requests are refused from now on, and those under way end.');
		if ((await askWarning(t('Revoke the token of {0}?', client.name), detail, yes)) !== yes) return;
		await tokens.revoke(id);
		await counts.forget(`gateway:${id}`);
	};

	/** The client of a row; without one, whichever a person picks. */
	const clientOf = async (row: unknown, title: string): Promise<string | undefined> => {
		await loaded();
		return typeof row === 'string' ? row : pickedClient(title, tree, words, stateStore.now());
	};

	const failing =
		(action: Action): Action =>
		async (...args) => {
			try {
				await action(...args);
			} catch (error) {
				if (!(error instanceof ClientError)) report(error);
				if (error instanceof SettingNotWritten) {
					void showError(error.inWords(t));
					return;
				}
				void showError(
					error instanceof ClientError && error.reason === 'full'
						? t('There are as many tokens as Keypool takes. Revoke one first.')
						: t('That failed. See Keypool’s log for the reason.'),
				);
			}
		};
	return {
		tree,
		commands: {
			'keypool.startGateway': failing(async () => {
				if (!isEnabled.value) await setEnabled(true);
				if (!(await isServed())) return;
				const remote = elsewhere();
				// Its address is of no use to the tools of this window.
				if (remote !== undefined) return void showWarning(elsewhereInWords(remote, t));
				const tool = t('Connect a Tool');
				const text = t('The gateway answers at {0}.', served.address);
				if ((await showInformation(text, tool)) === tool) await commands.executeCommand('keypool.connectTool');
			}),
			'keypool.stopGateway': failing(async () => {
				await setEnabled(false);
				void showInformation(t('The gateway is off. Tokens stay for the next time.'));
			}),
			'keypool.connectTool': failing(async () => {
				if (await isReady()) await connect();
			}),
			'keypool.openGatewayTerminal': failing(async () => {
				if (!(await isReady())) return;
				await checkPin({ t, geminiCli: machine.geminiCli });
				terminals.show(await tokens.issueTransient({ name: freeName('terminal', tokens) }), served.address);
			}),
			'keypool.setToolRules': failing(async (row) => {
				const id = await clientOf(row, t('Whose rules?'));
				if (id !== undefined) await editRules(id, tokens, words);
			}),
			'keypool.revokeTool': failing(async (row) => {
				const id = await clientOf(row, t('Which token should be revoked?'));
				if (id !== undefined) await revoke(id);
			}),
		},
		dispose: () => owned.dispose(),
	};
}

async function pickedClient(title: string, tree: ClientsTree, words: Words, now: number): Promise<string | undefined> {
	const clients = tree.clients();
	if (clients.length === 0) {
		void showInformation(words.t('No tool is connected.'));
		return undefined;
	}
	const rows = clients.map((shown) => ({
		label: shown.client.name,
		description: describeUse(shown, words, now),
		id: shown.client.id,
	}));
	return (await pickOne(rows, { title }))?.id;
}

/** The name, or with the first number that is free behind it. */
function freeName(name: string, tokens: TokenRegistry): string {
	const taken = new Set(tokens.list().map((client) => client.name.toLowerCase()));
	for (let n = 1; ; n++) {
		const next = n === 1 ? name : `${name}-${n}`;
		if (!taken.has(next)) return next;
	}
}

async function sha256(text: string): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
	return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

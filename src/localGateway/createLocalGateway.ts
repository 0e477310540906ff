import { env, type Extension, type TreeView } from 'vscode';
import type { Action } from '../common/commands';
import { DisposableStore, type Disposable } from '../common/dispose';
import { lazily } from '../common/lazily';
import { TokenRegistry, type GatewayParts } from '../gateway/gateway';
import type { Words } from '../localization/words';
import { ClientCounts, type Clock, type LeaderElection, type Pool, type StateStore } from '../pool/pool';
import { Settings, userLevelOf, type SettingsSource } from '../settings/settings';
import { clientStorage, type ClientSecrets } from './clientStorage';
import { gatewayCommands } from './commands';
import { gatewayRules, poolOfUser } from './gatewayRules';
import { isKeypoolAt } from './keypoolAt';
import type { GatewayCommand } from './names';
import { PaidDemand } from './paidDemand';
import { showPortRefused } from './portRefused';
import { ServedGateway, type ServedGatewayParts } from './servedGateway';
import { shellBeside } from './toolPlace';
import type { ToolSettings } from './tools/connectTool';
import { GatewayTerminals } from './tools/gatewayTerminal';
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
		readonly environment: Readonly<Record<string, string | undefined>>;
	};
	readonly view: Pick<TreeView<string>, 'description' | 'message'>;
	readonly redraw: (id?: string) => void;
}

export interface LocalGateway extends Disposable {
	readonly tree: ClientsTree;
	readonly commands: Readonly<Record<GatewayCommand, Action>>;
}

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
	const demand = owned.add(new PaidDemand({ election, clock, paidOnly: settings.paidOnly, windowId: parts.windowId }));
	const served = owned.add(
		new ServedGateway({
			pool: poolOfUser(pool, ofUser),
			...{ tokens, counts, words, clock, newId, report, election, isEnabled: settings.gatewayEnabled },
			...{ gemini: parts.gemini, blockedReason: parts.blockedReason, log: parts.log },
			port: settings.gatewayPort,
			serve: machine.serve,
			isKeypoolAt: (at) => isKeypoolAt(at, globalThis.fetch),
			rules: () => gatewayRules(settings, ofUser, demand.isMade),
			// A request waits until the tokens were read once; where they cannot be, it is refused, and the next one tries again.
			ready: () => loaded().catch(() => undefined),
			onPortRefused: (at, reason) => void showPortRefused(at, reason, t).catch(report),
		}),
	);
	const tree = owned.add(
		new ClientsTree({
			...parts,
			tokens,
			counts,
			served,
			words,
			clock,
			now: () => stateStore.now(),
			port: () => settings.gatewayPort.value,
		}),
	);
	const terminals = owned.add(
		new GatewayTerminals({
			...{ clock, t, report, environment: machine.environment },
			shell: () => shellBeside(machine.isWindows, env.shell),
		}),
	);
	loaded()
		.then(() => terminals.adopt(tokens))
		.catch(report);
	const model = (): string => ofUser.model.value;
	const commands = gatewayCommands({ ...parts, served, tokens, loaded, counts, tree, terminals, model });
	return { tree, commands, dispose: () => owned.dispose() };
}

async function sha256(text: string): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
	return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

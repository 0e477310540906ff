import { commands, env, ExtensionKind, type Extension } from 'vscode';
import type { Action } from '../common/commands';
import { ClientError, originOf, type TokenRegistry } from '../gateway/gateway';
import type { Words } from '../localization/words';
import { pause, type ClientCounts, type Clock, type StateStore } from '../pool/pool';
import type { Settings } from '../settings/settings';
import { SettingNotWritten } from '../settings/writer';
import { askInformation, askWarning, orTold, showError, showInformation, showWarning } from '../ui/messages';
import { pickOne } from '../ui/quickPick';
import { SecretsRefused } from './clientStorage';
import type { GatewayCommand } from './names';
import { showPortRefused } from './portRefused';
import type { ServedGateway } from './servedGateway';
import { elsewhereInWords } from './statusInWords';
import { shellKind, toolsElsewhere } from './toolPlace';
import { checkPin, connectTool, type ToolSettings } from './tools/connectTool';
import { editRules } from './tools/editRules';
import type { GatewayTerminals } from './tools/gatewayTerminal';
import { describeUse } from './view/clientRow';
import type { ClientsTree } from './view/clientsTree';

export interface GatewayCommandsParts {
	readonly served: ServedGateway;
	readonly tokens: TokenRegistry;
	/** Resolves when the tokens were read. */
	readonly loaded: () => Promise<unknown>;
	readonly counts: ClientCounts;
	readonly tree: ClientsTree;
	readonly terminals: GatewayTerminals;
	readonly settings: Pick<Settings, 'gatewayEnabled' | 'gatewayPort'>;
	/** The user's own model, whatever the workspace says. */
	readonly model: () => string;
	/** Writes a setting. */
	readonly set: (name: string, value: boolean) => Promise<void>;
	readonly stateStore: StateStore;
	readonly words: Words;
	readonly clock: Clock;
	readonly extension: Pick<Extension<unknown>, 'extensionKind'>;
	readonly machine: { readonly geminiCli: ToolSettings; readonly isWindows: boolean };
	readonly report: (error: unknown) => void;
}

/** ms that a command waits until some window serves. */
const startMs = 6_000;

/** What people do about the gateway and about the tools that have a token. */
export function gatewayCommands(parts: GatewayCommandsParts): Readonly<Record<GatewayCommand, Action>> {
	const { served, tokens, loaded, counts, tree, terminals, settings, words, clock, machine, report } = parts;
	const { t } = words;
	const isEnabled = settings.gatewayEnabled;
	const setEnabled = (value: boolean): Promise<void> => parts.set('gateway.enabled', value);

	/** Resolves to whether some window serves by now; says why where none does. */
	const isServed = async (): Promise<boolean> => {
		const wasRefused = served.status.state === 'portRefused';
		const known = new AbortController();
		const look = (): void => {
			if (served.status.state !== 'starting' && served.status.state !== 'off') known.abort();
		};
		const following = served.onDidChange(look);
		look();
		await pause(clock, startMs, known.signal);
		following.dispose();
		const { status } = served;
		if (status.state === 'serving' || status.state === 'servedElsewhere') return true;
		// A port that has just been refused was told already.
		if (status.state !== 'portRefused')
			void showError(t('The gateway did not answer. See the Gateway view and Keypool’s log for the reason.'));
		else if (wasRefused) void showPortRefused(settings.gatewayPort.value, status.reason, t).catch(report);
		return false;
	};
	/** A terminal is for any tool: what gemini-cli needs is asked with the first one of a window. */
	let isPinAsked = false;
	const elsewhere = (): string | undefined =>
		toolsElsewhere(parts.extension.extensionKind === ExtensionKind.UI, env.remoteName);
	/** Runs what needs the gateway; asks first whether to start it. */
	const isReady = async (): Promise<boolean> => {
		const remote = elsewhere();
		if (remote !== undefined) {
			void showWarning(elsewhereInWords(remote, t));
			return false;
		}
		if (!isEnabled.value) {
			const start = t('Start the Gateway');
			const detail = t(
				'Programs on this computer that have a token from you then use your keys through Keypool, at {0}. The gateway stays on until you stop it.',
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
			...{ t, geminiCli: machine.geminiCli, shell: shellKind(machine.isWindows, env.shell) },
			address: () => served.address,
			model: parts.model,
			issue: (name) => tokens.issue({ name, mayBeNumbered: true }),
		});
	const revoke = async (id: string): Promise<void> => {
		const client = tokens.list().find((one) => one.id === id);
		if (!client) throw new ClientError('noSuchClient');
		const yes = t('Revoke');
		const detail = t('Its requests are refused from now on, and those under way end.');
		if ((await askWarning(t('Revoke the token of {0}?', client.name), detail, yes)) !== yes) return;
		await tokens.revoke(id);
		await counts.forget(`gateway:${id}`);
	};

	/** The client of a row; without a row, the one that a person picks. */
	const clientOf = async (row: unknown, title: string): Promise<string | undefined> => {
		await loaded();
		if (typeof row !== 'string') return pickedClient(title, tree, words, parts.stateStore.now());
		const client = tokens.list().find(({ name }) => originOf(name) === row);
		if (!client) throw new ClientError('noSuchClient');
		return client.id;
	};

	const failing = (action: Action): Action =>
		orTold(action, (error) => {
			if (!(error instanceof ClientError)) report(error);
			if (error instanceof SettingNotWritten) {
				void showError(error.inWords(t));
				return;
			}
			const reason = error instanceof ClientError ? error.reason : undefined;
			void showError(
				reason === 'full'
					? t('There are as many tokens as Keypool takes. Revoke one first.')
					: reason === 'noSuchClient'
						? t('That tool is no longer connected: its token was revoked.')
						: error instanceof SecretsRefused
							? t('The system’s secret storage refused access. Unlock it and try again.')
							: t('That failed. See Keypool’s log for the reason.'),
			);
		});
	return {
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
			if (!isPinAsked) await checkPin({ t, geminiCli: machine.geminiCli });
			isPinAsked = true;
			terminals.show(await tokens.issueTransient({ name: 'terminal', mayBeNumbered: true }), served.address);
		}),
		'keypool.setToolRules': failing(async (row) => {
			const id = await clientOf(row, t('Whose rules?'));
			if (id !== undefined) await editRules(id, tokens, words);
		}),
		'keypool.revokeTool': failing(async (row) => {
			const id = await clientOf(row, t('Which token should be revoked?'));
			if (id !== undefined) await revoke(id);
		}),
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

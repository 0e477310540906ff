import { commands, l10n } from 'vscode';
import { validateBaseUrl } from '../gemini/request/address';
import { askText } from '../ui/inputBox';
import { askWarning, orTold, showError, showInformation } from '../ui/messages';
import { withProgress } from '../ui/progress';
import type { StatusAnswer } from './askStatus';
import { isToken, trimAddress, type GatewayRecord } from './gatewayRecord';
import { confirmGateway, type GatewayHosts } from './confirmGateway';
import type { TeamGateway } from './teamGateway';

export interface TeamGatewayCommandsParts {
	readonly gateway: Pick<TeamGateway, 'isOn' | 'address' | 'use' | 'stop'>;
	readonly ask: (record: GatewayRecord, signal: AbortSignal) => Promise<StatusAnswer>;
	/** Keeps the hosts that the person has confirmed. */
	readonly memory: GatewayHosts;
	/** Hears the token before it is sent, for the masker. */
	readonly learn: (token: string) => void;
	readonly hasKeys: () => boolean;
	readonly leaveSimulator: () => Promise<void>;
	readonly failed: (error: unknown) => void;
}

/** What both look like, in every language. */
const exampleAddress = 'https://keypool.example.com';
const exampleToken = 'kp_…';

/** The commands that begin and end the use of a team's gateway. */
export function teamGatewayCommands(parts: TeamGatewayCommandsParts) {
	const { gateway, failed } = parts;
	/** The address that was typed last: the token may have been the wrong one. */
	let typed = '';
	const telling = (act: () => Promise<void>) => orTold(act, failed);
	return {
		'keypool.useTeamGateway': telling(() => use(parts, typed, (address) => (typed = address))),
		'keypool.stopTeamGateway': telling(async () => {
			if (!gateway.isOn) {
				void showInformation(l10n.t('No team gateway is in use.'));
				return;
			}
			await gateway.stop();
			void showInformation(
				parts.hasKeys()
					? l10n.t('The team gateway is not used any more. Your own keys answer again.')
					: l10n.t('The team gateway is not used any more. Its token was removed from this computer.'),
			);
		}),
	};
}

async function use(
	{ gateway, ask, memory, learn, hasKeys, leaveSimulator }: TeamGatewayCommandsParts,
	before: string,
	keep: (address: string) => void,
): Promise<void> {
	const title = l10n.t('Use a Team Gateway');
	const askAddress = async (step: string): Promise<string | undefined> => {
		const typed = await askText({
			title: `${title} (${step})`,
			prompt: l10n.t('The address of the gateway, as whoever runs it told you.'),
			placeHolder: exampleAddress,
			value: gateway.address ?? before,
			ignoreFocusOut: true,
			problem: (text) => addressProblem(trimAddress(text)),
		});
		if (typed === undefined) return undefined;
		const address = trimAddress(typed);
		keep(address);
		return address;
	};
	const askToken = (step: string): Promise<string | undefined> =>
		askText({
			title: `${title} (${step})`,
			prompt: l10n.t('Your token. It is kept in the system’s secret storage, and sent to this gateway only.'),
			placeHolder: exampleToken,
			password: true,
			ignoreFocusOut: true,
			problem: (text) => tokenProblem(text.trim()),
		});
	// A person who already uses a gateway usually has a new token for it, so that is asked first.
	const { isOn } = gateway;
	const early = isOn ? await askToken('1/2') : undefined;
	if (isOn && early === undefined) return;
	const address = await askAddress(isOn ? '2/2' : '1/2');
	if (address === undefined) return;
	const token = early ?? (await askToken('2/2'));
	if (token === undefined || !(await confirmGateway(address, memory))) return;
	const record: GatewayRecord = { address, token: token.trim() };
	learn(record.token);
	const answer = await withProgress(l10n.t('Asking the gateway…'), async (_, signal) => {
		const told = await ask(record, signal);
		return signal.aborted ? undefined : told;
	});
	if (answer === undefined) return;
	if ('trouble' in answer && answer.trouble !== 'unreachable') return void showError(describeTrouble(answer.trouble));
	if ('trouble' in answer) {
		const anyway = l10n.t('Use It Anyway');
		const text = l10n.t('The gateway cannot be reached now.');
		const remedy = l10n.t(
			'Check the address, whether you must be in your team’s network, and whether this computer trusts its certificate. In a browser (vscode.dev), whoever runs it must also allow that page (--allow-origins).',
		);
		if ((await askWarning(text, remedy, anyway)) !== anyway) return;
	}
	await leaveSimulator();
	await gateway.use(record);
	const own = hasKeys() ? ` ${l10n.t('Your own keys are not used meanwhile.')}` : '';
	void showInformation(l10n.t('The team gateway answers from now on.') + own);
	await commands.executeCommand('keypool.keys.focus');
}

function addressProblem(address: string): string | undefined {
	const check = validateBaseUrl(address);
	if (check.ok && check.kind === 'google') return l10n.t('This is Google’s own address, not a gateway.');
	if (check.ok) return undefined;
	return check.reason === 'notHttps'
		? l10n.t('The address must begin with https, except on this computer.')
		: l10n.t('Write the address like {0}.', exampleAddress);
}

function tokenProblem(token: string): string | undefined {
	if (isToken(token)) return undefined;
	return token.startsWith('kp_')
		? l10n.t('This is not the whole token, or more than it. Copy it again.')
		: l10n.t('A token begins with kp_. It is not a Google API key.');
}

function describeTrouble(trouble: 'badToken' | 'noGateway'): string {
	return trouble === 'badToken'
		? l10n.t(
				'The gateway does not know this token. It may have been revoked or have expired, or a part of it is missing.',
			)
		: l10n.t('No Keypool gateway answers at this address.');
}

import { commands, l10n } from 'vscode';
import type { Clock } from '../../pool/pool';
import { refusable } from '../../keys/keyring/keyring';
import { showingFailure } from '../../keys/keyring/keyringErrors';
import { askText } from '../../ui/inputBox';
import { showError, showInformation } from '../../ui/messages';
import { withProgress } from '../../ui/progress';
import { pickOne } from '../../ui/quickPick';
import type { Words } from '../../localization/words';
import type { Log } from '../log/log';
import { sendOnce } from './delivery';
import { DeliveryError } from './deliveryError';
import { isSafe } from './post';
import { describeDelivery, describeReceiver, describeRemoval } from './describeDelivery';
import { alertSecrets, type AlertSecret, type AlertSecretStore } from './secrets';
import type { Receiver } from './receiver';

export interface AlertCommandsOptions {
	readonly secrets: AlertSecretStore;
	readonly receivers: () => Promise<readonly Receiver[]>;
	/** Absent where no mail can be sent. */
	readonly sendMail: unknown;
	readonly clock: Pick<Clock, 'wall' | 'after'>;
	readonly words: Words;
	readonly log: Log;
	readonly report: (error: unknown) => void;
}

/** The commands that set up alerts and try them. */
export function alertCommands(options: AlertCommandsOptions) {
	return {
		'keypool.setUpAlerts': showingFailure(() => setUp(options), options.report),
		'keypool.sendTestAlert': showingFailure(() => sendTest(options), options.report),
	};
}

async function setUp(options: AlertCommandsOptions): Promise<void> {
	const { secrets, sendMail } = options;
	const row = async (secret: AlertSecret, label: string) => ({
		label,
		description: (await refusable(() => secrets.get(alertSecrets[secret]))) ? l10n.t('set') : '',
		secret,
	});
	const chosen = await pickOne(
		[
			await row('slack', l10n.t('Slack: address of an incoming webhook')),
			await row('discord', l10n.t('Discord: address of a webhook')),
			await row('webhook', l10n.t('Webhook: an address that takes JSON')),
			await row('signingKey', l10n.t('Webhook: the key that signs it')),
			...(sendMail
				? [
						await row('mailPassword', l10n.t('E-mail: the password of the mail server')),
						{ label: l10n.t('E-mail: server and addresses, in the settings'), description: '', secret: undefined },
					]
				: []),
		],
		{ title: l10n.t('Set Up Alerts') },
	);
	if (!chosen) return;
	const { secret } = chosen;
	if (secret === undefined) {
		await commands.executeCommand('workbench.action.openSettings', 'keypool.alerts');
		return;
	}
	const isAddress = secret === 'slack' || secret === 'discord' || secret === 'webhook';
	const value = await askText({
		title: chosen.label,
		prompt: l10n.t('It is kept in the secret storage only. Leave it empty to remove it.'),
		password: true,
		ignoreFocusOut: true,
		problem: (text) =>
			isAddress && text.trim() !== '' && !isSafe(text.trim())
				? l10n.t('Enter an https address without user and password.')
				: undefined,
	});
	if (value === undefined) return;
	const trimmed = value.trim();
	if (trimmed === '') {
		await refusable(() => secrets.delete(alertSecrets[secret]));
		void showInformation(describeRemoval(secret, options.words));
		return;
	}
	await refusable(() => secrets.store(alertSecrets[secret], trimmed));
	const test = l10n.t('Send a Test Alert');
	if ((await showInformation(l10n.t('Stored.'), test)) === test) await sendTest(options);
}

/** Once to each receiver, whichever window sends the others. */
async function sendTest(options: AlertCommandsOptions): Promise<void> {
	const { words, log, clock } = options;
	const receivers = await refusable(options.receivers);
	if (receivers.length === 0) {
		const setUpAlerts = l10n.t('Set Up Alerts');
		const answer = await showInformation(l10n.t('No receiver is set up for alerts yet.'), setUpAlerts);
		if (answer === setUpAlerts) await setUp(options);
		return;
	}
	const results = await withProgress(l10n.t('Sending a test alert'), (_, signal) =>
		Promise.all(
			receivers.map(async (receiver) => {
				try {
					await sendOnce(receiver, { type: 'test' }, clock.wall(), clock, signal);
					return { receiver, failed: undefined };
				} catch (error) {
					if (signal.aborted) return undefined;
					log.warn(`test alert to ${receiver.name} failed: ${error instanceof Error ? error.message : String(error)}`);
					return { receiver, failed: error instanceof DeliveryError ? error.reason : ('unreachable' as const) };
				}
			}),
		),
	);
	const ended = results.filter((result) => result !== undefined);
	const arrived = ended.filter(({ failed }) => failed === undefined);
	for (const { receiver, failed } of ended) {
		if (failed === undefined) continue;
		const name = describeReceiver(receiver.name, words);
		void showError(l10n.t('The test alert to {0} failed: {1}', name, describeDelivery(failed, words)));
	}
	if (arrived.length > 0) {
		const names = arrived.map(({ receiver }) => describeReceiver(receiver.name, words)).join(', ');
		void showInformation(l10n.t('A test alert was sent: {0}', names));
	}
}

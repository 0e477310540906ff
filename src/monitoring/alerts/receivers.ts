import type { Masker } from '../../masking/masking';
import type { EpochMs } from '../../pool/pool';
import type { Settings } from '../../settings/settings';
import type { Words } from '../../localization/words';
import { masked, type Alert } from './alert';
import { DeliveryError, type DeliveryReason } from './deliveryError';
import { discordPayload, slackPayload, webhookPayload } from './payloads';
import { postJson, type Fetch } from './post';
import { alertSecrets, type AlertSecret, type AlertSecretStore } from './secrets';
import { signatureHeaders } from './signature';
import { smtpServer, type SmtpServer } from './smtpServer';
import type { Receiver } from './receiver';
import { oneLine } from './text';
import { wordAlert, type WordedAlert } from './wording';

export interface Mail {
	readonly from: string;
	readonly to: readonly string[];
	readonly subject: string;
	readonly text: string;
}

interface MailFailure {
	readonly reason: DeliveryReason;
	/** Those who have not got it, where others have. */
	readonly missed: readonly string[];
}

/** Rejects with a `MailFailure`. */
export type SendMail = (
	server: SmtpServer & { readonly password?: string },
	mail: Mail,
	signal: AbortSignal,
) => Promise<void>;

export interface ReceiversParts {
	readonly secrets: Pick<AlertSecretStore, 'get'>;
	readonly settings: Pick<Settings, 'alertSmtp' | 'alertMailFrom' | 'alertMailTo'>;
	readonly words: Words;
	readonly fetch: Fetch;
	/** Absent where no mail can be sent: in a browser. */
	readonly sendMail: SendMail | undefined;
	/** Hears each secret, for the masker. */
	readonly learn: (secret: string) => void;
	/** What each alert passes before it leaves. */
	readonly mask: Masker;
	/** ms since 1970. */
	readonly now: () => number;
	/** Unique, for each thing sent. */
	readonly newId: () => string;
}

/** Where alerts go now, as secrets and settings say. */
export async function readReceivers(parts: ReceiversParts): Promise<readonly Receiver[]> {
	const secret = async (name: AlertSecret): Promise<string | undefined> => {
		const value = await parts.secrets.get(alertSecrets[name]);
		if (value) parts.learn(value);
		return value === '' ? undefined : value;
	};
	const [slack, discord, webhook, signingKey, password] = await Promise.all(
		(['slack', 'discord', 'webhook', 'signingKey', 'mailPassword'] as const).map(secret),
	);
	const { fetch, settings } = parts;
	const receivers: Receiver[] = [];
	if (slack) {
		receivers.push({
			name: 'slack',
			send: (alert, at, signal) => postJson(fetch, slack, text(slackPayload(worded(alert, at, parts))), {}, signal),
		});
	}
	if (discord) {
		receivers.push({
			name: 'discord',
			send: (alert, at, signal) =>
				postJson(fetch, discord, text(discordPayload(worded(alert, at, parts), at)), {}, signal),
		});
	}
	if (webhook) receivers.push(webhookReceiver(webhook, signingKey, parts));
	const { sendMail } = parts;
	if (sendMail && settings.alertSmtp.value.trim() !== '' && settings.alertMailTo.value.length > 0)
		receivers.push(mailReceiver(password, { ...parts, sendMail }));
	return receivers;
}

function worded(alert: Alert, at: EpochMs, { words, mask }: Pick<ReceiversParts, 'words' | 'mask'>): WordedAlert {
	return wordAlert(masked(alert, mask), words, at);
}

/** The id stays the same over all tries of an alert, so that the receiver can tell a repeat. */
function webhookReceiver(url: string, signingKey: string | undefined, parts: ReceiversParts): Receiver {
	const { fetch, mask, now, newId } = parts;
	const ids = new WeakMap<Alert, string>();
	return {
		name: 'webhook',
		send: async (alert, at, signal) => {
			const id = ids.get(alert) ?? `msg_${newId()}`;
			ids.set(alert, id);
			const body = text(webhookPayload(masked(alert, mask), worded(alert, at, parts), at));
			const headers = signingKey ? await signatureHeaders(signingKey, id, now(), body) : { 'webhook-id': id };
			await postJson(fetch, url, body, headers, signal);
		},
	};
}

function mailReceiver(password: string | undefined, parts: ReceiversParts & { readonly sendMail: SendMail }): Receiver {
	const { settings, sendMail } = parts;
	/** Who has not got an alert that others have: it is not sent to those again. */
	const missed = new WeakMap<Alert, readonly string[]>();
	return {
		name: 'mail',
		send: async (alert, at, signal) => {
			const server = smtpServer(settings.alertSmtp.value);
			if (!server) throw new DeliveryError('badServer');
			const to = settings.alertMailTo.value;
			const { title, lines } = worded(alert, at, parts);
			const mail = {
				from: settings.alertMailFrom.value || (to[0] ?? ''),
				to: missed.get(alert) ?? to,
				subject: oneLine(title, 200),
				text: `${lines.map((line) => oneLine(line, 500)).join('\n')}\n`,
			};
			try {
				await sendMail({ ...server, ...(password === undefined ? {} : { password }) }, mail, signal);
			} catch (cause) {
				const { reason, missed: left } = Object(cause) as Partial<MailFailure>;
				if (left?.length) missed.set(alert, left);
				const text = cause instanceof Error ? cause.message : '';
				throw new DeliveryError(known(reason), text, undefined, { cause }, missed.has(alert));
			}
		},
	};
}

function known(reason: unknown): DeliveryReason {
	switch (reason) {
		case 'refused':
		case 'serverTrouble':
		case 'notTrusted':
		case 'noEncryption':
		case 'signIn':
			return reason;
		default:
			return 'unreachable';
	}
}

function text(payload: object): string {
	return JSON.stringify(payload);
}

import type { Words } from '../../localization/words';
import type { DeliveryReason } from './deliveryError';
import type { ReceiverName } from './receiver';
import type { AlertSecret } from './secrets';

export function describeReceiver(name: ReceiverName, { t }: Words): string {
	switch (name) {
		case 'slack':
			return 'Slack';
		case 'discord':
			return 'Discord';
		case 'webhook':
			return t('the webhook');
		case 'mail':
			return t('e-mail');
	}
}

/** What it means that a secret of alerts is gone: without its key a webhook gets them all the same. */
export function describeRemoval(secret: AlertSecret, { t }: Words): string {
	switch (secret) {
		case 'slack':
		case 'discord':
		case 'webhook':
			return t('Removed. No more alerts are sent there.');
		case 'signingKey':
			return t('Removed. Alerts to the webhook are not signed any more.');
		case 'mailPassword':
			return t('Removed. Alerts by e-mail go on without a password.');
	}
}

/** That none arrives, until a person acts. */
export function describeUndeliverable(name: ReceiverName, reason: DeliveryReason, words: Words): string {
	return words.t('Alerts to {0} do not arrive: {1}', describeReceiver(name, words), describeDelivery(reason, words));
}

/** Why an alert did not arrive, and what to do. */
export function describeDelivery(reason: DeliveryReason, { t }: Words): string {
	switch (reason) {
		case 'badAddress':
			return t('alerts may not go to this address. Enter an https address.');
		case 'badServer':
			return t('the setting keypool.alerts.smtp names no mail server. Check its port.');
		case 'unreachable':
			return t(
				'the receiver cannot be reached. Check its address and your network; in a browser (vscode.dev) it must also take requests of web pages (CORS).',
			);
		case 'timedOut':
			return t('the receiver did not answer in time. Try again later.');
		case 'redirected':
			return t('the receiver redirects to another address, which is not followed. Enter that address.');
		case 'rateLimited':
			return t('the receiver accepts no more alerts for now. Try again later.');
		case 'refused':
			return t('the receiver refused it. Check that the address is current; the log says what it answered.');
		case 'serverTrouble':
			return t('the receiver has a problem. Try again later.');
		case 'notTrusted':
			return t(
				'the certificate of the receiver is not trusted. Use the host name in the certificate, or make this computer trust it.',
			);
		case 'noEncryption':
			return t('the mail server offers no encryption, so nothing was sent. Use another port, or smtps.');
		case 'signIn':
			return t('the mail server did not accept the user name or the password. Set both up again.');
	}
}

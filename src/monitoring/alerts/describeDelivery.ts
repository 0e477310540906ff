import type { Words } from '../../localization/words';
import type { DeliveryReason } from './deliveryError';
import type { ReceiverName } from './receiver';

export function describeReceiver(name: ReceiverName, { t }: Words): string {
	switch (name) {
		case 'slack':
			return 'Slack';
		case 'discord':
			return 'Discord';
		case 'webhook':
			return t('Webhook');
		case 'mail':
			return t('E-mail');
	}
}

/** Why an alert did not arrive, and what to do. */
export function describeDelivery(reason: DeliveryReason, { t }: Words): string {
	switch (reason) {
		case 'badAddress':
			return t('the address is not one that alerts may go to. Enter an https address.');
		case 'unreachable':
			return t('the receiver cannot be reached. Check its address and your network.');
		case 'timedOut':
			return t('the receiver did not answer in time. Try again later.');
		case 'redirected':
			return t('the receiver leads to another address, which is not followed. Enter that address.');
		case 'rateLimited':
			return t('the receiver takes no more for now. Try again later.');
		case 'refused':
			return t('the receiver refused it. Check that the address is current; the log says what it answered.');
		case 'serverTrouble':
			return t('the receiver has trouble of its own. Try again later.');
		case 'noEncryption':
			return t('the mail server offers no encryption, so nothing was sent. Use another port, or smtps.');
		case 'signIn':
			return t('the mail server did not take the user or the password. Set both up again.');
	}
}

import type { Reason } from '../pool/pool';
import type { ReasonWording } from './reasonWording';
import type { Facts, UserMessage } from './userMessage';

/** What a team's gateway does not allow: only its operator can change that, and it says why. */
export function describeGateway(
	reason: 'gatewayBudget' | 'gatewayRefused',
	{ serviceMessage }: Facts,
	{ t }: Pick<ReasonWording, 't'>,
): UserMessage {
	const remedy = serviceMessage === undefined ? {} : { remedy: t('It says: {0}', serviceMessage) };
	return reason === 'gatewayBudget'
		? {
				brief: t('budget at the gateway used up'),
				text: t('Your budget at the team’s gateway does not allow this request.'),
				...remedy,
			}
		: { brief: t('refused by the gateway'), text: t('The team’s gateway refused the request.'), ...remedy };
}

/**
 * The same message for somebody who holds no key: a team's gateway answers for them, so that nothing can be added or checked here.
 */
export function atGateway(
	reason: Reason,
	message: UserMessage,
	facts: Facts,
	wording: Pick<ReasonWording, 't' | 'when'>,
): UserMessage {
	const { retryAt, serviceMessage } = facts;
	const { t, when } = wording;
	const { brief, text, remedy } = message;
	const action = { command: 'keypool.keys.focus', title: t('Show the Gateway') } as const;
	switch (reason) {
		case 'badKey':
			return {
				brief: t('does not know your token'),
				text: t('The gateway does not know this token. It may have been revoked or have expired.'),
				remedy: t('Ask whoever runs it for another one.'),
				action: { command: 'keypool.useTeamGateway', title: t('Enter Another Token') },
			};
		case 'unreachable':
		case 'redirected':
			return {
				brief: t('cannot be reached'),
				text: t('The gateway cannot be reached now.'),
				remedy: t(
					'Check the address, whether you must be in your team’s network, and whether this computer trusts its certificate. In a browser (vscode.dev), whoever runs it must also allow that page (--allow-origins).',
				),
				action,
			};
		case 'modelDenied':
			return describeGateway('gatewayRefused', facts, wording);
		case 'paidOnly':
			return { brief, text, remedy: t('Ask whoever runs the gateway for a token that uses paid keys only.'), action };
		case 'noUsableKey':
		case 'tooManyTries':
		case 'waitedTooLong':
		case 'capacity':
		case 'internal':
			// What became of the call there: no trouble of a key, nor of this computer.
			return {
				brief: t('cannot answer now'),
				text: t('The team’s gateway cannot answer right now.'),
				...(retryAt === undefined
					? serviceMessage && { remedy: t('It says: {0}', serviceMessage) }
					: { remedy: t('It works again by itself {0}.', when(retryAt)) }),
				action,
			};
		default:
			if (message.action?.command !== 'keypool.addKey' && message.action?.command !== 'keypool.checkAllKeys')
				return message;
			return { brief, text, ...(remedy !== undefined && { remedy }), action };
	}
}

/** The keys are there and cannot be read. */
export function describeLocked({ t }: Pick<ReasonWording, 't'>): UserMessage {
	return {
		brief: t('secret storage locked'),
		text: t('The system’s secret storage refuses access to your keys. They are not lost. Nothing was sent.'),
		remedy: t('Unlock it, then ask again.'),
	};
}

/** There are keys, and a person has disabled them all. */
export function describeDisabled({ t }: Pick<ReasonWording, 't'>): UserMessage {
	return {
		brief: t('no key is enabled'),
		text: t('No key is enabled.'),
		remedy: t('Enable one with its menu in the keys view.'),
	};
}

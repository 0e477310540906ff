import type { ReasonWording } from './reasonWording';
import type { Facts, UserMessage } from './userMessage';

/** What a team's gateway does not allow: only whoever runs it can change that, and it says why. */
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

/** The keys are there and cannot be read. */
export function describeLocked({ t }: Pick<ReasonWording, 't'>): UserMessage {
	return {
		brief: t('secret storage locked'),
		text: t('The system’s secret storage refuses access to your keys. They are not lost. Nothing was sent.'),
		remedy: t('Unlock it, then ask again.'),
	};
}

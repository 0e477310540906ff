import type { Translate } from '../../localization/words';
import type { NoRoute } from '../doors/route';
import type { GatewayError } from './gatewayError';

/** Why the gateway itself refuses a request, before the pool is asked. */
export type Refusal =
	| { readonly type: 'hostRefused' | 'originRefused' | 'noToken' | 'unknownToken' | 'googleKey' }
	| NoRoute
	| {
			readonly type:
				| 'notJson'
				| 'badJson'
				| 'tooLarge'
				| 'tooManyValues'
				| 'tooSlow'
				| 'noModel'
				| 'stopping'
				| 'full'
				| 'tierConflict'
				| 'noPaidKey'
				| 'noFreeKey';
	  }
	| { readonly type: 'modelNotAllowed'; readonly model: string }
	| { readonly type: 'tooManyAtOnce'; readonly limit: number }
	/** `until`: when the day ends, in words. */
	| {
			readonly type: 'requestsOfDay';
			readonly limit: number;
			readonly retryAfterMs: number;
			readonly until: string;
	  };

/** ms after which a place may be free again, because an answer has ended. */
const placeMs = 1_000;

export function fromRefusal(refusal: Refusal, t: Translate): GatewayError {
	const never = (status: number, message: string): GatewayError => ({
		status,
		reason: refusal.type,
		message,
		help: 'never',
	});
	const wait = (retryAfterMs: number, message: string): GatewayError => ({
		status: 429,
		reason: refusal.type,
		message,
		help: 'wait',
		retryAfterMs,
	});
	switch (refusal.type) {
		case 'hostRefused':
			return never(403, t('Keypool’s gateway does not answer under this name. Use an address that was set for it.'));
		case 'originRefused':
			return never(403, t('Keypool’s gateway does not answer web pages.'));
		case 'noToken':
			return never(
				401,
				t(
					'Keypool’s gateway needs a token, sent as the API key. In VS Code “Keypool: Connect a Tool…” makes one; for another gateway, ask whoever runs it.',
				),
			);
		case 'unknownToken':
			return never(401, t('Keypool’s gateway does not know this token. It may have been revoked or have expired.'));
		case 'googleKey':
			return never(401, t('This is a Google API key. Keypool’s gateway takes its own tokens, which start with kp_.'));
		case 'unknown':
			return never(404, t('Keypool’s gateway has nothing at this address.'));
		case 'unsupported':
			// Of a 404 Anthropic's clients say that the model may not exist.
			return never(
				refusal.what === 'messages' ? 400 : 404,
				t('Keypool’s gateway does not support {0}. Use {1} instead.', refusal.what, refusal.use),
			);
		case 'wrongMethod':
			return never(405, t('This address only accepts {0}.', refusal.allow));
		case 'notJson':
			return never(415, t('Keypool’s gateway only accepts application/json, without compression.'));
		case 'badJson':
			return never(400, t('The body is not a JSON object.'));
		case 'tooLarge':
			return never(413, t('The body is larger than 32 MB.'));
		case 'tooManyValues':
			return never(413, t('The body has more than half a million values.'));
		case 'tooSlow':
			return never(408, t('The body did not arrive in time.'));
		case 'noModel':
			return never(400, t('The field “model” must be the bare name of a model, such as gemini-flash-latest.'));
		case 'stopping':
			return {
				status: 503,
				reason: refusal.type,
				message: t('Keypool’s gateway is shutting down.'),
				help: 'retry',
			};
		case 'tierConflict':
			return never(403, t('This client may only use free keys, but Keypool is set to use paid keys only.'));
		case 'noPaidKey':
			return never(403, t('This client may only use keys of paid projects, and none of them is enabled here.'));
		case 'noFreeKey':
			return never(403, t('This client may only use free keys, and none of them is enabled here.'));
		case 'modelNotAllowed':
			return never(403, t('This client may not use the model {0}.', refusal.model));
		case 'full':
			return wait(placeMs, t('Keypool’s gateway is busy. Try again in a moment.'));
		case 'tooManyAtOnce':
			return wait(
				placeMs,
				refusal.limit === 1
					? t('This client already has 1 request under way, the most it may have.')
					: t('This client already has {0} requests under way, the most it may have.', refusal.limit),
			);
		case 'requestsOfDay':
			return wait(
				refusal.retryAfterMs,
				refusal.limit === 1
					? t('This client has made the 1 request it may make per day. The next day begins at {0}.', refusal.until)
					: t(
							'This client has used all {0} requests it may make per day. The next day begins at {1}.',
							refusal.limit,
							refusal.until,
						),
			);
	}
}

import type { FailureAction } from '../../pool/pool';
import type { ParsedFailure } from './parse';

const minute = 60_000;
/** ms. No budget begins anew later than with the month. */
const longestMs = 32 * 24 * 60 * minute;
/** ms after which a network that was away there may be back. */
const networkMs = 10_000;
/** ms after which it is asked again at the soonest, where that is no try. */
const leastMs = 1_000;
/** A pool of its own has waited and retried already: once more is enough. */
const maxRetries = 1;

/** Whether another Keypool answered: a gateway, which has a pool of its own behind it. */
export function isFromGateway({ domain, reason }: ParsedFailure): boolean {
	return domain === 'keypool' && reason?.startsWith('KEYPOOL_') === true;
}

/**
 * What the pool does about a gateway's failure. The gateway names its reason by the words of our own `Reason`, yet it speaks of
 * keys that are not ours: none of it is a sign against the one token that we have, but that the token itself is good no more.
 * Without a status it has broken off an answer, as OpenAI's dialect names none there.
 */
export function gatewayAction({ reason = '', status = 500, delayMs }: ParsedFailure): FailureAction {
	switch (reason.slice('KEYPOOL_'.length)) {
		case 'NO_TOKEN':
		case 'UNKNOWN_TOKEN':
		case 'GOOGLE_KEY':
			return { type: 'quarantine', reason: 'badKey', scope: 'key', abuse: false, recheckMs: [10 * minute] };
		case 'BUDGET':
		case 'REQUESTS_OF_DAY':
		case 'CAP':
			return { type: 'fail', reason: 'gatewayBudget', ...stated(delayMs) };
		// It has tried that often enough, and with every model: a batch keeps its prompts, as without a network here. And it passes.
		case 'UNREACHABLE':
		case 'PROXY':
			return { type: 'fail', reason: 'gatewayRefused', retryInMs: networkMs };
		// The gateway behind it has refused, or cannot reach the service.
		case 'GATEWAY_REFUSED':
			return { type: 'fail', reason: 'gatewayRefused', ...stated(delayMs) };
		case 'MODEL_NOT_ALLOWED':
		case 'MODEL_DENIED':
		case 'TIER_LACKS_MODEL':
			// A rule of the token may change at any time, and to ask again costs no quota: nobody waits for it.
			return { type: 'denyModel', reason: 'modelDenied', forMs: 0 };
		case 'NO_SUCH_MODEL':
			return { type: 'fail', reason: 'noSuchModel' };
		// Others fit: a batch goes on.
		case 'TOO_LARGE_FOR_TIER':
		case 'TOO_LARGE':
		case 'PROMPT_TOO_LONG':
			return { type: 'fail', reason: 'promptTooLong' };
		case 'ANSWER_TOO_LONG':
			return { type: 'fail', reason: 'answerTooLong' };
		case 'ANSWER_TOO_LARGE':
			return { type: 'fail', reason: 'answerTooLarge' };
		case 'THOUGHT_SIGNATURE':
			return { type: 'replaceSignatures', reason: 'thoughtSignature' };
		case 'CONTENT_BLOCKED':
			return { type: 'fail', reason: 'contentBlocked' };
		case 'BAD_REQUEST':
			return { type: 'fail', reason: 'badRequest' };
		// Answers that are under way, mostly our own, may take minutes to end.
		case 'TOO_MANY_AT_ONCE':
		case 'FULL':
			return { type: 'coolDown', reason: 'capacity', delayMs: 10_000, isNoTry: true };
		case 'OVERLOADED':
			return {
				...{ type: 'retrySameKey', reason: 'overloaded', scope: 'model', maxRetries, afterRetries: 'fallbackModel' },
				// It has waited as long as it may, and says when its model may be asked again.
				...(delayMs !== undefined && { minDelaysMs: [Math.ceil(delayMs)] }),
			};
	}
	if (status === 429 && delayMs !== undefined) {
		const rest = { type: 'coolDown', reason: 'capacity', delayMs: Math.ceil(delayMs) } as const;
		if (reason !== 'KEYPOOL_WAITED_TOO_LONG') return rest;
		// The gateway waits for seconds only: a request that may wait longer here asks again, however often others go first there.
		return { ...rest, delayMs: Math.max(leastMs, rest.delayMs), isNoTry: true };
	}
	if (status >= 500) {
		return { type: 'retrySameKey', reason: 'internal', scope: 'request', maxRetries, afterRetries: 'fallbackModel' };
	}
	return { type: 'fail', reason: 'gatewayRefused' };
}

/** When it may be asked again, where the gateway has said so. */
function stated(delayMs: number | undefined): { readonly retryInMs?: number } {
	return delayMs === undefined ? {} : { retryInMs: Math.min(Math.ceil(delayMs), longestMs) };
}

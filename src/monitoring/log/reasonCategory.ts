import type { Reason } from '../../pool/pool';

/** Why a request or a call did not succeed, in the few kinds that logs and metrics count by. */
export type ReasonCategory =
	| 'rate_limited'
	| 'invalid_key'
	| 'server_error'
	| 'request_error'
	| 'blocked'
	| 'cancelled'
	| 'timeout';

/** Exhaustive: a new reason does not compile until it has a kind. What a request waits too long for is a quota. */
export function reasonCategory(reason: Reason): ReasonCategory {
	switch (reason) {
		case 'rpm':
		case 'tpm':
		case 'rpd':
		case 'tpd':
		case 'capacity':
		case 'unreadable':
		case 'throttled':
		case 'unknownLimit':
		case 'cap':
		case 'budget':
		case 'clientHeld':
		case 'gatewayBudget':
		case 'noUsableKey':
		case 'waitedTooLong':
		case 'noTimeLeft':
			return 'rate_limited';
		case 'badKey':
		case 'blocked':
		case 'serviceDisabled':
		case 'billing':
		case 'suspended':
		case 'leaked':
		case 'denied':
		case 'noKeys':
		case 'paused':
			return 'invalid_key';
		case 'overloaded':
		case 'internal':
		case 'network':
		case 'unreachable':
		case 'proxy':
		case 'redirected':
		case 'cutStream':
		case 'emptyAnswer':
		case 'malformedCall':
		case 'answerTooLarge':
		case 'unexpected':
		case 'tooManyTries':
		case 'storeUnavailable':
			return 'server_error';
		case 'tooLargeForTier':
		case 'tierLacksModel':
		case 'modelDenied':
		case 'region':
		case 'hostRefused':
		case 'keysLocked':
		case 'gatewayRefused':
		case 'paidOnly':
		case 'badRequest':
		case 'promptTooLong':
		case 'thoughtSignature':
		case 'noSuchModel':
			return 'request_error';
		case 'contentBlocked':
			return 'blocked';
		case 'cancelled':
			return 'cancelled';
		case 'deadline':
		case 'idle':
		case 'answerTooLong':
			return 'timeout';
	}
	// One that only a newer version knows.
	reason satisfies never;
	return 'server_error';
}

import type { Dimension } from './key';
import type { Received } from './poolRequest';

/** Why something happened: one closed list for failures, states, stream parts and errors. `localization/reasons.ts` describes each. */
export type Reason =
	| 'rpm'
	| 'tpm'
	| 'rpd'
	| 'tpd'
	| 'capacity'
	| 'unreadable'
	| 'throttled'
	| 'unknownLimit'
	| 'tooLargeForTier'
	| 'tierLacksModel'
	| 'modelDenied'
	| 'badKey'
	| 'blocked'
	| 'serviceDisabled'
	| 'billing'
	| 'suspended'
	| 'leaked'
	| 'denied'
	| 'region'
	| 'badRequest'
	| 'promptTooLong'
	| 'thoughtSignature'
	| 'noSuchModel'
	| 'overloaded'
	| 'internal'
	| 'deadline'
	| 'network'
	| 'unreachable'
	| 'proxy'
	| 'redirected'
	| 'hostRefused'
	| 'cutStream'
	| 'idle'
	| 'emptyAnswer'
	| 'malformedCall'
	| 'answerTooLong'
	| 'answerTooLarge'
	| 'contentBlocked'
	| 'unexpected'
	| 'cancelled'
	| 'waitedTooLong'
	| 'noTimeLeft'
	| 'tooManyTries'
	| 'noKeys'
	| 'noUsableKey'
	| 'cap'
	| 'budget'
	| 'clientHeld'
	| 'gatewayBudget'
	| 'gatewayRefused'
	| 'paidOnly'
	| 'keysLocked'
	| 'paused'
	| 'storeUnavailable';

/**
 * What the pool does about a failure. It holds durations, never points in time, and no key, request or clock. `gemini/errors`
 * derives it from the response body; the engine carries it out.
 */
export type FailureAction =
	| {
			/** The bucket cools down; the next key is tried at once. */
			readonly type: 'coolDown';
			readonly reason: 'rpm' | 'tpm' | 'rpd' | 'tpd' | 'capacity' | 'unreadable';
			/** The limit stated by the service, in requests or tokens. */
			readonly limit?: number;
			/**
			 * ms: the delay stated by the service, plus the second that it truncates; absent if it stated none. For `rpm`, `tpm` and
			 * `rpd` it says when one probe may go; the engine decides how long the bucket cools down. For those of a day it is at least 10
			 * minutes, because shorter ones are wrong. `capacity` cools down for this long, at most to the end of the Pacific day;
			 * without it the engine doubles the cooldown each time.
			 */
			readonly delayMs?: number;
			/** What was refused waits for answers that are under way, or for its turn: this is none of the request's tries. */
			readonly isNoTry?: true;
			/** The resolved model named by the service, if it is not the one asked for. */
			readonly model?: string;
			/** The project number in the body, if any. */
			readonly consumer?: string;
	  }
	| {
			/** This tier has no such model. Waiting does not help. */
			readonly type: 'markUnsupported';
			readonly reason: 'tierLacksModel';
			readonly forMs: number;
			readonly model?: string;
			/** The project number in the body, if any. */
			readonly consumer?: string;
	  }
	| {
			/** This key (not its bucket) may not use the model for `forMs`. The next key is tried, then the fallback model. */
			readonly type: 'denyModel';
			readonly reason: 'modelDenied';
			readonly forMs: number;
			/** The project number in the body, if any. */
			readonly consumer?: string;
	  }
	| {
			/** The key gets no generation call until the user acts or a re-check succeeds. */
			readonly type: 'quarantine';
			readonly reason: 'badKey' | 'blocked' | 'serviceDisabled' | 'billing' | 'suspended' | 'leaked' | 'denied';
			readonly scope: 'key' | 'project' | 'account';
			/** True for leaked, suspended and denied keys: the pool pauses instead of trying the others. */
			readonly abuse: boolean;
			/** ms between re-checks with `models.list`, in order; empty if the user must act. */
			readonly recheckMs: readonly number[];
			/** The project number in the body, if any. */
			readonly consumer?: string;
	  }
	| {
			/** The key is healthy. It is retried after a back-off at most `maxRetries` times, then `afterRetries` applies. */
			readonly type: 'retrySameKey';
			readonly reason:
				| 'overloaded'
				| 'internal'
				| 'deadline'
				/** The connection broke or was too slow, but the host can be reached. */
				| 'network'
				/** The host cannot be reached, with any key or model. */
				| 'unreachable'
				/** A proxy answered in the service's place, which says nothing about key or model. */
				| 'proxy'
				| 'cutStream'
				| 'idle'
				| 'emptyAnswer'
				| 'malformedCall';
			/** `model`: all requests on this model back off together. `request`: only this one does. */
			readonly scope: 'model' | 'request';
			readonly maxRetries: number;
			readonly afterRetries: 'fallbackModel' | 'otherKey' | 'otherKeyThenModel' | 'fail';
			/** ms. Minimum for the n-th back-off; the last entry also applies to all later ones. */
			readonly minDelaysMs?: readonly number[];
	  }
	| {
			/** Retry once with the documented sentinel in place of the thought signatures, then fail. No key is at fault. */
			readonly type: 'replaceSignatures';
			readonly reason: 'thoughtSignature';
	  }
	| {
			/** Try one other key (a paid one if `paid`), then fail with the reason. */
			readonly type: 'retryOtherKeyOnce';
			readonly reason: 'region' | 'billing';
			readonly paid: boolean;
	  }
	| {
			/** The request is too large for this tier. Only keys of a higher tier are tried. */
			readonly type: 'excludeTier';
			readonly reason: 'tooLargeForTier';
			readonly limit: number;
			readonly model?: string;
	  }
	| {
			/** The request is wrong, or its answer holds nothing to show. It fails at once. */
			readonly type: 'fail';
			readonly reason:
				| 'badRequest'
				| 'promptTooLong'
				| 'noSuchModel'
				| 'answerTooLong'
				| 'answerTooLarge'
				| 'contentBlocked'
				| 'redirected'
				| 'hostRefused'
				| 'unexpected'
				| 'keysLocked'
				/** What a team's gateway allows this token is used up. */
				| 'gatewayBudget'
				/** A team's gateway does not answer now, and a person there must act, unless it is told when it may. */
				| 'gatewayRefused';
			/** A client chose the address, so that a model missing there may exist for other requests. */
			readonly isForeign?: true;
			/** ms until the same would be allowed, where that is told. */
			readonly retryInMs?: number;
	  };

/** The only error that a call throws. */
export class Failure extends Error {
	override readonly name = 'Failure';

	constructor(
		readonly action: FailureAction,
		/** False only if no byte of the request can have reached the service. Such a call is refunded. */
		readonly sent: boolean,
		/** The service's message, masked. For people; no code branches on it. */
		readonly serviceMessage: string,
		/** HTTP status, if there was one. */
		readonly status?: number,
		/** The project's tier according to the service, if it says so. */
		readonly tier?: 'free',
		/** What came with it: the service counts an answer that it withholds. */
		readonly received?: Received,
	) {
		super(serviceMessage);
	}
}

/** The project number that the failure's body named, if any. */
export function projectNumberIn(action: FailureAction): string | undefined {
	return 'consumer' in action ? action.consumer : undefined;
}

/** The quota dimension that a reason exhausts. */
export function dimensionOf(reason: 'rpm' | 'tpm' | 'rpd' | 'tpd' | 'capacity' | 'unreadable'): Dimension | undefined {
	return reason === 'capacity' || reason === 'unreadable' ? undefined : reason;
}

/** ms. A stated minimum never makes a back-off longer than this. */
export const maxStatedBackOffMs = 10 * 60_000;

/** ms. The minimum of the n-th back-off, counted from 0. */
export function minBackOffMs(
	{ minDelaysMs: leastMs = [] }: Extract<FailureAction, { type: 'retrySameKey' }>,
	n: number,
): number {
	return Math.min(maxStatedBackOffMs, leastMs[Math.min(n, leastMs.length - 1)] ?? 0);
}

import type { Dimension } from './key';

/** Why something is as it is: one closed list for verdicts, states, parts and errors. `words.ts` puts each into words. */
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
	| 'tooManyTries'
	| 'noKeys'
	| 'noUsableKey'
	| 'cap'
	| 'budget'
	| 'clientHeld'
	| 'paidOnly'
	| 'keysLocked'
	| 'paused'
	| 'ledgerDown';

/**
 * What a failure means for the pool, from body and phase alone: durations, never instants; no key, no request and no
 * clock in it. `gemini/errors` makes them, the engine obeys them.
 */
export type FailureAction =
	| {
			/** The bucket rests; the next key is tried at once. */
			readonly type: 'coolDown';
			readonly reason: 'rpm' | 'tpm' | 'rpd' | 'capacity' | 'unreadable';
			/** The limit the service stated, in requests or tokens. */
			readonly limit?: number;
			/**
			 * ms: what the service stated, the second that it cuts off added; absent where it stated nothing. Of `rpm`, `tpm` and
			 * `rpd` one probe may go then; how long the bucket cools down is the engine's rule. `rpd` has it from 10 minutes up
			 * alone: a shorter one lies. `capacity` cools down this long, to the end of the Pacific day at most, and by the
			 * engine's doubling where it is absent.
			 */
			readonly delayMs?: number;
			/** The resolved model that the service named, where it is not the one asked for. */
			readonly model?: string;
			/** The project number that the body named, where it did. */
			readonly consumer?: string;
	  }
	| {
			/** This tier has no such model: the bucket is closed, waiting never helps. */
			readonly type: 'markUnsupported';
			readonly reason: 'tierLacksModel';
			readonly forMs: number;
			readonly model?: string;
			/** The project number that the body named, where it did. */
			readonly consumer?: string;
	  }
	| {
			/** This key may not use this model, for this long: key x model, not the bucket. Next key, then the fallback model. */
			readonly type: 'denyModel';
			readonly reason: 'modelDenied';
			readonly forMs: number;
			/** The project number that the body named, where it did. */
			readonly consumer?: string;
	  }
	| {
			/** No generation call until a person acts or a re-check succeeds. */
			readonly type: 'quarantine';
			readonly reason: 'badKey' | 'blocked' | 'serviceDisabled' | 'billing' | 'suspended' | 'leaked' | 'denied';
			readonly scope: 'key' | 'project' | 'account';
			/** Leaked, suspended and denied: the pool stops instead of trying the rest. */
			readonly abuse: boolean;
			/** ms between re-checks with `models.list`, in order; empty: a person must act. */
			readonly recheckMs: readonly number[];
			/** The project number the body named, where it did. */
			readonly consumer?: string;
	  }
	| {
			/** The key is healthy. The same key again after a back-off, at most `times`, then `then`. */
			readonly type: 'retrySameKey';
			readonly reason:
				| 'overloaded'
				| 'internal'
				| 'deadline'
				/** It broke on the way, or was too slow, while the host answers. */
				| 'network'
				/** No way to the host: no other key and no other model has one. */
				| 'unreachable'
				/** Something between here and the service answered in its place: no verdict on any key or model. */
				| 'proxy'
				| 'cutStream'
				| 'idle'
				| 'emptyAnswer'
				| 'malformedCall';
			/** `model`: every request on this model backs off together. `request`: this one alone. */
			readonly scope: 'model' | 'request';
			readonly maxRetries: number;
			readonly afterRetries: 'fallbackModel' | 'otherKey' | 'otherKeyThenModel' | 'fail';
			/** ms. The n-th back-off is no shorter than the n-th of these; the last one counts for all after it. */
			readonly minDelaysMs?: readonly number[];
	  }
	| {
			/** Once more with the documented sentinel in place of the thought signatures, then fail: no key is at fault. */
			readonly type: 'replaceSignatures';
			readonly reason: 'thoughtSignature';
	  }
	| {
			/** Try one other key (a paid one where `paid`), then fail with the reason. */
			readonly type: 'retryOtherKeyOnce';
			readonly reason: 'region' | 'billing';
			readonly paid: boolean;
	  }
	| {
			/** The request can never pass on this tier: only keys of a higher one may try. */
			readonly type: 'excludeTier';
			readonly reason: 'tooLargeForTier';
			readonly limit: number;
			readonly model?: string;
	  }
	| {
			/** The request is wrong or was answered with nothing to show: told at once. */
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
				| 'keysLocked';
	  };

/** What a call throws, and nothing else. */
export class Failure extends Error {
	override readonly name = 'Failure';

	constructor(
		readonly action: FailureAction,
		/** False only where no byte of the request can have reached the service. Such a call is refunded. */
		readonly sent: boolean,
		/** What the service said, already masked: for the log and "why?", never for decisions. */
		readonly serviceMessage: string,
		/** HTTP status where there was one. */
		readonly status?: number,
		/** The tier that the service counts the project in, where it tells, whatever a person says of it. */
		readonly tier?: 'free',
	) {
		super(serviceMessage);
	}
}

/** The project number that a verdict's body named, of a cooldown, a closed model and a condemned key alike. */
export function projectNumberIn(action: FailureAction): string | undefined {
	return 'consumer' in action ? action.consumer : undefined;
}

/** A quota's reason as the dimension it exhausts. */
export function dimensionOf(reason: 'rpm' | 'tpm' | 'rpd' | 'capacity' | 'unreadable'): Dimension | undefined {
	return reason === 'capacity' || reason === 'unreadable' ? undefined : reason;
}

/** ms. No back-off is made longer than this by what a verdict states. */
export const maxStatedBackOffMs = 10 * 60_000;

/** ms. The shortest that the n-th back-off may be, counted from 0. */
export function minBackOffMs(
	{ minDelaysMs: leastMs = [] }: Extract<FailureAction, { type: 'retrySameKey' }>,
	n: number,
): number {
	return Math.min(maxStatedBackOffMs, leastMs[Math.min(n, leastMs.length - 1)] ?? 0);
}

import type { Dimension } from './key';

/** Why something is as it is: one closed list for verdicts, states, parts and errors. `words.ts` puts each into words. */
export type Reason =
	| 'rpm'
	| 'tpm'
	| 'rpd'
	| 'tpd'
	| 'capacity'
	| 'unknownLimit'
	| 'tooLargeForTier'
	| 'tierLacksModel'
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
	| 'noSuchModel'
	| 'overloaded'
	| 'internal'
	| 'deadline'
	| 'network'
	| 'redirected'
	| 'hostRefused'
	| 'cutStream'
	| 'idle'
	| 'emptyAnswer'
	| 'contentBlocked'
	| 'unexpected'
	| 'cancelled'
	| 'waitedTooLong'
	| 'tooManyTries'
	| 'noKeys'
	| 'noUsableKey'
	| 'cap'
	| 'paidOnly'
	| 'keysLocked'
	| 'paused'
	| 'ledgerDown';

/**
 * What a failure means for the pool, from body and phase alone: durations, never instants; no key, no request and no
 * clock in it. `gemini/failures` makes them, the engine obeys them.
 */
export type Verdict =
	| {
			/** The bucket rests; the next key is tried at once. */
			readonly act: 'rest';
			readonly why: 'rpm' | 'tpm' | 'rpd' | 'capacity';
			/** The limit the service stated, in requests or tokens. */
			readonly limit?: number;
			/** ms. Already corrected (the truncated second added, a lying daily delay dropped); absent: the engine's rule. */
			readonly delayMs?: number;
			/** The resolved model that the service named, where it is not the one asked for. */
			readonly model?: string;
	  }
	| {
			/** This tier has no such model: the bucket is closed, waiting never helps. */
			readonly act: 'close';
			readonly why: 'tierLacksModel';
			readonly forMs: number;
			readonly model?: string;
	  }
	| {
			/** No generation call until a person acts or a re-check succeeds. */
			readonly act: 'bench';
			readonly why: 'badKey' | 'blocked' | 'serviceDisabled' | 'billing' | 'suspended' | 'leaked' | 'denied';
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
			readonly act: 'backOff';
			readonly why: 'overloaded' | 'internal' | 'deadline' | 'network' | 'cutStream' | 'idle' | 'emptyAnswer';
			/** `model`: every request on this model backs off together. `request`: this one alone. */
			readonly scope: 'model' | 'request';
			readonly times: number;
			readonly then: 'fallbackModel' | 'otherKey' | 'otherKeyThenModel' | 'fail';
	  }
	| {
			/** Try one other key (a paid one where `paid`), then fail with the reason. */
			readonly act: 'tryOneOther';
			readonly why: 'region' | 'billing';
			readonly paid: boolean;
	  }
	| {
			/** The request can never pass on this tier: only keys of a higher one may try. */
			readonly act: 'skipTier';
			readonly why: 'tooLargeForTier';
			readonly limit: number;
			readonly model?: string;
	  }
	| {
			/** The request is wrong or was answered with nothing to show: told at once. */
			readonly act: 'fail';
			readonly why:
				| 'badRequest'
				| 'promptTooLong'
				| 'noSuchModel'
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
		readonly verdict: Verdict,
		/** False only where no byte of the request can have reached the service. Such a call is refunded. */
		readonly sent: boolean,
		/** What the service said, already masked: for the log and "why?", never for decisions. */
		readonly said: string,
		/** HTTP status where there was one. */
		readonly status?: number,
		/** The tier that the service counts the project in, where it tells, whatever a person says of it. */
		readonly tier?: 'free',
	) {
		super(said);
	}
}

/** A quota's reason as the dimension it exhausts. */
export function dimensionOf(why: 'rpm' | 'tpm' | 'rpd' | 'capacity'): Dimension | undefined {
	return why === 'capacity' ? undefined : why;
}

import type { BodyName } from './bodies';

/**
 * When a fault happens: always; at the n-th call (from 1) that the fault looks at; at the first n of them; or in a span of
 * ms since the service was made.
 */
export type When =
	| 'always'
	| { readonly nth: number }
	| { readonly first: number }
	| { readonly from: number; readonly to: number };

/** `array`: `[{"error": …}]`; `double`: the whole body as text inside another one's `error.message`. */
export type Wrapping = 'plain' | 'array' | 'double';

/**
 * What goes wrong. `afterPieces` counts pieces of a streamed answer: 0 is before the first one, and what is larger than the
 * answer happens before its last piece. Calls that do not stream see the same fault in their one body.
 */
export type Failing =
	/** The answer comes, late: ms before the headers, and ms between pieces in place of the service's pace. */
	| { readonly kind: 'latency'; readonly beforeHeaders?: number; readonly betweenPieces?: number }
	/** An error body in place of the answer or, with `afterPieces`, as an event of a stream that began with 200. */
	| {
			readonly kind: 'error';
			readonly body: BodyName;
			readonly wrapping?: Wrapping;
			readonly afterPieces?: number;
			/** Without the `data:` that should come before it. */
			readonly bare?: boolean;
			/** The header of this name: seconds or a date. Google's own hosts send none. */
			readonly retryAfter?: string;
	  }
	/** The error comes in a frame of the type `error`, which the SDK passes over. */
	| { readonly kind: 'errorFrame'; readonly body: BodyName; readonly afterPieces: number }
	/** An event whose error has a word for a code, which the SDK passes over. */
	| { readonly kind: 'wordCode'; readonly afterPieces: number }
	/** The connection is reset before headers. */
	| { readonly kind: 'reset' }
	/** The connection is lost in the middle. */
	| { readonly kind: 'cutStream'; readonly afterPieces: number }
	/** The stream ends within an event. */
	| { readonly kind: 'cutEvent'; readonly afterPieces: number }
	/** The stream ends in good order, without a `finishReason`. */
	| { readonly kind: 'silentEnd'; readonly afterPieces: number }
	| { readonly kind: 'emptyBody' }
	/** A whole event that is no JSON. */
	| { readonly kind: 'brokenJson'; readonly afterPieces: number }
	/** The prompt is blocked: at once or, with `afterPieces`, when some of the answer has gone out. */
	| {
			readonly kind: 'blockedPrompt';
			readonly reason: 'SAFETY' | 'PROHIBITED_CONTENT' | 'BLOCKLIST' | 'OTHER';
			readonly afterPieces?: number;
	  }
	/** The answer stops early, with this reason. */
	| {
			readonly kind: 'finish';
			readonly reason:
				| 'SAFETY'
				| 'RECITATION'
				| 'MAX_TOKENS'
				| 'PROHIBITED_CONTENT'
				| 'MALFORMED_FUNCTION_CALL'
				| 'MISSING_THOUGHT_SIGNATURE'
				| 'OTHER';
			readonly afterPieces: number;
	  }
	| { readonly kind: 'redirect'; readonly to: string }
	/** A front end's page in place of JSON; `text`: that instead of a page, perhaps none. */
	| { readonly kind: 'html'; readonly status: number; readonly text?: string }
	/** JSON where a stream was asked for: the whole answer, or the list of its chunks. */
	| { readonly kind: 'asJson'; readonly as: 'object' | 'list' }
	/** Nothing comes until the caller gives up: no headers or, with `afterPieces`, no next piece. */
	| { readonly kind: 'hang'; readonly afterPieces?: number };

export type Fault = Failing & {
	readonly when: When;
	/** Only calls of this resolved model; absent: of all. */
	readonly model?: string;
	/** Absent: `everything` for bodies that refuse the key itself (400_api_key…, 401, 403), else `generation`. */
	readonly on?: 'generation' | 'everything';
};

/** A call as faults see it. */
export interface Occasion {
	readonly model: string | undefined;
	readonly generates: boolean;
	/** ms since the service was made. */
	readonly at: number;
}

/** A list of faults that counts the calls each of them looks at. */
export class FaultList {
	private readonly items: { readonly fault: Fault; calls: number }[];

	constructor(faults: readonly Fault[] = []) {
		this.items = faults.map((fault) => ({ fault, calls: 0 }));
	}

	/** The faults that this call meets, in the order of the list. Counts the call. */
	meet(occasion: Occasion): readonly Fault[] {
		return this.items
			.filter(({ fault }) => concerns(fault, occasion))
			.filter((item) => isNow(item.fault.when, ++item.calls, occasion.at))
			.map(({ fault }) => fault);
	}
}

function concerns(fault: Fault, { model, generates }: Occasion): boolean {
	const on = fault.on ?? (refusesKey(fault) ? 'everything' : 'generation');
	return (on === 'everything' || generates) && (fault.model === undefined || fault.model === model);
}

function refusesKey(fault: Fault): boolean {
	return fault.kind === 'error' && /^(400_api_key|401|403)/.test(fault.body);
}

function isNow(when: When, call: number, at: number): boolean {
	if (when === 'always') {
		return true;
	}
	if ('nth' in when) {
		return call === when.nth;
	}
	return 'first' in when ? call <= when.first : at >= when.from && at < when.to;
}

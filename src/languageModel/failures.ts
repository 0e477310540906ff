import { inOneText, type Words } from '../localization/words';
import { PoolError, type Reason } from '../pool/pool';
import { ToolFlaw } from './toolSchema/tools';

/** Why there is no answer, in the terms of `vscode.lm`: its own three codes, or none of them. */
export interface HostFailure {
	readonly code: 'Blocked' | 'NoPermissions' | 'NotFound' | 'Cancelled' | 'Other';
	/** In the person's language. */
	readonly text: string;
	/** What programs may look at: a reason of ours. */
	readonly reason: Reason | 'badTool' | 'cutByLength' | 'notAllowed' | 'heldKey';
}

/** A request that ended for a reason of this room. */
export class Unanswered extends Error {
	override readonly name = 'Unanswered';

	constructor(readonly failure: HostFailure) {
		super(failure.reason);
	}
}

/** Exhaustive: a new reason does not compile until it has a code. */
const codes: Readonly<Record<Reason, HostFailure['code']>> = {
	rpm: 'Blocked',
	tpm: 'Blocked',
	rpd: 'Blocked',
	tpd: 'Blocked',
	capacity: 'Blocked',
	throttled: 'Blocked',
	unknownLimit: 'Blocked',
	tooLargeForTier: 'Blocked',
	overloaded: 'Blocked',
	contentBlocked: 'Blocked',
	waitedTooLong: 'Blocked',
	noTimeLeft: 'Blocked',
	tooManyTries: 'Blocked',
	noUsableKey: 'Blocked',
	cap: 'Blocked',
	budget: 'Blocked',
	clientHeld: 'Blocked',
	gatewayBudget: 'Blocked',
	gatewayRefused: 'NoPermissions',
	region: 'Blocked',
	tierLacksModel: 'NotFound',
	modelDenied: 'NotFound',
	noSuchModel: 'NotFound',
	badKey: 'NoPermissions',
	blocked: 'NoPermissions',
	serviceDisabled: 'NoPermissions',
	billing: 'NoPermissions',
	suspended: 'NoPermissions',
	leaked: 'NoPermissions',
	denied: 'NoPermissions',
	hostRefused: 'NoPermissions',
	noKeys: 'NoPermissions',
	paidOnly: 'NoPermissions',
	keysLocked: 'NoPermissions',
	paused: 'NoPermissions',
	cancelled: 'Cancelled',
	badRequest: 'Other',
	promptTooLong: 'Other',
	thoughtSignature: 'Other',
	internal: 'Other',
	deadline: 'Other',
	network: 'Other',
	unreadable: 'Other',
	unreachable: 'Other',
	proxy: 'Other',
	redirected: 'Other',
	cutStream: 'Other',
	idle: 'Other',
	emptyAnswer: 'Other',
	malformedCall: 'Other',
	answerTooLong: 'Other',
	answerTooLarge: 'Other',
	unexpected: 'Other',
	storeUnavailable: 'Other',
};

/** What ended a request without a whole answer. Any error but those of the pool and of this room is unexpected. */
export function failureOf(error: unknown, words: Words): HostFailure {
	const { t } = words;
	if (error instanceof Unanswered) return error.failure;
	if (error instanceof ToolFlaw) {
		const text = t('The tool {0} cannot be offered to Gemini: {1}.', error.tool, error.flaw);
		return { code: 'Other', reason: 'badTool', text };
	}
	const ended = error instanceof PoolError ? error : new PoolError('unexpected', []);
	// One that only a newer version knows, which another window has written into the store.
	const code = Object.hasOwn(codes, ended.reason) ? codes[ended.reason] : 'Other';
	return { code, reason: ended.reason, text: inOneText(words.describeError(ended)) };
}

/** Ends of answers that the model made wrong: nothing is blocked, and another try may do. */
const madeWrong: ReadonlySet<string> = new Set([
	'MALFORMED_FUNCTION_CALL',
	'MALFORMED_RESPONSE',
	'MISSING_THOUGHT_SIGNATURE',
	'TOO_MANY_TOOL_CALLS',
	'UNEXPECTED_TOOL_CALL',
]);

/** What the service stops an answer for is no whole one, whatever came; undefined where it is whole. */
export function failureOfFinish(finishReason: string, { t }: Pick<Words, 't'>): HostFailure | undefined {
	switch (finishReason) {
		case 'STOP':
			return undefined;
		case 'MAX_TOKENS':
			return { code: 'Other', reason: 'cutByLength', text: t('The answer reached its length limit.') };
		default: {
			const text = t('The service ended the answer early ({0}).', finishReason);
			return madeWrong.has(finishReason)
				? { code: 'Other', reason: 'malformedCall', text }
				: { code: 'Blocked', reason: 'contentBlocked', text };
		}
	}
}

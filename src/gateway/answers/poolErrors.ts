import { inOneText, type Words } from '../../localization/words';
import { heldMs, type PoolError, type Reason } from '../../pool/pool';
import type { GatewayError } from './gatewayError';

type Answer = Pick<GatewayError, 'status' | 'help'>;

/** Quota: it comes back by itself. */
const exhausted: Answer = { status: 429, help: 'wait' };
/** A person must act first. Not a status after which clients retry by themselves. */
const forbidden: Answer = { status: 403, help: 'never' };
const wrong: Answer = { status: 400, help: 'never' };
const trouble: Answer = { status: 502, help: 'retry' };

/** Exhaustive: a new reason does not compile until it has an answer. */
const answers: Readonly<Record<Reason, Answer>> = {
	rpm: exhausted,
	tpm: exhausted,
	rpd: exhausted,
	tpd: exhausted,
	capacity: exhausted,
	unreadable: exhausted,
	throttled: exhausted,
	unknownLimit: exhausted,
	cap: exhausted,
	budget: exhausted,
	clientHeld: forbidden,
	gatewayBudget: exhausted,
	gatewayRefused: forbidden,
	waitedTooLong: exhausted,
	noUsableKey: exhausted,
	tooManyTries: exhausted,
	tooLargeForTier: wrong,
	tierLacksModel: forbidden,
	modelDenied: forbidden,
	badKey: forbidden,
	blocked: forbidden,
	serviceDisabled: forbidden,
	billing: forbidden,
	suspended: forbidden,
	leaked: forbidden,
	denied: forbidden,
	region: forbidden,
	hostRefused: forbidden,
	noKeys: forbidden,
	paidOnly: forbidden,
	keysLocked: forbidden,
	paused: forbidden,
	badRequest: wrong,
	promptTooLong: wrong,
	thoughtSignature: wrong,
	contentBlocked: wrong,
	noSuchModel: { status: 404, help: 'never' },
	overloaded: { status: 503, help: 'retry' },
	deadline: { status: 504, help: 'retry' },
	noTimeLeft: { status: 504, help: 'retry' },
	idle: { status: 504, help: 'retry' },
	internal: { status: 500, help: 'retry' },
	network: trouble,
	unreachable: trouble,
	proxy: trouble,
	redirected: forbidden,
	cutStream: trouble,
	emptyAnswer: trouble,
	malformedCall: trouble,
	// Clients retry after a 502, and each try costs money.
	answerTooLong: wrong,
	answerTooLarge: wrong,
	unexpected: { status: 500, help: 'retry' },
	cancelled: { status: 499, help: 'never' },
	storeUnavailable: { status: 503, help: 'retry' },
};

/** What is wrong with the request itself: the service's own words say what. */
const toldByService: ReadonlySet<Reason> = new Set(['badRequest', 'noSuchModel', 'thoughtSignature', 'promptTooLong']);

/** @param now ms since 1970, by the same clock as `retryAt` */
export function fromPoolError(error: PoolError, words: Pick<Words, 'describeError'>, now: number): GatewayError {
	const { reason, facts } = error;
	// Another window with a newer version may have stored a reason that is unknown here.
	const named = Object.hasOwn(answers, reason) ? answers[reason] : answers.unexpected;
	const ours = inOneText(words.describeError(error));
	const { serviceMessage = '', retryAt, shortage, isHeld = shortage?.isHeld } = facts;
	// The team's gateway has lost its network: nobody has to act.
	const answer = reason === 'gatewayRefused' && retryAt !== undefined ? trouble : named;
	const untilMs = retryAt === undefined ? undefined : Math.max(0, retryAt - now);
	const retryAfterMs = isHeld ? Math.min(heldMs, untilMs ?? heldMs) : untilMs;
	return {
		status: answer.status,
		// Without a stated time, nothing recovers by itself.
		help: answer.help === 'wait' && retryAfterMs === undefined ? 'never' : answer.help,
		reason,
		message: toldByService.has(reason) && serviceMessage !== '' ? serviceMessage : ours,
		...(retryAfterMs !== undefined && answer.help !== 'never' && { retryAfterMs }),
	};
}

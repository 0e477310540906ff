import type { FailureAction } from '../../pool/pool';
import { gatewayAction, isFromGateway } from './gatewayAction';
import { ownWords } from './ownWords';
import type { ParsedFailure } from './parse';
import { proxyAction } from './proxyAction';
import * as quota from './quota';

/** What one kind of failure looks like, and what it means. */
interface Rule {
	readonly when: (failure: ParsedFailure) => boolean;
	/** `asked`: the model that was asked for, where there was one. */
	readonly then: (failure: ParsedFailure, asked?: string) => FailureAction;
}

const minute = 60_000;
/** A proxy answered, which says nothing about any key. */
const proxy = retrySameKey(proxyAction);
type Quarantine = Extract<FailureAction, { type: 'quarantine' }>;
type RetrySameKey = Extract<FailureAction, { type: 'retrySameKey' }>;

/** Titles of the pages by which a company's filter refuses a site, some with a 503. Google's own pages of trouble say none of this. */
const blockPage = /\b(?:blocked|denied|could not be retrieved|filter|firewall|proxy|web gateway)\b/i;

/**
 * The first matching rule decides. Rules that match a named cause come before those that match only a status, because the body
 * decides (docs/FACTS.md 4; index.json of the recorded bodies is authoritative). A phrase counts only with the statuses that it
 * was seen with, or without any status, and only outside quotes: errors about a bad request quote the request.
 */
const rules: readonly Rule[] = [
	// Another Keypool: what it says of its own keys is no sign against ours.
	{ when: isFromGateway, then: gatewayAction },
	// A proxy answers in the service's place.
	{
		when: either(
			status(407, 451, 511),
			both(statusOrNone(401, 402, 403), ({ isPage }) => isPage),
			both(status(400, 404, 500, 502, 503, 504), ({ isPage, message }) => isPage && blockPage.test(message)),
		),
		then: proxy,
	},
	{
		// Prepaid credits used up: every project of the billing account stops.
		when: both(statusOrNone(402, 429), message(/prepa(?:yment|id) credits? (?:are|is|have been|has been) depleted/i)),
		then: quarantine({ reason: 'billing', scope: 'account' }),
	},
	{
		// Monthly spending cap of the project reached.
		when: both(statusOrNone(402, 429), message(/spend(?:ing)? cap/i)),
		then: quarantine({ reason: 'billing', scope: 'project' }),
	},
	{
		// Key reported as leaked.
		when: both(statusOrNone(403), message(/reported as leaked/i)),
		then: quarantine({ reason: 'leaked', scope: 'key', abuse: true }),
	},
	{
		// Project suspended.
		when: both(
			statusOrNone(403),
			either(reason('CONSUMER_SUSPENDED'), message(/Consumer .{0,300}has been suspended/i)),
		),
		then: quarantine({ reason: 'suspended', scope: 'project', abuse: true }),
	},
	{
		// The same in other words.
		when: both(status(403), isFromService, message(/\bProject\b.{1,80} has been suspended/i)),
		then: quarantine({ reason: 'suspended', scope: 'project', abuse: true }),
	},
	{
		// Account suspended.
		when: both(status(403), isFromService, message(/\baccount has been suspended/i)),
		then: quarantine({ reason: 'suspended', scope: 'account', abuse: true }),
	},
	{
		// Project denied access.
		when: both(statusOrNone(403), message(/project has been denied access/i)),
		then: quarantine({ reason: 'denied', scope: 'project', abuse: true }),
	},
	{
		// Key invalid, deleted or expired (a 400 although the key is at fault).
		when: both(
			statusOrNone(400, 401, 403),
			either(
				reason('API_KEY_INVALID', 'API_KEY_EXPIRED'),
				both(
					either(status(401, 403), unknownStatus),
					message(/API[ _]key (?:(?:is )?(?:not valid|not found|invalid|expired)|(?:has been|was|is) deleted)/i),
				),
				// Errors about a bad request may hold it unquoted, so the phrase must come first.
				message(
					/^\W*(?:400\W+)?(?:(?:The|Your)(?: provided)? )?API[ _]key (?:is )?(?:not valid|not found|invalid|expired)/i,
				),
			),
		),
		then: quarantine({ reason: 'badKey', scope: 'key', recheckMs: [10 * minute] }),
	},
	{
		// Retired kind of key, or a new one that is not bound yet.
		when: either(both(status(401), isFromService), both(statusOrNone(401), reason('ACCESS_TOKEN_TYPE_UNSUPPORTED'))),
		then: quarantine({ reason: 'badKey', scope: 'key', recheckMs: [10 * minute] }),
	},
	{
		// API switched off in the project; switching it on takes minutes to arrive.
		when: both(
			statusOrNone(403),
			either(reason('SERVICE_DISABLED'), message(/has not been used in project .{1,80} or it is disabled/i)),
		),
		then: quarantine({
			reason: 'serviceDisabled',
			scope: 'project',
			recheckMs: [5 * minute, 5 * minute, 10 * minute, 30 * minute, 60 * minute],
		}),
	},
	{
		// Restrictions of the key forbid this call.
		when: both(
			statusOrNone(403),
			either(
				({ reason = '' }) => /^API_KEY_[A-Z_]{1,40}_BLOCKED$/.test(reason),
				message(/API key has an? .{1,60} restriction/i),
				message(/^Requests (?:to this API|from (?:this|referer)) .{1,300} are blocked/i),
			),
		),
		then: quarantine({ reason: 'blocked', scope: 'key' }),
	},
	{
		// Project deleted, unknown, or not the caller's to use.
		when: both(statusOrNone(403), reason('CONSUMER_INVALID', 'USER_PROJECT_DENIED')),
		then: quarantine({ reason: 'blocked', scope: 'project' }),
	},
	{
		// Project without billing, where the call needs it.
		when: both(statusOrNone(403), reason('BILLING_DISABLED')),
		then: quarantine({ reason: 'billing', scope: 'project' }),
	},
	{
		// Caller in a region without a free tier: a paid key may pass.
		when: both(statusOrNone(400, 403), message(/location is not supported/i)),
		then: always({ type: 'retryOtherKeyOnce', reason: 'region', paid: true }),
	},
	{
		// Project needs billing for this call.
		when: both(statusOrNone(400), google('FAILED_PRECONDITION'), message(/billing|free tier/i)),
		then: always({ type: 'retryOtherKeyOnce', reason: 'billing', paid: true }),
	},
	{
		// Model withdrawn from accounts that are new.
		when: both(statusOrNone(404), message(/no longer available to new users/i)),
		then: quota.markUnsupported,
	},
	{
		// Legacy body of a blocked region.
		when: both(statusOrNone(429), ({ legacyQuota }) => legacyQuota?.quotaValue === 0),
		then: quota.coolDownForRegion,
	},
	{
		// No quota for this model on this tier.
		when: both(exhausted, quota.tierLacksModel),
		then: quota.markUnsupported,
	},
	{
		// Quota of a day, which outlasts quotas of a minute in the same body.
		when: both(exhausted, (failure) => quota.dailyViolation(failure) !== undefined),
		then: quota.coolDownForDay,
	},
	{
		// Quota of a minute, or the legacy kind, which is one too.
		when: both(
			exhausted,
			either(
				(failure) => quota.minuteViolation(failure) !== undefined,
				({ legacyQuota }) => legacyQuota !== undefined,
				reason('RATE_LIMIT_EXCEEDED'),
			),
		),
		then: quota.coolDownForMinute,
	},
	// Exhausted, without saying which quota.
	{ when: exhausted, then: quota.coolDownForCapacity },
	// Nothing in it is Google's: a proxy again, in JSON or plain text.
	{ when: both(status(401, 402, 403), (failure) => !isFromService(failure)), then: proxy },
	// Unpaid.
	{ when: status(402), then: quarantine({ reason: 'billing', scope: 'project' }) },
	// Names neither key nor project nor account.
	{ when: status(403), then: quota.denyModel },
	{
		// No such model.
		when: both(status(404), either(google('NOT_FOUND'), message(/\bmodels?\b/i))),
		then: always({ type: 'fail', reason: 'noSuchModel' }),
	},
	{
		// Ran out of time (as 503 too).
		when: either(
			status(504, 408),
			google('DEADLINE_EXCEEDED'),
			both(statusOrNone(500, 503), message(/deadline expired/i)),
		),
		then: retrySameKey({ reason: 'deadline', maxRetries: 1, afterRetries: 'fail' }),
	},
	{
		// Model overloaded, for every key.
		when: either(status(503), both(unknownStatus, message(/overloaded|high demand/i))),
		then: retrySameKey({ reason: 'overloaded', scope: 'model', maxRetries: 4, afterRetries: 'fallbackModel' }),
	},
	{
		// Failure of the service itself. What the caller cancels does not come here: a 499 is a call that Google's own backend gave up.
		when: ({ status }) => status !== undefined && (status >= 500 || status === 499),
		then: retrySameKey({ reason: 'internal', maxRetries: 2, afterRetries: 'otherKey' }),
	},
	{
		// More than the model takes, with any key.
		when: both(status(400), message(/input token count\b.*\bexceeds the maximum number of tokens/i)),
		then: always({ type: 'fail', reason: 'promptTooLong' }),
	},
	{
		// Thought signatures of another backend: the key is not at fault.
		when: both(
			statusOrNone(400),
			message(
				/(?:corrupted|invalid|missing an?) thought[ _]signature|thought[ _]signature is (?:not valid|invalid|corrupted)|function call .{1,200} is missing a `thought_signature`|^Invalid value at '[\w.[\]]{1,200}thought_signature'/i,
			),
		),
		then: always({ type: 'replaceSignatures', reason: 'thoughtSignature' }),
	},
	{
		// The request is wrong, with any key.
		when: either(status(400, 405, 406, 411, 413, 414, 415, 422, 431)),
		then: always({ type: 'fail', reason: 'badRequest' }),
	},
];

/** What the pool does about a failure that the service reported. `asked` is the request's model, if it had one. */
export function classify(failure: ParsedFailure, asked?: string): FailureAction {
	const rule = rules.find(({ when }) => when(failure));
	return rule?.then(failure, asked) ?? { type: 'fail', reason: 'unexpected' };
}

function message(words: RegExp): Rule['when'] {
	return ({ message }) => ownWords(words, message) !== undefined;
}

function reason(...names: readonly string[]): Rule['when'] {
	return (failure) => failure.reason !== undefined && names.includes(failure.reason);
}

function google(name: string): Rule['when'] {
	return ({ googleStatus }) => googleStatus === name;
}

function status(...numbers: readonly number[]): Rule['when'] {
	return (failure) => failure.status !== undefined && numbers.includes(failure.status);
}

/** One of these statuses, or none at all. */
function statusOrNone(...numbers: readonly number[]): Rule['when'] {
	return either(status(...numbers), unknownStatus);
}

function unknownStatus(failure: ParsedFailure): boolean {
	return failure.status === undefined;
}

function isFromService(failure: ParsedFailure): boolean {
	return failure.isFromService;
}

function exhausted(failure: ParsedFailure): boolean {
	return (
		failure.status === 429 ||
		(failure.status === undefined &&
			/quota exceeded|exceeded your current quota|has been exhausted/i.test(failure.message))
	);
}

function either(...conditions: readonly Rule['when'][]): Rule['when'] {
	return (failure) => conditions.some((condition) => condition(failure));
}

function both(...conditions: readonly Rule['when'][]): Rule['when'] {
	return (failure) => conditions.every((condition) => condition(failure));
}

function always(action: FailureAction): Rule['then'] {
	return () => action;
}

/** Without re-checks and no abuse signal, by default. */
function quarantine(
	how: Pick<Quarantine, 'reason' | 'scope'> & Partial<Pick<Quarantine, 'abuse' | 'recheckMs'>>,
): Rule['then'] {
	return ({ consumer }) => ({
		type: 'quarantine',
		abuse: false,
		recheckMs: [],
		...how,
		...(consumer !== undefined && { consumer }),
	});
}

/** For this request only, by default. A `Retry-After` of another host than Google's is the minimum delay. */
function retrySameKey(
	how: Pick<RetrySameKey, 'reason' | 'maxRetries' | 'afterRetries'> &
		Partial<Pick<RetrySameKey, 'scope' | 'minDelaysMs'>>,
): Rule['then'] {
	return ({ retryAfterMs }) => ({
		type: 'retrySameKey',
		scope: 'request',
		...how,
		...(retryAfterMs !== undefined && {
			minDelaysMs: (how.minDelaysMs ?? [0]).map((ms) => Math.max(ms, retryAfterMs)),
		}),
	});
}

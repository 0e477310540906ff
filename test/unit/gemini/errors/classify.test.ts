import assert from 'node:assert/strict';
import type { FailureAction } from '../../../../src/pool/pool';
import { actionOf, type Body } from '../../../support/gemini/bodyVerdict';
import { rpd, rpm, tpd, tpm } from '../../../support/gemini/quotaIds';

const minute = 60_000;

const quarantine = { type: 'quarantine', abuse: false, recheckMs: [] } as const;

describe('gemini: what a failure means', () => {
	const cases: readonly (readonly [string, Body, FailureAction])[] = [
		[
			'a minute without a stated delay states none',
			{ code: 429, violations: [[rpm, '5']] },
			{ type: 'coolDown', reason: 'rpm', limit: 5 },
		],
		[
			'a minute’s delay is a second longer than stated',
			{ code: 429, violations: [[rpm, '5']], retryDelay: '0s' },
			{ type: 'coolDown', reason: 'rpm', limit: 5, delayMs: 1000 },
		],
		[
			'the longer of two stated delays counts',
			{ code: 429, violations: [[rpm, '5']], retryDelay: '40s', message: 'retry in 38.2s' },
			{ type: 'coolDown', reason: 'rpm', limit: 5, delayMs: 41_000 },
		],
		[
			'a negative delay is none',
			{ code: 429, violations: [[rpm, '5']], retryDelay: '-30s' },
			{ type: 'coolDown', reason: 'rpm', limit: 5 },
		],
		[
			'a limit of the minute is no cooldown of a day',
			{ code: 429, violations: [[rpm, '5']], retryDelay: '90000s' },
			{ type: 'coolDown', reason: 'rpm', limit: 5, delayMs: 60 * minute },
		],
		[
			'another model than asked for is named',
			{ code: 429, violations: [[rpm, '5', 'gemini-3-flash']] },
			{ type: 'coolDown', reason: 'rpm', limit: 5, model: 'gemini-3-flash' },
		],
		[
			'the model asked for is not repeated',
			{ code: 429, violations: [[rpm, '5', 'gemini-asked']] },
			{ type: 'coolDown', reason: 'rpm', limit: 5 },
		],
		[
			'a day outlasts a minute',
			{
				code: 429,
				violations: [
					[rpm, '5'],
					[rpd, '20'],
				],
				retryDelay: '38s',
			},
			{ type: 'coolDown', reason: 'rpd', limit: 20 },
		],
		[
			'an older id says daily',
			{ code: 429, violations: [['DailyGenerateRequests', '20']], retryDelay: '38s' },
			{ type: 'coolDown', reason: 'rpd', limit: 20 },
		],
		[
			'a day believes 10 minutes',
			{ code: 429, violations: [[rpd, '20']], retryDelay: '600s' },
			{ type: 'coolDown', reason: 'rpd', limit: 20, delayMs: 10 * minute },
		],
		[
			'a day does not believe less',
			{ code: 429, violations: [[rpd, '20']], retryDelay: '599s' },
			{ type: 'coolDown', reason: 'rpd', limit: 20 },
		],
		[
			'a day believes no more than a day',
			{ code: 429, violations: [[rpd, '20']], retryDelay: '100000s' },
			{ type: 'coolDown', reason: 'rpd', limit: 20 },
		],
		[
			'tokens of a day set no limit on requests',
			{ code: 429, violations: [[tpd, '900000']] },
			{ type: 'coolDown', reason: 'tpd' },
		],
		[
			'tokens before requests of the same minute',
			{
				code: 429,
				violations: [
					[rpm, '5'],
					[tpm, '250000'],
				],
				retryDelay: '4s',
			},
			{ type: 'coolDown', reason: 'tpm', limit: 250_000, delayMs: 5000 },
		],
		[
			'several of the free tier without a value: it has no such model',
			{ code: 429, violations: [[rpm], [tpm], [rpd]], retryDelay: '5s' },
			{ type: 'markUnsupported', reason: 'tierLacksModel', forMs: 1440 * minute },
		],
		[
			'one without a value is a minute’s',
			{ code: 429, violations: [[rpm]], retryDelay: '5s' },
			{ type: 'coolDown', reason: 'rpm', delayMs: 6000 },
		],
		[
			'one without a value is a day’s',
			{ code: 429, violations: [[rpd]], retryDelay: '5s' },
			{ type: 'coolDown', reason: 'rpd' },
		],
		[
			'several of a paid tier without a value close nothing',
			{ code: 429, violations: [['RequestsPerMinute-PaidTier1'], ['InputTokensPerMinute-PaidTier1']] },
			{ type: 'coolDown', reason: 'tpm' },
		],
		[
			'several of the free tier of which one has a value close nothing',
			{ code: 429, violations: [[rpm], [rpd, '20']] },
			{ type: 'coolDown', reason: 'rpd', limit: 20 },
		],
		[
			'a value of 0 too',
			{ code: 429, violations: [[rpm, '0', 'gemini-3.1-pro']] },
			{ type: 'markUnsupported', reason: 'tierLacksModel', forMs: 1440 * minute, model: 'gemini-3.1-pro' },
		],
		[
			'limit: 0 in words alone',
			{
				code: 429,
				message: 'Quota exceeded for metric: a/b_requests, limit: 0, model: gemini-3.1-pro\nPlease retry in 5.2s.',
			},
			{ type: 'markUnsupported', reason: 'tierLacksModel', forMs: 1440 * minute, model: 'gemini-3.1-pro' },
		],
		[
			'quotas in words alone, of unknown period',
			{
				code: 429,
				message: 'Quota exceeded for metric: a/b_requests, limit: 5, model: gemini-3-flash\nPlease retry in 5s.',
			},
			{ type: 'coolDown', reason: 'capacity', delayMs: 6000, model: 'gemini-3-flash' },
		],
		['no details: capacity', { code: 429 }, { type: 'coolDown', reason: 'capacity' }],
		[
			'legacy: a minute',
			{
				code: 429,
				reason: 'RATE_LIMIT_EXCEEDED',
				metadata: {
					quota_limit: 'GenerateRequestsPerMinutePerProjectPerRegion',
					quota_limit_value: '60',
					consumer: 'projects/123',
				},
			},
			{ type: 'coolDown', reason: 'rpm', limit: 60, consumer: '123' },
		],
		[
			'legacy with a value of 0: the region is blocked',
			{
				code: 429,
				reason: 'RATE_LIMIT_EXCEEDED',
				metadata: {
					quota_limit: 'GenerateRequestsPerMinutePerProjectPerRegion',
					quota_limit_value: '0',
					quota_location: 'europe-west1',
				},
			},
			{ type: 'coolDown', reason: 'capacity', delayMs: 10 * minute },
		],
		[
			'credits used up, as 402',
			{ code: 402, message: 'Your prepayment credits are depleted.' },
			{ ...quarantine, reason: 'billing', scope: 'account' },
		],
		[
			'spending cap, as 402',
			{ code: 402, message: 'Your project has exceeded its monthly spending cap.' },
			{ ...quarantine, reason: 'billing', scope: 'project' },
		],
		['unpaid', { code: 402, status: 'FAILED_PRECONDITION' }, { ...quarantine, reason: 'billing', scope: 'project' }],
		[
			'key not found',
			{ code: 400, message: 'API Key not found. Please pass a valid API key.' },
			{ ...quarantine, reason: 'badKey', scope: 'key', recheckMs: [10 * minute] },
		],
		[
			'any 401',
			{ code: 401, status: 'UNAUTHENTICATED' },
			{ ...quarantine, reason: 'badKey', scope: 'key', recheckMs: [10 * minute] },
		],
		[
			'a blocked referrer',
			{ code: 403, reason: 'API_KEY_HTTP_REFERRER_BLOCKED', metadata: { consumer: 'projects/123' } },
			{ ...quarantine, reason: 'blocked', scope: 'key', consumer: '123' },
		],
		[
			'denied',
			{ code: 403, message: 'Your project has been denied access. Please contact support.' },
			{ ...quarantine, reason: 'denied', scope: 'project', abuse: true },
		],
		[
			'any other 403',
			{ code: 403, status: 'PERMISSION_DENIED' },
			{ type: 'denyModel', reason: 'modelDenied', forMs: 60 * minute },
		],
		[
			'a key with a restriction, in words alone',
			{
				code: 403,
				message: 'The provided API key has an IP address restriction. The originating IP address violates it.',
			},
			{ ...quarantine, reason: 'blocked', scope: 'key' },
		],
		[
			'a referrer, in words alone',
			{ code: 403, message: 'Requests from referer <empty> are blocked.' },
			{ ...quarantine, reason: 'blocked', scope: 'key' },
		],
		[
			'a project that is gone',
			{ code: 403, reason: 'CONSUMER_INVALID', metadata: { consumer: 'projects/123' } },
			{ ...quarantine, reason: 'blocked', scope: 'project', consumer: '123' },
		],
		[
			'a project without billing',
			{ code: 403, reason: 'BILLING_DISABLED' },
			{ ...quarantine, reason: 'billing', scope: 'project' },
		],
		[
			'the Interactions API: a day',
			{
				code: 'too_many_requests',
				message:
					'Rate limit exceeded for model gemini-3-flash (limit: 20 requests per day on Free Tier). Please retry in 12h47m5s.',
			},
			{ type: 'coolDown', reason: 'rpd', limit: 20, delayMs: 46_025_000, model: 'gemini-3-flash' },
		],
		[
			'the Interactions API: a minute of tokens',
			{
				code: 'too_many_requests',
				message:
					'Rate limit exceeded for model gemini-asked (limit: 250000 input tokens per minute). Please retry in 9s.',
			},
			{ type: 'coolDown', reason: 'tpm', limit: 250_000, delayMs: 10_000 },
		],
		[
			'the Interactions API: a limit of zero',
			{
				code: 'too_many_requests',
				message: 'Rate limit exceeded for model x-pro (limit: 0 requests per day on Free Tier).',
			},
			{ type: 'markUnsupported', reason: 'tierLacksModel', forMs: 1440 * minute, model: 'x-pro' },
		],
		[
			'a delay of hours without a quota',
			{ code: 429, message: 'Please retry in 6h39m37.4s.' },
			{ type: 'coolDown', reason: 'capacity', delayMs: 23_978_400 },
		],
		[
			'billing precondition',
			{ code: 400, status: 'FAILED_PRECONDITION', message: 'Please enable billing on your project.' },
			{ type: 'retryOtherKeyOnce', reason: 'billing', paid: true },
		],
		['another precondition', { code: 400, status: 'FAILED_PRECONDITION' }, { type: 'fail', reason: 'badRequest' }],
		[
			'not for new users',
			{ code: 404, status: 'NOT_FOUND', message: 'This model is no longer available to new users.' },
			{ type: 'markUnsupported', reason: 'tierLacksModel', forMs: 1440 * minute },
		],
		['not found', { code: 404, status: 'NOT_FOUND' }, { type: 'fail', reason: 'noSuchModel' }],
		[
			'504',
			{ code: 504, status: 'DEADLINE_EXCEEDED' },
			{ type: 'retrySameKey', reason: 'deadline', scope: 'request', maxRetries: 1, afterRetries: 'fail' },
		],
		[
			'503 in other words',
			{ code: 503, message: 'This model is currently experiencing high demand.' },
			{ type: 'retrySameKey', reason: 'overloaded', scope: 'model', maxRetries: 4, afterRetries: 'fallbackModel' },
		],
		[
			'an unknown 5xx',
			{ code: 520 },
			{ type: 'retrySameKey', reason: 'internal', scope: 'request', maxRetries: 2, afterRetries: 'otherKey' },
		],
		['too large a body', { code: 413 }, { type: 'fail', reason: 'badRequest' }],
		['an unknown 4xx', { code: 418 }, { type: 'fail', reason: 'unexpected' }],
		['a word that nobody knows', { code: 'gremlins' }, { type: 'fail', reason: 'unexpected' }],
	];
	for (const [name, body, action] of cases) {
		it(name, () => assert.deepEqual(actionOf(body), action));
	}
});

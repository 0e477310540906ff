import assert from 'node:assert/strict';
import { delayInMessage, parseDuration } from '../../../../src/gemini/errors/duration';
import { failureOf } from '../../../../src/gemini/errors/failure';
import { ServiceError } from '../../../../src/gemini/errors/serviceError';
import type { FailureAction } from '../../../../src/pool/pool';

const plain = (text: string): string => text;
const minute = 60_000;
const judge = (thrown: unknown): FailureAction => failureOf(thrown, plain, 'gemini-asked').action;

/** The action for an error with these fields, in short. */
function short(error: Readonly<Record<string, unknown>>): string {
	const action = judge(new ServiceError(JSON.stringify({ error: { message: 'x', ...error } })));
	return `${action.type} ${action.reason}`;
}

interface Quota {
	readonly id: string;
	readonly value?: string;
	readonly model?: string;
}

const refused = (quotas: readonly Quota[], more: readonly object[] = [], message = 'x'): FailureAction => {
	const violations = quotas.map(({ id, value, model }) => ({
		quotaId: id,
		...(value && { quotaValue: value }),
		...(model && { quotaDimensions: { model } }),
	}));
	return judge(new ServiceError(JSON.stringify({ error: { code: 429, message, details: [{ violations }, ...more] } })));
};

describe('gemini: what a cause means, however little else is said', () => {
	it('a cause in the details needs no words and no status', () => {
		const by = (reason: string): string => short({ details: [{ reason }] });
		assert.equal(by('CONSUMER_SUSPENDED'), 'quarantine suspended');
		assert.equal(by('API_KEY_INVALID'), 'quarantine badKey');
		assert.equal(by('API_KEY_EXPIRED'), 'quarantine badKey');
		assert.equal(by('ACCESS_TOKEN_TYPE_UNSUPPORTED'), 'quarantine badKey');
		assert.equal(by('SERVICE_DISABLED'), 'quarantine serviceDisabled');
		for (const what of ['SERVICE', 'IP_ADDRESS', 'HTTP_REFERRER', 'ANDROID_APP', 'IOS_APP']) {
			assert.equal(by(`API_KEY_${what}_BLOCKED`), 'quarantine blocked');
		}
		for (const other of [
			'NOT_API_KEY_INVALID',
			'API_KEY_INVALID_NOT',
			'API_KEY_BLOCKED',
			'XCONSUMER_SUSPENDED',
			'CONSUMER_SUSPENDED_NOT',
			'NOT_ACCESS_TOKEN_TYPE_UNSUPPORTED',
			'SERVICE_DISABLED_NOT',
			'NOT_API_KEY_SERVICE_BLOCKED',
			'API_KEY_SERVICE_BLOCKED_NOT',
			'USER_PROJECT_DENIED_NOT',
			'NOT_BILLING_DISABLED',
			'OTHER',
		]) {
			assert.equal(by(other), 'fail unexpected', other);
		}
	});

	it('words are enough too', () => {
		const by = (message: string): string => short({ message });
		for (const words of [
			'prepayment credits are depleted',
			'Prepaid credit have been depleted',
			'spend cap',
			'spending cap',
		]) {
			assert.equal(by(words), 'quarantine billing', words);
		}
		assert.equal(by('Your key was reported as leaked.'), 'quarantine leaked');
		assert.equal(by('Consumer "projects/1" has been suspended.'), 'quarantine suspended');
		assert.equal(by('Your project has been denied access'), 'quarantine denied');
		for (const words of ['API key not valid', 'API_key expired', 'api key is invalid', 'API Key not found']) {
			assert.equal(by(words), 'quarantine badKey', words);
		}
		assert.equal(by('API has not been used in project 1 before or it is disabled'), 'quarantine serviceDisabled');
		assert.equal(by('User location is not supported'), 'retryOtherKeyOnce region');
		assert.equal(by('no longer available to new users'), 'markUnsupported tierLacksModel');
		for (const words of ['Quota exceeded', 'You exceeded your current quota', 'Resource has been exhausted']) {
			assert.equal(by(words), 'coolDown capacity', words);
		}
		assert.equal(by('The model is overloaded'), 'retrySameKey overloaded');
		assert.equal(by('experiencing high demand'), 'retrySameKey overloaded');
		assert.equal(by('Deadline expired before'), 'retrySameKey deadline');
		for (const words of ['credits', 'a cap', 'leaked', 'suspended', 'denied', 'a key', 'location', 'expired']) {
			assert.equal(by(words), 'fail unexpected', words);
		}
	});

	it('words about load or quota mean nothing beside a status that says otherwise', () => {
		assert.equal(short({ code: 400, message: 'Quota exceeded for overloaded functions' }), 'fail badRequest');
		assert.equal(short({ code: 500, message: 'The model is overloaded' }), 'retrySameKey internal');
		assert.equal(short({ code: 503, message: 'quota exceeded' }), 'retrySameKey overloaded');
	});

	it('a page by which a filter blocks the site is not the model’s trouble; one of Google’s is', () => {
		const page = (title: string, status: number): string =>
			judge(new ServiceError(`<html><head><title>${title}</title></head><p>Category: ai</p></html>`, status)).reason;
		assert.equal(page('Web Page Blocked', 503), 'proxy');
		assert.equal(page('ERROR: The requested URL could not be retrieved', 503), 'proxy');
		assert.equal(page('Access Denied', 502), 'proxy');
		assert.equal(page('ERROR: The requested URL could not be retrieved', 400), 'proxy');
		assert.equal(page('Web Page Blocked', 404), 'proxy');
		assert.equal(page('Error 404 (Not Found)!!1', 404), 'unexpected');
		assert.equal(page('Error 503 (Service Unavailable)!!1', 503), 'overloaded');
		assert.equal(page('Error 502 (Server Error)!!1', 502), 'internal');
		assert.equal(page('502 Bad Gateway', 502), 'internal');
		assert.equal(short({ code: 503, message: 'blocked' }), 'retrySameKey overloaded');
	});

	it('each status has its meaning', () => {
		const meanings: Readonly<Record<string, readonly number[]>> = {
			// Without a name of Google's they are the network's.
			'retrySameKey proxy': [401, 402, 403, 407, 451, 511],
			'coolDown capacity': [429],
			'fail badRequest': [400, 405, 406, 411, 413, 414, 415, 422, 431],
			'fail unexpected': [404, 409, 410, 418],
			'retrySameKey deadline': [408, 504],
			'retrySameKey overloaded': [503],
			'retrySameKey internal': [499, 500, 501, 502, 520, 599],
		};
		for (const [meaning, statuses] of Object.entries(meanings)) {
			for (const code of statuses) assert.equal(short({ code }), meaning, String(code));
		}
		assert.equal(short({ code: 401, status: 'UNAUTHENTICATED' }), 'quarantine badKey');
		assert.equal(short({ code: 402, status: 'FAILED_PRECONDITION' }), 'quarantine billing');
		assert.equal(short({ code: 403, status: 'PERMISSION_DENIED' }), 'denyModel modelDenied');
		assert.equal(short({ code: 404, message: 'no such model' }), 'fail noSuchModel');
		assert.equal(short({ code: 404, status: 'NOT_FOUND' }), 'fail noSuchModel');
		assert.equal(short({ code: 400, message: 'no such model' }), 'fail badRequest');
		assert.equal(
			short({ code: 400, status: 'FAILED_PRECONDITION', message: 'the free tier is not for you' }),
			'retryOtherKeyOnce billing',
		);
		assert.equal(short({ code: 400, message: 'billing' }), 'fail badRequest');
		assert.equal(short({ code: 500, status: 'DEADLINE_EXCEEDED' }), 'retrySameKey deadline');
	});

	it('re-checks a disabled API after 5, 5, 10, 30 and 60 min, a dead key after 10, and others never', () => {
		const rechecks = (reason: string): unknown => {
			const action = judge(new ServiceError(JSON.stringify({ error: { message: 'x', details: [{ reason }] } })));
			return action.type === 'quarantine' && [action.scope, action.abuse, ...action.recheckMs.map((ms) => ms / minute)];
		};
		assert.deepEqual(rechecks('SERVICE_DISABLED'), ['project', false, 5, 5, 10, 30, 60]);
		assert.deepEqual(rechecks('API_KEY_INVALID'), ['key', false, 10]);
		assert.deepEqual(rechecks('ACCESS_TOKEN_TYPE_UNSUPPORTED'), ['key', false, 10]);
		assert.deepEqual(rechecks('API_KEY_SERVICE_BLOCKED'), ['key', false]);
		assert.deepEqual(rechecks('CONSUMER_SUSPENDED'), ['project', true]);
	});
});

describe('gemini: whom a suspension concerns', () => {
	const scope = (message: string): unknown => {
		const action = judge(
			new ServiceError(JSON.stringify({ error: { code: 403, status: 'PERMISSION_DENIED', message } })),
		);
		return action.type === 'quarantine' && [action.reason, action.scope, action.abuse];
	};

	it('the project, in either of the two wordings', () => {
		assert.deepEqual(scope("Consumer 'projects/1' has been suspended."), ['suspended', 'project', true]);
		assert.deepEqual(scope('Project number 1 has been suspended.'), ['suspended', 'project', true]);
	});

	it('the account, where it is named', () => {
		assert.deepEqual(scope('The billing account has been suspended.'), ['suspended', 'account', true]);
	});

	it('the key, where it may not make this call', () => {
		for (const kind of ['a referer', 'an IP address']) {
			assert.deepEqual(scope(`The provided API key has ${kind} restriction.`), ['blocked', 'key', false], kind);
		}
	});
});

describe('gemini: what several quotas mean together', () => {
	const rpm = { id: 'RequestsPerMinute', value: '5' };
	const tpm = { id: 'TokensPerMinute', value: '900' };
	const rpd = { id: 'RequestsPerDay', value: '20' };
	const tpd = { id: 'TokensPerDay', value: '7000' };

	it('a day before a minute, requests of a day before tokens, tokens of a minute before requests, in any order', () => {
		for (const quotas of [
			[rpm, tpm, tpd, rpd],
			[rpd, tpd, tpm, rpm],
		]) {
			assert.deepEqual(refused(quotas), { type: 'coolDown', reason: 'rpd', limit: 20 });
		}
		for (const quotas of [
			[rpm, tpm],
			[tpm, rpm],
		]) {
			assert.deepEqual(refused(quotas), { type: 'coolDown', reason: 'tpm', limit: 900 });
		}
		for (const quotas of [[tpd], [tpm, tpd, rpm]]) {
			assert.deepEqual(refused(quotas), { type: 'coolDown', reason: 'tpd' });
		}
	});

	it('one quota without a value closes nothing while another has one; a value of 0 does', () => {
		assert.deepEqual(refused([rpm, { id: 'RequestsPerDay' }]), { type: 'coolDown', reason: 'rpd' });
		assert.deepEqual(refused([rpm, { id: 'RequestsPerDay', value: '0' }]).type, 'markUnsupported');
		assert.deepEqual(refused([{ id: 'RequestsPerDay' }, { id: 'RequestsPerMinute' }]).type, 'coolDown');
		const free = [{ id: 'RequestsPerDay-FreeTier' }, { id: 'RequestsPerMinute-FreeTier' }];
		assert.deepEqual(refused(free).type, 'markUnsupported');
	});

	it('the model is the one that a quota names, unless it is the one asked for', () => {
		const named = { id: 'Requests', value: '5', model: 'gemini-real' };
		assert.deepEqual(refused([{ id: 'Requests', value: '5' }, named]), {
			type: 'coolDown',
			reason: 'capacity',
			model: 'gemini-real',
		});
		assert.deepEqual(refused([{ id: 'A-FreeTier' }, { id: 'B-FreeTier', model: 'gemini-real' }]), {
			type: 'markUnsupported',
			reason: 'tierLacksModel',
			forMs: 1440 * minute,
			model: 'gemini-real',
		});
		assert.deepEqual(refused([{ ...rpd, model: 'gemini-asked' }]), { type: 'coolDown', reason: 'rpd', limit: 20 });
	});

	it('a daily delay is believed from 10 min to 25 h, rounded up', () => {
		const delay = (message: string): unknown => {
			const action = refused([rpd], [], message);
			return action.type === 'coolDown' && action.delayMs;
		};
		assert.equal(delay('retry in 599.9s'), undefined);
		assert.equal(delay('retry in 600.0001s'), 600_001);
		assert.equal(delay('retry in 25h'), 25 * 60 * minute);
		assert.equal(delay('retry in 25h1s'), undefined);
	});

	it('a legacy quota is one of its own period, and may lack its reason', () => {
		const legacy = (metadata: object): FailureAction => refused([], [{ reason: 'OTHER', metadata }]);
		assert.deepEqual(legacy({ quota_limit: 'RequestsPerMinute', quota_limit_value: '60' }), {
			type: 'coolDown',
			reason: 'rpm',
			limit: 60,
		});
		assert.deepEqual(legacy({ quota_limit: 'x', quota_metric: 'tokens_per_minute', quota_limit_value: '60' }), {
			type: 'coolDown',
			reason: 'tpm',
			limit: 60,
		});
		assert.deepEqual(legacy({ quota_limit: 'RequestsPerDay', quota_limit_value: '60' }), {
			type: 'coolDown',
			reason: 'rpd',
			limit: 60,
		});
		assert.deepEqual(legacy({ quota_limit_value: '60' }), { type: 'coolDown', reason: 'capacity' });
		const bare = refused([], [{ reason: 'RATE_LIMIT_EXCEEDED' }]);
		assert.deepEqual(bare, { type: 'coolDown', reason: 'rpm' });
	});
});

describe('gemini: who said it', () => {
	it('what the service said is never taken for the network, whatever its words', () => {
		assert.equal(judge(new ServiceError('fetch failed', 400)).reason, 'badRequest');
		assert.equal(judge(new ServiceError('fetch failed')).reason, 'unexpected');
		assert.equal(judge(Object.assign(new Error('fetch failed'), { status: 400 })).reason, 'badRequest');
		assert.equal(judge({ status: 400, message: 'fetch failed' }).reason, 'badRequest');
	});

	it('anything else may be the network', () => {
		assert.equal(judge(Object.assign(new Error('fetch failed'), { status: 'x' })).reason, 'network');
		assert.equal(judge('fetch failed').reason, 'network');
		for (const odd of [null, undefined, 7, [], {}]) assert.equal(judge(odd).reason, 'unexpected');
	});

	it('what is said is bounded, and comes with its status', () => {
		const long = failureOf(new Error(`fetch failed ${'x'.repeat(1990)}`), plain);
		assert.equal(long.serviceMessage.length, 1000);
		assert.equal(failureOf(new ServiceError('x', 503), plain).status, 503);
		assert.equal(failureOf(new Error('fetch failed'), plain).status, undefined);
	});
});

describe('gemini: the edges of a duration', () => {
	it('two days are the longest, 64 characters are read', () => {
		assert.equal(parseDuration('48h'), 48 * 60 * minute);
		assert.equal(parseDuration('2d'), 48 * 60 * minute);
		assert.equal(parseDuration('48h1ms'), undefined);
		assert.equal(parseDuration('1s'.padEnd(64)), 1000);
		assert.equal(parseDuration('1s'.padEnd(65)), undefined);
		assert.equal(parseDuration('1d1h1m1s1ms'), 90_061_001);
		assert.equal(parseDuration('1d1h1m1s1ms1s'), undefined);
		assert.equal(parseDuration('x1s'), undefined);
	});

	it('a message may have any case and a few spaces', () => {
		assert.equal(delayInMessage('Retry in   1m 5s, please'), 65_000);
		assert.equal(delayInMessage('retry-after:   "12"'), 12_000);
		assert.equal(delayInMessage('retry after 0'), 0);
		assert.equal(delayInMessage('retryin 5s'), undefined);
		assert.equal(delayInMessage('retry after: soon'), undefined);
		assert.equal(delayInMessage('retry in 3d. retry after 5'), undefined);
	});
});

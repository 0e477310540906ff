import assert from 'node:assert/strict';
import { failureOf } from '../../../../src/gemini/errors/failure';
import { Failure, type FailureAction } from '../../../../src/pool/pool';

const plain = (text: string): string => text;

function thrown(
	message: string,
	{ code, name = 'TypeError', cause }: { code?: string; name?: string; cause?: unknown } = {},
): Error {
	return Object.assign(new Error(message, { cause }), { name, ...(code && { code }) });
}

describe('gemini: errors that no service told', () => {
	const network = {
		type: 'retrySameKey',
		reason: 'network',
		scope: 'request',
		maxRetries: 4,
		afterRetries: 'fallbackModel',
	} as const;
	const noWay = {
		type: 'retrySameKey',
		reason: 'unreachable',
		scope: 'request',
		maxRetries: 4,
		afterRetries: 'fail',
	} as const;
	const cut = {
		type: 'retrySameKey',
		reason: 'cutStream',
		scope: 'request',
		maxRetries: 2,
		afterRetries: 'otherKeyThenModel',
	} as const;
	const cases: readonly (readonly [string, Error, FailureAction, boolean])[] = [
		['reset', thrown('fetch failed', { cause: thrown('read ECONNRESET', { code: 'ECONNRESET' }) }), network, true],
		[
			'mid stream',
			thrown('terminated', { cause: thrown('other side closed', { code: 'UND_ERR_SOCKET' }) }),
			network,
			true,
		],
		[
			'unknown host',
			thrown('fetch failed', { cause: thrown('getaddrinfo ENOTFOUND x', { code: 'ENOTFOUND' }) }),
			noWay,
			false,
		],
		[
			'offline',
			thrown('fetch failed', { cause: thrown('getaddrinfo EAI_AGAIN x', { code: 'EAI_AGAIN' }) }),
			noWay,
			false,
		],
		[
			'two addresses, both refused',
			thrown('fetch failed', {
				cause: Object.assign(
					new AggregateError([thrown('a', { code: 'ECONNREFUSED' }), thrown('b', { code: 'ECONNREFUSED' })]),
					{ code: 'ECONNREFUSED' },
				),
			}),
			noWay,
			false,
		],
		[
			'two addresses, one lost later',
			thrown('fetch failed', {
				cause: new AggregateError([thrown('a', { code: 'ECONNREFUSED' }), thrown('b', { code: 'ETIMEDOUT' })]),
			}),
			network,
			true,
		],
		['Chromium without a network', thrown('net::ERR_INTERNET_DISCONNECTED'), noWay, false],
		['Chromium, connection lost', thrown('net::ERR_CONNECTION_RESET'), network, true],
		['no code at all', thrown('Failed to fetch'), network, true],
		[
			'no connection in time',
			thrown('fetch failed', { cause: thrown('Connect Timeout Error', { code: 'UND_ERR_CONNECT_TIMEOUT' }) }),
			noWay,
			false,
		],
		['somebody else aborts', thrown('This operation was aborted', { name: 'AbortError' }), network, true],
		[
			'a redirect',
			thrown('fetch failed', { cause: thrown('unexpected redirect') }),
			{ type: 'fail', reason: 'redirected' },
			true,
		],
		['broken JSON', thrown('Unexpected token', { name: 'SyntaxError' }), cut, true],
		['no body', thrown('Response body is empty', { name: 'Error' }), { ...cut, reason: 'emptyAnswer' }, true],
		['anything', thrown('x is not a function'), { type: 'fail', reason: 'unexpected' }, true],
	];
	for (const [name, error, action, sent] of cases) {
		it(name, () => {
			const failure = failureOf(error, plain);
			assert.deepEqual([failure.action, failure.sent], [action, sent]);
		});
	}

	it('masks the key that the runtime quotes, and quarantines it', () => {
		const secret = 'AIza' + 'x'.repeat(35);
		const mask = (text: string): string => text.replaceAll(secret, '***');
		const failure = failureOf(thrown(`Headers.append: "${secret}\n${secret}" is an invalid header value.`), mask);
		assert.deepEqual([failure.action.type, failure.action.reason, failure.sent], ['quarantine', 'badKey', false]);
		assert.ok(!JSON.stringify([failure.serviceMessage, failure.message, failure.stack]).includes(secret));
	});

	it('leaves a Failure as it is', () => {
		const failure = new Failure({ type: 'fail', reason: 'contentBlocked' }, true, 'said');
		assert.equal(failureOf(failure, plain), failure);
	});
});

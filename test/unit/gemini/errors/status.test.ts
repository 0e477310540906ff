import assert from 'node:assert/strict';
import { parseFailure, type ParsedFailure } from '../../../../src/gemini/errors/parse';
import { ServiceError } from '../../../../src/gemini/errors/serviceError';

const plain = (text: string): string => text;

/** What is read of an error whose status field says `field`. */
function field(value: unknown): number | undefined {
	return parseFailure(new ServiceError(JSON.stringify({ error: { code: value, message: 'x' } })), plain).status;
}

function words(text: string): Pick<ParsedFailure, 'status' | 'googleStatus'> {
	const { status, googleStatus } = parseFailure(text, plain);
	return { ...(status !== undefined && { status }), ...(googleStatus !== undefined && { googleStatus }) };
}

describe('gemini: a status', () => {
	/** google.rpc.Code as its proto maps it to HTTP, and the words of the service's other surfaces. */
	const named: Readonly<Record<number, readonly string[]>> = {
		400: [
			'INVALID_ARGUMENT',
			'FAILED_PRECONDITION',
			'OUT_OF_RANGE',
			'invalid_request',
			'invalid_request_error',
			'Bad Request',
		],
		401: ['UNAUTHENTICATED', 'authentication_error', 'Unauthorized'],
		403: ['PERMISSION_DENIED', 'Forbidden'],
		404: ['NOT_FOUND', 'Not Found'],
		409: ['ABORTED'],
		429: ['RESOURCE_EXHAUSTED', 'rate_limit_exceeded', 'Too Many Requests', 'too-many-requests'],
		499: ['CANCELLED'],
		500: ['INTERNAL', 'UNKNOWN', 'internal_error', 'Internal Server Error', 'server_error'],
		501: ['UNIMPLEMENTED'],
		503: ['UNAVAILABLE', 'service_unavailable', 'Service Unavailable', 'overloaded', 'overloaded_error'],
		504: ['DEADLINE_EXCEEDED', ' deadline exceeded '],
	};
	for (const [status, names] of Object.entries(named)) {
		it(`${status} is read from its names`, () => {
			for (const name of names) assert.equal(field(name), Number(status), name);
		});
	}

	it('is read from a number, or a text that is one, of the errors alone', () => {
		for (const status of [400, 429, 599]) {
			assert.equal(field(status), status);
			assert.equal(field(` ${status} `), status);
		}
		for (const other of [200, 399, 600, 429.5, -429, '399', '600', '42 9', '', null, true, [429], {}, 'GREMLINS']) {
			assert.equal(field(other), undefined, JSON.stringify(other));
		}
	});

	it('is not looked for in a field as long as a sentence', () => {
		assert.equal(field('NOT_FOUND'.padEnd(40)), 404);
		assert.equal(field('NOT_FOUND'.padEnd(41)), undefined);
	});

	it('is read from a text that says it', () => {
		assert.deepEqual(words('got status: 429 Too Many Requests.'), { status: 429 });
		assert.deepEqual(words('HTTP error 503, busy'), { status: 503 });
		assert.deepEqual(words('error code (404) for it'), { status: 404 });
		assert.deepEqual(words('[500] no'), { status: 500 });
		assert.deepEqual(words('503 UNAVAILABLE. later'), { status: 503, googleStatus: 'UNAVAILABLE' });
		assert.deepEqual(words('it said RESOURCE_EXHAUSTED'), { status: 429, googleStatus: 'RESOURCE_EXHAUSTED' });
		assert.deepEqual(words('got status: INVALID_ARGUMENT for 450 keys'), {
			status: 400,
			googleStatus: 'INVALID_ARGUMENT',
		});
	});

	it('is not read from any number, word or place', () => {
		assert.deepEqual(words('about 450 keys'), {});
		assert.deepEqual(words('status: 4290'), {});
		assert.deepEqual(words('status: 302'), {});
		assert.deepEqual(words('code of a very long name 404'), {});
		assert.deepEqual(words('the KEYS of PERMISSION_DENIED_X'), {});
		assert.deepEqual(words('x'.repeat(390) + ' status: 429'), {});
		assert.deepEqual(words('THIS IS WRITTEN LOUDLY, INTERNALLY'), {});
	});
});

import type { FailureAction } from '../../../src/pool/pool';

/** What the pool has to do about each failure of a call. */
export const cut: FailureAction = {
	type: 'retrySameKey',
	reason: 'cutStream',
	scope: 'request',
	times: 2,
	then: 'otherKeyThenModel',
};
export const network: FailureAction = {
	type: 'retrySameKey',
	reason: 'network',
	scope: 'request',
	times: 4,
	then: 'fallbackModel',
};
export const overloaded: FailureAction = {
	type: 'retrySameKey',
	reason: 'overloaded',
	scope: 'model',
	times: 4,
	then: 'fallbackModel',
};
export const empty: FailureAction = {
	type: 'retrySameKey',
	reason: 'emptyAnswer',
	scope: 'request',
	times: 2,
	then: 'otherKeyThenModel',
};
export const blocked: FailureAction = { type: 'fail', reason: 'contentBlocked' };
export const signature: FailureAction = { type: 'replaceSignatures', reason: 'thoughtSignature' };
export const malformedCall: FailureAction = {
	type: 'retrySameKey',
	reason: 'malformedCall',
	scope: 'request',
	times: 1,
	then: 'fail',
};
export const proxy: FailureAction = {
	type: 'retrySameKey',
	reason: 'proxy',
	scope: 'request',
	times: 3,
	then: 'fail',
	leastMs: [10_000, 30_000, 60_000],
};

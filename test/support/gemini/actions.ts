import type { FailureAction } from '../../../src/pool/pool';

/** What the pool has to do about each failure of a call. */
export const cut: FailureAction = {
	type: 'retrySameKey',
	reason: 'cutStream',
	scope: 'request',
	maxRetries: 2,
	afterRetries: 'otherKeyThenModel',
};
export const network: FailureAction = {
	type: 'retrySameKey',
	reason: 'network',
	scope: 'request',
	maxRetries: 4,
	afterRetries: 'fallbackModel',
};
export const overloaded: FailureAction = {
	type: 'retrySameKey',
	reason: 'overloaded',
	scope: 'model',
	maxRetries: 4,
	afterRetries: 'fallbackModel',
};
export const empty: FailureAction = {
	type: 'retrySameKey',
	reason: 'emptyAnswer',
	scope: 'request',
	maxRetries: 2,
	afterRetries: 'otherKeyThenModel',
};
export const blocked: FailureAction = { type: 'fail', reason: 'contentBlocked' };
export const signature: FailureAction = { type: 'replaceSignatures', reason: 'thoughtSignature' };
export const malformedCall: FailureAction = {
	type: 'retrySameKey',
	reason: 'malformedCall',
	scope: 'request',
	maxRetries: 1,
	afterRetries: 'fail',
};
export const proxy: FailureAction = {
	type: 'retrySameKey',
	reason: 'proxy',
	scope: 'request',
	maxRetries: 3,
	afterRetries: 'fail',
	minDelaysMs: [10_000, 30_000, 60_000],
};

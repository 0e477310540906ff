import type { FailureAction } from '../../pool/pool';

/** Something between here and the service answered in its place, or refused the way: no verdict on any key or model. */
export const proxyAction: Extract<FailureAction, { type: 'retrySameKey' }> = {
	type: 'retrySameKey',
	reason: 'proxy',
	scope: 'request',
	maxRetries: 3,
	afterRetries: 'fail',
	minDelaysMs: [10_000, 30_000, 60_000],
};

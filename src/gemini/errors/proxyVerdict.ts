import type { FailureAction } from '../../pool/pool';

/** Something between here and the service answered in its place, or refused the way: no verdict on any key or model. */
export const proxyVerdict: Extract<FailureAction, { type: 'retrySameKey' }> = {
	type: 'retrySameKey',
	reason: 'proxy',
	scope: 'request',
	times: 3,
	then: 'fail',
	leastMs: [10_000, 30_000, 60_000],
};

import type { FailureAction } from '../../pool/pool';

/** A proxy answered in the service's place, or refused the connection. It says nothing about key or model. */
export const proxyAction: Extract<FailureAction, { type: 'retrySameKey' }> = {
	type: 'retrySameKey',
	reason: 'proxy',
	scope: 'request',
	maxRetries: 3,
	afterRetries: 'fail',
	minDelaysMs: [10_000, 30_000, 60_000],
};

import type { PoolRequest } from '../../src/pool/pool';

/** A request as most tests make it: a person's, who bears retracts and waits two minutes. What a test is about is in `more`. */
export function aRequest(id: string, more: Partial<PoolRequest> = {}): PoolRequest {
	return {
		id,
		origin: 'test',
		models: ['m'],
		priority: 'chat',
		size: { bytes: 400, tokens: 0 },
		needs: {},
		recovery: 'retract',
		maxWaitMs: 120_000,
		idle: { firstMs: 60_000, betweenMs: 30_000 },
		...more,
	};
}

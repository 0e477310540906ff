import { gatewayPool, type GatewayParts, type GatewayRules } from '../gateway/gateway';
import type { Pool } from '../pool/pool';
import type { Settings } from '../settings/settings';

/**
 * How a tool is served, read anew for each request: as the user has it, whatever the workspace of the serving window says.
 *
 * @param isPaidDemanded whether any open window demands paid keys
 */
export function gatewayRules(
	{ gatewayFallbackModels }: Pick<Settings, 'gatewayFallbackModels'>,
	ofUser: Pick<Settings, 'maxWait' | 'firstTokenTimeout' | 'idleTimeout'>,
	isPaidDemanded: boolean,
): GatewayRules {
	return {
		paidOnly: isPaidDemanded,
		fallbackModels: gatewayFallbackModels.value,
		maxWaitMs: ofUser.maxWait.value,
		idle: { firstMs: ofUser.firstTokenTimeout.value, betweenMs: ofUser.idleTimeout.value },
	};
}

/** The pool for tools: keys are ordered as the user has it, whatever the workspace of the serving window says. */
export function poolOfUser(pool: Pool, ofUser: Pick<Settings, 'options'>): GatewayParts['pool'] {
	return gatewayPool(
		pool,
		pool.under(() => ofUser.options),
	);
}

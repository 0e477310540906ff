import type { Pool } from '../pool/pool';
import type { GatewayParts } from './parts';

/** The pool as a gateway needs it; `otherwise` holds what it does in another way there. */
export function gatewayPool(pool: Pool, otherwise: Partial<GatewayParts['pool']>): GatewayParts['pool'] {
	return {
		stream: (...of) => pool.stream(...of),
		noteToolCall: (...of) => pool.noteToolCall(...of),
		snapshot: () => pool.snapshot(),
		recordCheck: (...of) => pool.recordCheck(...of),
		setClientBudgets: (budgets) => pool.setClientBudgets(budgets),
		...otherwise,
	};
}

import { initialModelRecord } from '../health/initialRecords';
import { tokensOf, resolveAlias } from '../health/modelRecord';
import type { RequestSize } from '../types/poolRequest';
import type { StateStore } from '../types/stateStore';

/** Input tokens of a request of this size, by the ratio that was learnt for the model. */
export function estimateTokens(store: StateStore, model: string, size: RequestSize): number {
	return tokensOf(size, store.replica().model.get(resolveAlias(store, model)) ?? initialModelRecord).likely;
}

import type { Options } from '../types/options';
import type { PoolRequest } from '../types/poolRequest';
import type { RetryState } from './retryState';

/**
 * Requests of one kind are treated alike, apart from their size. Whose they are is part of it, because budgets and holds are a
 * client's; so is what differs between the workspace's options and those of tools. Other options are the same for all.
 */
export function requestKind(
	{ id, origin, serviceTier = 'standard', needs }: PoolRequest,
	retryState: RetryState,
	{ whenExhausted }: Options,
): string {
	if (!retryState.hasNoExclusions || retryState.preferredKey) return id;
	const paid = retryState.paidOnly || needs.paid === true;
	const models = retryState.openModels.map((model) => `${model} ${String(retryState.paidForSize(model))}`);
	return [...models, paid, needs.free, needs.project, serviceTier, whenExhausted, origin].map(String).join(' ');
}

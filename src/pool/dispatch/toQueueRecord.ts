import { worthWaitingMs } from '../selection/leaseAllocator';
import type { RetryState } from './retryState';
import type { StateStore, QueueRecord } from '../types/stateStore';
import type { Options } from '../types/options';
import type { Needs, PoolRequest } from '../types/poolRequest';
import type { Rejection } from '../types/leaseRequest';
import { resolveAlias } from '../health/modelRecord';

/** What other windows must know of a queued request: all its models, unless it waits only for the wanted one. */
export function toQueueRecord(
	{ size }: Pick<PoolRequest, 'size'>,
	needs: Needs,
	retryState: RetryState,
	{ model, retryAt }: Rejection,
	store: StateStore,
	whenExhausted: Options['whenExhausted'],
): Pick<QueueRecord, 'models' | 'size' | 'paid' | 'free' | 'project'> {
	const { wanted, openModels: open } = retryState;
	const waitsForWanted = model === wanted && retryAt - store.now() <= worthWaitingMs;
	const models = waitsForWanted || whenExhausted === 'wait' ? [wanted] : open;
	return {
		models: models.map((name) => resolveAlias(store, name)),
		size,
		paid: needs.paid === true || models.every((name) => retryState.paidForSize(name)),
		...(needs.free === true ? { free: true } : {}),
		...(needs.project === undefined ? {} : { project: needs.project }),
	};
}

import { worthWaitingMs } from '../selection/modelFallback';
import type { RetryState } from './retryState';
import type { StateStore, QueueRecord } from '../types/stateStore';
import type { Options } from '../types/options';
import type { Needs, PoolRequest } from '../types/poolRequest';
import type { Rejection } from '../types/leaseRequest';
import { resolveAlias } from '../types/modelAlias';

/** What other windows must know of a request while it waits: all its models, unless the wanted one is worth waiting for. */
export function toQueueRecord(
	{ size: cost }: Pick<PoolRequest, 'size'>,
	needs: Needs,
	course: RetryState,
	{ model, retryAt }: Rejection,
	ledger: StateStore,
	whenExhausted: Options['whenExhausted'],
): Pick<QueueRecord, 'models' | 'size' | 'paid' | 'project'> {
	const { wanted, open } = course;
	const waitsForWanted = model === wanted && retryAt - ledger.now() <= worthWaitingMs;
	const models = waitsForWanted || whenExhausted === 'wait' ? [wanted] : open;
	return {
		models: models.map((name) => resolveAlias(ledger, name)),
		size: cost,
		paid: needs.paid === true || models.every((name) => course.paidForSize(name)),
		...(needs.project === undefined ? {} : { project: needs.project }),
	};
}

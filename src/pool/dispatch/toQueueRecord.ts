import { worthWaitingMs } from '../selection/modelFallback';
import type { Course } from './retryState';
import type { Ledger, Waiter } from '../types/stateStore';
import type { Options } from '../types/options';
import type { Needs, Request } from '../types/poolRequest';
import type { Denial } from '../types/leaseRequest';
import { resolve } from '../types/modelAlias';

/** What other windows must know of a request while it waits: all its models, unless the wanted one is worth waiting for. */
export function claimOf(
	{ cost }: Pick<Request, 'cost'>,
	needs: Needs,
	course: Course,
	{ model, retryAt }: Denial,
	ledger: Ledger,
	whenExhausted: Options['whenExhausted'],
): Pick<Waiter, 'models' | 'cost' | 'paid' | 'project'> {
	const { wanted, open } = course;
	const waitsForWanted = model === wanted && retryAt - ledger.now() <= worthWaitingMs;
	const models = waitsForWanted || whenExhausted === 'wait' ? [wanted] : open;
	return {
		models: models.map((name) => resolve(ledger, name)),
		cost,
		paid: needs.paid === true || models.every((name) => course.paidForSize(name)),
		...(needs.project === undefined ? {} : { project: needs.project }),
	};
}

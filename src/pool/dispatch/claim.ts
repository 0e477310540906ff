import { worthWaitingMs } from '../selection/anyModel';
import type { Course } from './course';
import type { Ledger, Waiter } from '../types/ledger';
import type { Options } from '../types/options';
import type { Needs, Request } from '../types/request';
import type { Denial } from '../types/seek';
import { resolve } from '../types/resolve';

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

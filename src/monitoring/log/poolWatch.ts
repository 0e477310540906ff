import { nothingWatched, watch, type Incident } from './episodes';
import { settledChanges, type Clock, type Dispose, type PoolEvent, type Snapshot } from '../../pool/pool';

/** The pool as monitoring sees it: it looks, and never acts. */
export interface WatchedPool {
	snapshot(): Snapshot;
	onEvent(listener: (event: PoolEvent) => void): Dispose;
}

/** ms. Under load the pool changes hundreds of times a second; a snapshot for each would cost more than the prompts. */
const settleMs = 50;

/** Runs `look` shortly after now, and shortly after each change of the pool. */
export function onSettled(pool: WatchedPool, clock: Pick<Clock, 'after'>, look: () => void): Dispose {
	const { soon, dispose } = settledChanges(pool, clock, settleMs, look);
	soon();
	return dispose;
}

/** Tells of each incident in the pool once, shortly after it; of what is so already at the first look with it. */
export function watchPool(
	pool: WatchedPool,
	clock: Pick<Clock, 'after'>,
	tell: (incident: Incident, snapshot: Snapshot) => void,
): Dispose {
	let watched = nothingWatched;
	return onSettled(pool, clock, () => {
		const snapshot = pool.snapshot();
		const { after, new: found } = watch(watched, snapshot);
		watched = after;
		for (const incident of found) tell(incident, snapshot);
	});
}

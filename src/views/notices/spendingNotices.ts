import type { Disposable } from '../../common/dispose';
import { isProgram, type ClientView, type Pool } from '../../pool/pool';
import { keepCurrent } from '../shared/keepCurrent';
import { newsSince } from '../shared/newsSince';
import type { PoolView, ViewClock } from '../shared/poolView';

export interface SpendingNoticesParts {
	readonly pool: Pick<Pool, 'onEvent'>;
	readonly view: PoolView;
	readonly clock: ViewClock;
	/** A client is held since a moment ago. */
	readonly held: (client: string, held: NonNullable<ClientView['held']>) => void;
	/** A budget stopped a program: told once for each in a day of the budgets. */
	readonly stopped: (client: string) => void;
}

const dayMs = 24 * 3_600_000;

/** Interrupts a person where a program was held or stopped: nobody looks at it. */
export function createSpendingNotices({ pool, view, clock, held, stopped }: SpendingNoticesParts): Disposable {
	const isNews = newsSince(clock);
	/** Until when a program is not told of again. */
	const told = new Map<string, number>();
	const current = keepCurrent(view, clock, () => {
		for (const { client, held: found } of view.snapshot().clients) {
			if (found && isNews(client, found.since)) held(client, found);
		}
		return undefined;
	});
	const off = pool.onEvent((event) => {
		if (event.type !== 'failed' || event.reason !== 'budget' || !isProgram(event.origin)) return;
		if (event.isHeld) return;
		const now = clock.now();
		if ((told.get(event.origin) ?? 0) > now) return;
		const { endsAt } = view.snapshot().spending.day;
		// A snapshot of yesterday, where nothing has changed since.
		told.set(event.origin, endsAt > now ? endsAt : now + dayMs);
		stopped(event.origin);
	});
	return {
		dispose: () => {
			current.dispose();
			off();
		},
	};
}

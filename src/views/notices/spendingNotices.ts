import type { Disposable } from '../../common/dispose';
import { isProgram, type ClientView, type Pool } from '../../pool/pool';
import { keepCurrent } from '../shared/keepCurrent';
import type { PoolView, ViewClock } from '../shared/poolView';

export interface SpendingNoticesParts {
	readonly pool: Pick<Pool, 'onEvent'>;
	readonly view: PoolView;
	readonly clock: ViewClock;
	/** A client is held since a moment ago. */
	readonly held: (client: string, held: NonNullable<ClientView['held']>) => void;
	/** A budget stopped a program: told once a day for each. */
	readonly stopped: (client: string) => void;
}

const dayMs = 24 * 3_600_000;

/** Interrupts a person where a program was held or stopped: nobody looks at it. */
export function createSpendingNotices({ pool, view, clock, held, stopped }: SpendingNoticesParts): Disposable {
	/** What was found out before was told then. */
	let heard = clock.now();
	const told = new Map<string, number>();
	const current = keepCurrent(view, clock, () => {
		const clients = view.snapshot().clients.flatMap(({ client, held: found }) => (found ? [{ client, found }] : []));
		for (const { client, found } of clients) if (found.since > heard) held(client, found);
		heard = Math.max(heard, ...clients.map(({ found }) => found.since));
		return undefined;
	});
	const off = pool.onEvent((event) => {
		if (event.type !== 'failed' || event.reason !== 'budget' || !isProgram(event.origin)) return;
		const last = told.get(event.origin);
		if (last !== undefined && clock.now() - last < dayMs) return;
		told.set(event.origin, clock.now());
		stopped(event.origin);
	});
	return {
		dispose: () => {
			current.dispose();
			off();
		},
	};
}

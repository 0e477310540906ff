import type { Snapshot } from '../../pool/pool';
import { canClearRest } from './cooldowns';

/** What the palette offers now: package.json asks for these names. */
export interface MenuContext {
	readonly 'keypool.isPaused': boolean;
	readonly 'keypool.canClearRest': boolean;
	readonly 'keypool.hasBudget': boolean;
	readonly 'keypool.hasStoppedClient': boolean;
}

export function menuContextOf({ paused, keys, spending, clients }: Snapshot): MenuContext {
	const spendings = [spending, ...keys.map((view) => view.spending), ...clients.map((client) => client.spending)];
	return {
		'keypool.isPaused': paused !== undefined,
		'keypool.canClearRest': keys.some(canClearRest),
		'keypool.hasBudget': spendings.some((one) => (one?.day.limit ?? one?.month.limit) !== undefined),
		'keypool.hasStoppedClient': clients.some(({ held }) => held !== undefined),
	};
}

import type { EpochMs, KeyId, Snapshot } from '../../pool/pool';
import type { KeysView } from '../../webviews/dashboardProtocol';
import type { Voice } from './voice';

/** Rows that are shown. */
const maxRows = 50;

/** How each key is now, in the order of the keys. `next`: whose turn it is, where keys take turns. */
export function keysView(
	{ keys, strategy }: Pick<Snapshot, 'keys' | 'strategy'>,
	next: KeyId | undefined,
	now: EpochMs,
	{ words, mask }: Voice,
): KeysView {
	return {
		strategy: words.t('Strategy: {0}.', words.describeStrategy(strategy)),
		rows: keys.slice(0, maxRows).map((view) => ({
			label: mask(view.key.label),
			availability: words.announceKey(view, now),
			health: Math.round(view.score),
			isNext: view.key.id === next,
			...(view.lastUsed > 0 && { lastUsedAgo: Math.max(0, now - view.lastUsed) }),
		})),
		more: Math.max(0, keys.length - maxRows),
	};
}

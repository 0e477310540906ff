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
		rows: keys.slice(0, maxRows).map(({ key, availability, isBarred, score, lastUsed }) => ({
			label: mask(key.label),
			availability:
				isBarred && availability.state === 'usable'
					? words.t('paid keys only')
					: words.announceAvailability(availability, now),
			health: Math.round(score),
			isNext: key.id === next,
			...(lastUsed > 0 && { lastUsedAgo: Math.max(0, now - lastUsed) }),
		})),
		more: Math.max(0, keys.length - maxRows),
	};
}

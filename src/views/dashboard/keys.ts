import type { EpochMs, KeyId, KeyView, Snapshot } from '../../pool/pool';
import type { KeysView } from '../../webviews/dashboardProtocol';
import type { Voice } from './voice';

/** Rows that are shown: what comes after them on the page matters as well. */
const maxRows = 20;

/**
 * How each key is now, in the order of the keys; of more than are shown, those that need attention, are next or rest come first.
 *
 * @param next whose turn it is, where keys take turns
 */
export function keysView(
	{ keys, strategy }: Pick<Snapshot, 'keys' | 'strategy'>,
	next: KeyId | undefined,
	now: EpochMs,
	{ words, mask }: Voice,
): KeysView {
	const need = ({ key, availability: { state } }: KeyView): number =>
		state === 'quarantined' ? 0 : key.id === next ? 1 : state === 'coolingDown' ? 2 : state === 'disabled' ? 4 : 3;
	const ordered = keys.length > maxRows ? keys.toSorted((a, b) => need(a) - need(b)) : keys;
	return {
		strategy: words.t('Strategy: {0}.', words.describeStrategy(strategy)),
		rows: ordered.slice(0, maxRows).map((view) => ({
			label: mask(view.key.label),
			availability: words.announceKey(view, now),
			health: Math.round(view.score),
			isNext: view.key.id === next,
			...(view.lastUsed > 0 && { lastUsedAgo: Math.max(0, now - view.lastUsed) }),
		})),
		more: Math.max(0, keys.length - maxRows),
	};
}

import type { KeyView, Snapshot } from '../../pool/pool';

/** Enabled keys that wait for a person. */
export function needAttention(snapshot: Snapshot): readonly KeyView[] {
	return snapshot.keys.filter(({ key, availability }) => key.enabled && availability.state === 'quarantined');
}

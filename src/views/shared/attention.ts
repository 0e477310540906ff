import type { KeyView, Snapshot } from '../../pool/pool';

/** Enabled keys that wait for a person. */
export function needAttention(snapshot: Snapshot): readonly KeyView[] {
	return snapshot.keys.filter(({ key, standing }) => key.enabled && standing.is === 'benched');
}

import type { KeyView, Snapshot } from '../../pool/pool';

/** Enabled keys that wait for a person. */
export function needAttention(snapshot: Snapshot): readonly KeyView[] {
	return snapshot.keys.filter(({ key, availability }) => key.enabled && availability.state === 'quarantined');
}

/** A key of each project that has reached the daily cap which a person set for it. */
export function atTheirCap(snapshot: Snapshot): readonly KeyView[] {
	const isAtCap = ({ availability }: KeyView): boolean =>
		availability.state === 'coolingDown' && availability.reason === 'cap';
	return [...new Map(snapshot.keys.filter(isAtCap).map((view) => [view.project.id, view])).values()];
}

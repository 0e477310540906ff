import type { KeyView, Snapshot } from '../../pool/pool';

/** Enabled keys that wait for a person. */
export function needAttention(snapshot: Snapshot): readonly KeyView[] {
	return snapshot.keys.filter(({ key, availability }) => key.enabled && availability.state === 'quarantined');
}

/** A key of each project that has reached the daily cap which a person set for it. */
export function atTheirCap(snapshot: Snapshot): readonly KeyView[] {
	return ofEachProject(snapshot, (rest) => rest.reason === 'cap');
}

/** A key of each project for which a person has set a limit to 0. A cap of 0 is `atTheirCap`. */
export function atLimitOfZero(snapshot: Snapshot): readonly KeyView[] {
	return ofEachProject(snapshot, (rest) => rest.isEndless === true && rest.reason !== 'cap');
}

function ofEachProject(
	{ keys }: Snapshot,
	rests: (rest: Extract<KeyView['availability'], { state: 'coolingDown' }>) => boolean,
): readonly KeyView[] {
	const found = keys.filter(({ availability }) => availability.state === 'coolingDown' && rests(availability));
	return [...new Map(found.map((view) => [view.project.id, view])).values()];
}

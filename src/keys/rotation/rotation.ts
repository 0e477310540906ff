import type { Key } from '../../pool/pool';

type Rotating = Pick<Key, 'role' | 'sortOrder'>;

/** The stored order of keys that are seen in this one after so many turns: `rotated` the other way. */
export function unrotated<T extends Rotating>(seen: readonly T[], turns: number): readonly T[] {
	return rotated(seen, -turns);
}

/**
 * The keys after `turns` rotations of their stored order, each of which moves the first key to the end within its role.
 * Each key gets the sort order of its new place, and a role keeps its places. It always starts from the stored order, so whoever
 * counts the same turns (another window, a reload, a machine that slept for days) gets the same order. Turns that are no
 * number count as none.
 *
 * @param keys in their stored order.
 */
export function rotated<T extends Rotating>(keys: readonly T[], turns: number): readonly T[] {
	const whole = Number.isFinite(turns) ? Math.floor(turns) : 0;
	const lines = new Map<Key['role'], T[]>();
	for (const key of keys) {
		const line = lines.get(key.role);
		if (line) line.push(key);
		else lines.set(key.role, [key]);
	}
	const taken = new Map<Key['role'], number>();
	return keys.map((place) => {
		const line = lines.get(place.role) ?? [place];
		const nth = taken.get(place.role) ?? 0;
		taken.set(place.role, nth + 1);
		const size = line.length;
		const key = line[(((nth + whole) % size) + size) % size] ?? place;
		return { ...key, sortOrder: place.sortOrder };
	});
}

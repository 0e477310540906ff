import type { Key } from '../../pool/pool';

type Rotating = Pick<Key, 'role' | 'sortOrder'>;

/** The reverse of `rotated`: the order to store so that it is shown as `seen` after `turns` rotations. */
export function unrotated<T extends Rotating>(seen: readonly T[], turns: number): readonly T[] {
	return rotated(seen, -turns);
}

/**
 * The keys after `turns` rotations of their stored order. A rotation moves the first key of each role to the end of its role;
 * a role keeps its places, and each key gets the sort order of its new place. It always starts from the stored order, so that
 * another window, a reload or a machine that slept for days gets the same order. Turns that are not finite count as 0.
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

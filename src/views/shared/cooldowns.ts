import type { KeyView, Snapshot, Standing, Wall } from '../../pool/pool';

/** ms until the first rest ends. */
export function nextEndMs(snapshot: Snapshot, now: Wall): number | undefined {
	return least(endsOf(snapshot, now), (left) => left);
}

/** When the first enabled key is back, as far as known. */
export function firstBack(keys: readonly KeyView[]): Wall | undefined {
	return least(
		keys.flatMap(({ standing }) => (standing.is === 'resting' ? [standing.until] : [])),
		(end) => end,
	);
}

/** ms left of each rest that has not ended. */
export function endsOf(snapshot: Snapshot, now: Wall): readonly number[] {
	const left = ({ standing }: { readonly standing: Standing }) =>
		standing.is === 'resting' && standing.until > now ? [standing.until - now] : [];
	return snapshot.keys.flatMap((key) => [...left(key), ...key.models.flatMap(left)]);
}

/** The least of what `of` makes of the values; undefined where there is none. */
export function least(values: readonly number[], of: (value: number) => number): number | undefined {
	return values.reduce<number | undefined>(
		(best, value) => (best === undefined ? of(value) : Math.min(best, of(value))),
		undefined,
	);
}

import { backWhen, type KeyView, type Snapshot, type Availability, type EpochMs } from '../../pool/pool';

/** ms. So often a text is looked at whose days have names: "tomorrow" is today after midnight. */
export const minuteMs = 60_000;

/**
 * ms until what is said where no rest is counted down may change: the first one ends, the day has turned, or a team's server
 * has gone or come back, of which the pool tells nothing.
 */
export function nextWordsMs(snapshot: Snapshot, now: EpochMs): number {
	return Math.min(least(endsOf(snapshot, now), (left) => left) ?? Infinity, minuteMs);
}

/** When the first enabled key is back, as far as known. */
export function firstAvailable(keys: readonly KeyView[]): EpochMs | undefined {
	return least(
		keys.flatMap(({ availability }) => backWhen(availability)),
		(end) => end,
	);
}

/** ms left of each rest that has not ended. */
export function endsOf(snapshot: Snapshot, now: EpochMs): readonly number[] {
	const left = ({ availability }: { readonly availability: Availability }) =>
		availability.state === 'coolingDown' && availability.until > now ? [availability.until - now] : [];
	return snapshot.keys.flatMap((key) => [...left(key), ...key.models.flatMap(left)]);
}

/** The least of what `of` makes of the values; undefined where there is none. */
export function least(values: readonly number[], of: (value: number) => number): number | undefined {
	return values.reduce<number | undefined>(
		(best, value) => (best === undefined ? of(value) : Math.min(best, of(value))),
		undefined,
	);
}

/** Whether a key stands as a model of it does, for the same reason and as long. */
export function isSameAvailability(a: Availability, b: Availability): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}

/** The limit that the words of a rest name where a person has set it to 0: nothing else ends the rest. */
export function limitOfZeroIn(availability: Availability): { readonly limit?: 0 } {
	return availability.state === 'coolingDown' && availability.isEndless ? { limit: 0 } : {};
}

/** A cap, or a limit of 0, is a person's own: it is changed, and no rest that could be cleared. */
export function isClearable(availability: Availability): boolean {
	return availability.state === 'coolingDown' && availability.reason !== 'cap' && !availability.isEndless;
}

/** Whether a bucket of the key's project rests. */
export function canClearRest({ availability, models }: Pick<KeyView, 'availability' | 'models'>): boolean {
	return isClearable(availability) || models.some((model) => isClearable(model.availability));
}

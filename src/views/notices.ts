import type { Disposable } from '../dispose';
import type { Snapshot, Wall } from '../pool/pool';
import { keepCurrent } from './keepCurrent';
import type { PoolView, ViewClock } from './poolView';

/** ms that a key must have been usable for before the lack of one is news again: else minute limits would toast each minute. */
const calmMs = 5 * 60_000;

/** Tells that no key is usable once an episode, and that the pool has paused once. Nothing else interrupts. */
export function createNotices(
	pool: PoolView,
	clock: ViewClock,
	interrupt: (snapshot: Snapshot, now: Wall) => void,
): Disposable {
	let told: 'nothing' | 'paused' | 'none' = 'nothing';
	/** Since when a key has been usable again. */
	let calmSince: Wall | undefined;

	return keepCurrent(pool, clock, () => {
		const snapshot = pool.snapshot();
		const now = clock.now();
		if (snapshot.paused) {
			if (told !== 'paused') interrupt(snapshot, now);
			told = 'paused';
			return undefined;
		}
		if (snapshot.total > 0 && snapshot.usable === 0) {
			calmSince = undefined;
			// The end of a pause leaves the same keys unusable: that has just been told.
			if (told === 'nothing') interrupt(snapshot, now);
			told = 'none';
			return undefined;
		}
		calmSince ??= now;
		const left = calmSince + calmMs - now;
		if (told === 'paused' || left <= 0) told = 'nothing';
		return told === 'nothing' ? undefined : left;
	});
}

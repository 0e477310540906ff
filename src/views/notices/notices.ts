import type { Disposable } from '../../common/dispose';
import type { KeyView, Snapshot, EpochMs } from '../../pool/pool';
import { firstAvailable, minuteMs } from '../shared/cooldowns';
import { keepCurrent } from '../shared/keepCurrent';
import { newsSince } from '../shared/newsSince';
import type { PoolView, ViewClock } from '../shared/poolView';

/** ms that a key must have been usable for before the lack of one is news again. */
const calmMs = 5 * 60_000;

/**
 * Tells that no key is usable for more than a minute once an episode, that the pool has paused once, and that a project
 * which is marked as paid counts as free. Nothing else interrupts.
 *
 * @param interrupt `revoked`: a key of such a project; absent: all is about the pool.
 */
export function createNotices(
	pool: PoolView,
	clock: ViewClock,
	interrupt: (snapshot: Snapshot, now: EpochMs, revoked?: KeyView) => void,
): Disposable {
	const isRevokedSince = newsSince(clock);
	let told: 'nothing' | 'paused' | 'none' = 'nothing';
	/** Since when a key has been usable again. */
	let calmSince: EpochMs | undefined;

	return keepCurrent(pool, clock, () => {
		const snapshot = pool.snapshot();
		const now = clock.now();
		for (const [since, view] of revokedIn(snapshot))
			if (isRevokedSince(view.project.id, since)) interrupt(snapshot, now, view);
		if (snapshot.paused) {
			if (told !== 'paused') interrupt(snapshot, now);
			told = 'paused';
			return undefined;
		}
		if (snapshot.usable === 0 && snapshot.keys.some(isOfNoKey)) return undefined;
		if (snapshot.total > 0 && snapshot.usable === 0) {
			calmSince = undefined;
			// The end of a pause leaves the same keys unusable: that has just been told.
			if (told === 'nothing' && isShort(snapshot, now)) return undefined;
			if (told === 'nothing' && snapshot.keys.some(isNews)) interrupt(snapshot, now);
			told = 'none';
			return undefined;
		}
		// No later than now: the clock may have been set back.
		calmSince = Math.min(calmSince ?? now, now);
		const left = calmSince + calmMs - now;
		if (told === 'paused' || left <= 0) told = 'nothing';
		return told === 'nothing' ? undefined : left;
	});
}

/** That says nothing of the keys, and another one would not help: who asks is told. */
function isOfNoKey({ availability, isBarred }: KeyView): boolean {
	return !isBarred && 'reason' in availability && /^(?:overloaded|throttled|noSuchModel)$/.test(availability.reason);
}

/** A limit of a minute ends by itself: status bar and keys view count it down, and who asks sees the wait. */
function isShort({ keys }: Snapshot, now: EpochMs): boolean {
	return (firstAvailable(keys.filter(({ isBarred }) => !isBarred)) ?? Infinity) - now <= minuteMs;
}

/** Not of a key that may not be used, nor of one refused before its first request: the check has told the person who added it. */
function isNews({ availability, isBarred, lastUsed }: KeyView): boolean {
	const { state } = availability;
	return !isBarred && state !== 'disabled' && (state !== 'quarantined' || lastUsed > 0);
}

/** Since when, and one key for each project: the one that the service said it to, where it is there. */
function revokedIn({ keys }: Snapshot): readonly (readonly [since: EpochMs, KeyView])[] {
	const found = new Map<string, readonly [EpochMs, KeyView]>();
	for (const view of keys) {
		const { revoked, project, key } = view;
		if (revoked && (!found.has(project.id) || revoked.by === key.id)) found.set(project.id, [revoked.since, view]);
	}
	return [...found.values()];
}

import type { Snapshot, EpochMs } from '../../pool/pool';
import { countdownMs } from '../../localization/words';
import { endsOf, least, minuteMs } from './cooldowns';

/** ms until what is shown of the rests changes: each second in a countdown, else at least each minute. */
export function nextChangeMs(snapshot: Snapshot, now: EpochMs): number {
	const next = least(endsOf(snapshot, now), (left) => (left <= countdownMs ? left % 1000 || 1000 : left - countdownMs));
	return Math.min(next ?? Infinity, minuteMs);
}

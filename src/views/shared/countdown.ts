import type { Snapshot, EpochMs } from '../../pool/pool';
import { countdownMs } from '../../localization/words';
import { endsOf, least } from './cooldowns';

/** ms until what is shown of the rests changes: each second in a countdown, else at least each minute (the day may turn). */
export function nextChangeMs(snapshot: Snapshot, now: EpochMs): number | undefined {
	return least(endsOf(snapshot, now), (left) =>
		left <= countdownMs ? left % 1000 || 1000 : Math.min(left - countdownMs, 60_000),
	);
}

import type { Reason } from '../types/failure';
import type { KeySet } from '../types/keySet';
import type { EpochMs, Transaction } from '../types/stateStore';

/** ms. This many keys that had worked, quarantined within this time for any 403, are an abuse signal. */
const burstMs = 60_000;
const burstKeys = 3;

/** Whether a quarantine for `reason` completes such a burst. Keys of one switched-off project count once. */
export function isAbuseBurst(tx: Transaction, keySet: KeySet, reason: Reason, now: EpochMs): boolean {
	if (reason !== 'blocked' && reason !== 'serviceDisabled' && reason !== 'denied') return false;
	const hit = new Set<string>();
	for (const { id, project } of keySet.keys) {
		const { status } = tx.key(id);
		if (status.state !== 'quarantined' || !status.hadWorked || now - status.since > burstMs) continue;
		if (status.reason === 'blocked') hit.add(id);
		if (status.reason === 'serviceDisabled' || status.reason === 'denied') hit.add(project);
	}
	return hit.size >= burstKeys;
}

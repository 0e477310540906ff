import type { Reason } from '../types/failure';
import type { KeySet } from '../types/keySet';
import type { EpochMs, Transaction } from '../types/stateStore';

/** ms. This many keys that had worked, quarantined within this time for any 403, are an abuse signal. */
const burstMs = 60_000;
const burstKeys = 3;
const reasons: ReadonlySet<Reason> = new Set<Reason>(['blocked', 'serviceDisabled', 'denied']);

/** Whether a quarantine for `reason` completes such a burst. Keys of a project that was refused as a whole count once. */
export function isAbuseBurst(tx: Transaction, keySet: KeySet, reason: Reason, now: EpochMs): boolean {
	if (!reasons.has(reason)) return false;
	const hit = new Set<string>();
	for (const { id, project } of keySet.keys) {
		const { status } = tx.key(id);
		if (status.state !== 'quarantined' || !status.hadWorked || now - status.since > burstMs) continue;
		const isOfProject = status.ofProject === true || status.reason !== 'blocked';
		if (reasons.has(status.reason)) hit.add(isOfProject ? project : id);
	}
	return hit.size >= burstKeys;
}

import type { KeyId } from '../types/key';
import type { KeySet } from '../types/keySet';
import type { KeyRecord, KeyState, EpochMs, Transaction } from '../types/stateStore';
import type { Reason, FailureAction } from '../types/failure';

/** Points of the health score, which goes from 0 to 100: for an answer, and for a failure of key or quota. */
const gain = 5;
const loss = 20;
/** ms. One request tries a key at score 0 after this, then twice as late each time, up to the maximum. */
const probeMs = 60_000;
const maxProbeMs = 10 * 60_000;
/** ms. A new key may take minutes to be known everywhere, so it is re-checked sooner (docs/FACTS.md 3 and 4). */
const newKeyRecheckMs: readonly number[] = [60_000, 3 * 60_000, 10 * 60_000];

/** More models than a user asks for within an hour. */
const maxDeniedModels = 32;

type QuarantineAction = Extract<FailureAction, { type: 'quarantine' }>;

/** An answer verifies the key and raises its score. A quarantined key stays quarantined: the call was sent before. */
export function recordSuccess(record: KeyRecord, tokens: { input: number; output: number }, now: EpochMs): KeyRecord {
	const { probe, ...rest } = record;
	return {
		...rest,
		status: record.status.state === 'quarantined' ? record.status : verifiedStatus(record.status, now),
		score: Math.min(100, record.score + gain),
		success: record.success + 1,
		tokens: { input: record.tokens.input + tokens.input, output: record.tokens.output + tokens.output },
	};
}

/**
 * Records a failure of key or quota. Failures of the service itself are not recorded here.
 *
 * @param isKnown whether the failure is known to be about the key, its bucket or its project; only then the score drops
 */
export function recordFailure(record: KeyRecord, isKnown: boolean, now: EpochMs): KeyRecord {
	const score = isKnown ? Math.max(0, record.score - loss) : record.score;
	return {
		...record,
		score,
		fail: record.fail + 1,
		...(score === 0 && !record.probe ? { probe: { at: now + probeMs, waitMs: probeMs } } : {}),
	};
}

/** Updates the last use when the key is chosen, so that simultaneous requests get different keys. */
export function markUsed(record: KeyRecord, now: EpochMs): KeyRecord {
	const { probe } = record;
	if (!probe || probe.at > now) return { ...record, lastUsed: now };
	const waitMs = Math.min(probe.waitMs * 2, maxProbeMs);
	return { ...record, lastUsed: now, probe: { at: now + waitMs, waitMs } };
}

/** Records that the service denies the key this model. Drops expired entries, and of too many the first to end. */
export function denyModel(record: KeyRecord, model: string, until: EpochMs, now: EpochMs): KeyRecord {
	const others = (record.deniedModels ?? []).filter((one) => one.model !== model && one.until > now);
	const deniedModels = [...others, { model, until }].sort((a, b) => a.until - b.until).slice(-maxDeniedModels);
	return { ...record, deniedModels };
}

/** Lets the key try the model again, at the user's request. */
export function allowModel(record: KeyRecord, model: string): KeyRecord {
	const { deniedModels } = record;
	return deniedModels ? { ...record, deniedModels: deniedModels.filter((one) => one.model !== model) } : record;
}

/** Marks the key verified. A quarantine that only the user can lift stays, because `models.list` succeeds for those keys too. */
export function markVerified(record: KeyRecord, now: EpochMs): KeyRecord {
	if (record.status.state === 'quarantined' && needsUser(record.status.reason)) return record;
	return { ...record, status: verifiedStatus(record.status, now) };
}

/** Lifts the quarantine at the user's request. The key is unverified again. */
export function liftQuarantine(record: KeyRecord): KeyRecord {
	const { probe, ...rest } = record;
	return record.status.state === 'quarantined'
		? { ...rest, status: { state: 'unverified' }, score: Math.max(record.score, 50) }
		: record;
}

/** The same for all keys that one refusal of their project or billing account has set aside with this one. */
export function liftQuarantines(tx: Transaction, keySet: KeySet, key: KeyId): void {
	const { status } = tx.key(key);
	for (const id of keySet.sharing(key, 'account')) {
		const other = tx.key(id);
		if (id === key || isOneRefusal(other.status, status)) tx.put({ kind: 'key', id, doc: liftQuarantine(other) });
	}
}

function isOneRefusal(a: KeyState, b: KeyState): boolean {
	if (a.state !== 'quarantined' || b.state !== 'quarantined') return false;
	return a.ofProject === true && a.reason === b.reason && a.since === b.since;
}

export function quarantine(
	record: KeyRecord,
	action: QuarantineAction,
	serviceMessage: string,
	now: EpochMs,
): KeyRecord {
	const { status } = record;
	if (status.state === 'quarantined' && outranks(status.reason, action.reason)) return record;
	const hadWorked = status.state === 'verified' || (status.state === 'quarantined' && status.hadWorked);
	const rechecks = action.reason === 'badKey' && !hadWorked ? newKeyRecheckMs : action.recheckMs;
	return {
		...record,
		status: {
			state: 'quarantined',
			reason: action.reason,
			since: now,
			serviceMessage,
			hadWorked,
			...(action.scope !== 'key' && { ofProject: true as const }),
			...schedule(rechecks, now),
		},
	};
}

/** Schedules the next re-check after one that failed, if any is left. */
export function recordFailedRecheck(record: KeyRecord, now: EpochMs): KeyRecord {
	const { status } = record;
	if (status.state !== 'quarantined') return record;
	const { recheckAt, ...rest } = status;
	return { ...record, status: { ...rest, ...schedule(status.rechecksLeft, now) } };
}

/** Repeats a re-check in `ms` that did not reach the service, since that says nothing about the key. */
export function postponeRecheck(record: KeyRecord, ms: number, now: EpochMs): KeyRecord {
	return record.status.state === 'quarantined' && record.status.recheckAt !== undefined
		? { ...record, status: { ...record.status, recheckAt: now + ms } }
		: record;
}

function schedule(rechecks: readonly number[], now: EpochMs): { recheckAt?: EpochMs; rechecksLeft: readonly number[] } {
	const [first, ...left] = rechecks;
	return first === undefined ? { rechecksLeft: [] } : { recheckAt: now + first, rechecksLeft: left };
}

function verifiedStatus(status: KeyState, now: EpochMs): KeyState {
	return status.state === 'verified' ? status : { state: 'verified', since: now };
}

/** Whether the known reason stays: one that needs the user is not replaced by one that does not. */
function outranks(known: Reason, next: Reason): boolean {
	return needsUser(known) && !needsUser(next);
}

/** Whether only the user can lift the quarantine. */
export function needsUser(reason: Reason): boolean {
	return reason === 'leaked' || reason === 'suspended' || reason === 'denied' || reason === 'billing';
}

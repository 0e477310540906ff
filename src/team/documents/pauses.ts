import * as v from 'valibot';
import type { EpochMs, PoolRecord } from '../../pool/pool';
import type { Identity } from './identity';

/** The team's name of the document that holds all pauses. */
export const pausesName = 'pause';

/** Pauses by the fingerprint of the key that caused them: each concerns only those who hold that key. */
export type Pauses = Readonly<Record<string, { readonly reason: string; readonly since: EpochMs }>>;

type Paused = NonNullable<PoolRecord['paused']>;

const maxPauses = 200;
const body = v.looseObject({
	by: v.record(
		v.pipe(v.string(), v.maxLength(64)),
		v.object({ reason: v.pipe(v.string(), v.regex(/^[A-Za-z]{1,40}$/)), since: v.pipe(v.number(), v.minValue(0)) }),
	),
});

/** The pauses of a row; none where it cannot be read. */
export function pausesIn(text: string | undefined, now: EpochMs): Pauses {
	if (text === undefined) return {};
	try {
		const { by } = v.parse(body, JSON.parse(text));
		const entries = Object.entries(by).slice(-maxPauses);
		return Object.fromEntries(
			entries.map(([key, { reason, since }]) => [key, { reason, since: Math.min(since, now) }]),
		);
	} catch {
		return {};
	}
}

/** The first pause that a key of this machine has caused. */
export function localPause(pauses: Pauses, identity: Identity): Paused | undefined {
	for (const [fingerprint, { reason, since }] of Object.entries(pauses)) {
		const by = identity.localKey(fingerprint);
		if (by !== undefined) return { reason: reason as Paused['reason'], by, since };
	}
	return undefined;
}

/**
 * The team's pauses after a step has written the pool's record; the same object if it changed none. A pause by a key that the
 * team does not know stays on the machine, and whoever resumes lifts the pauses of the keys that they hold.
 */
export function withPauses(pauses: Pauses, { paused }: PoolRecord, identity: Identity): Pauses {
	const fingerprint = paused && identity.key(paused.by);
	if (paused && fingerprint === undefined) return pauses;
	if (!paused || fingerprint === undefined) {
		const others = Object.entries(pauses).filter(([one]) => identity.localKey(one) === undefined);
		return others.length === Object.keys(pauses).length ? pauses : Object.fromEntries(others);
	}
	const known = pauses[fingerprint];
	if (known?.since === paused.since && known.reason === paused.reason) return pauses;
	return { ...pauses, [fingerprint]: { reason: paused.reason, since: paused.since } };
}

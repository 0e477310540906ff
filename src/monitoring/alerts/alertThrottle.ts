import type { KeyId, ModelSupply, Snapshot, EpochMs } from '../../pool/pool';
import type { Level, Watched } from '../log/episodes';
import { maxNamed, type Alert } from './alert';

/** What has been told, from which the next step goes on. It outlives the window, so that a reload repeats nothing. */
export interface NotificationLog extends Omit<Watched, 'revoked'> {
	/** When an alert was sent last: by its name, and by its model where it is about one. */
	readonly sentAt: Readonly<Record<string, EpochMs>>;
}

export const nothingTold: NotificationLog = { supply: new Map(), quarantined: new Set(), paused: false, sentAt: {} };

export interface AlertDecision {
	/** What is to be sent now. */
	readonly alerts: readonly Alert[];
	/** What has been told once they are sent. */
	readonly told: NotificationLog;
	/** When something that is held back now may be sent. */
	readonly again: EpochMs | undefined;
}

/**
 * Compares what is so with what was told. Sends at most one alert of each name, and of each model, within `intervalMs`. What is
 * held back is sent when that has passed, if it is still so: a receiver never ends on a stale alert.
 */
export function alertThrottle(
	told: NotificationLog,
	watched: Watched,
	snapshot: Snapshot,
	now: EpochMs,
	intervalMs: number,
): AlertDecision {
	const sentAt = Object.fromEntries(Object.entries(told.sentAt).filter(([, at]) => now - at < intervalMs));
	const alerts: Alert[] = [];
	let again: EpochMs | undefined;
	/** Sends the alert if it may be; says whether it has been told. */
	const tell = (alert: Alert): boolean => {
		const name = nameOf(alert);
		const before = sentAt[name];
		// A time to come was left by a clock that has been set back.
		if (before !== undefined && before <= now && now - before < intervalMs) {
			again = Math.min(again ?? Infinity, before + intervalMs);
			return false;
		}
		sentAt[name] = now;
		alerts.push(alert);
		return true;
	};
	const pause = pauseAlert(told.paused, snapshot);
	const paused = pause && !tell(pause) ? told.paused : watched.paused;
	const supply = new Map<string, Level>();
	for (const model of new Set([...told.supply.keys(), ...snapshot.supplies.map((one) => one.model)])) {
		const before = told.supply.get(model) ?? 'fine';
		const of = snapshot.supplies.find((one) => one.model === model);
		const now = of ? levelToTell(before, watched.supply.get(model) ?? 'fine', of) : 'fine';
		const alert = of ? supplyAlert(before, now, of) : unusedAlert(snapshot, model);
		// Where no key is in use nothing is known, and what was told stays.
		const isTold = alert === undefined ? (of?.total ?? 0) > 0 : tell(alert);
		const level = isTold ? now : before;
		if (level !== 'fine') supply.set(model, level);
	}
	const fresh = [...watched.quarantined].filter((id) => !told.quarantined.has(id));
	const areKeysTold = fresh.length === 0 || tell(keysAlert(fresh, snapshot));
	return {
		alerts,
		told: {
			supply,
			quarantined: areKeysTold
				? watched.quarantined
				: new Set([...told.quarantined].filter((id) => watched.quarantined.has(id))),
			paused,
			sentAt,
		},
		again,
	};
}

/** By it alerts of one kind are held back, each model's by itself. */
export function nameOf(alert: Alert): string {
	return 'model' in alert ? `${alert.type} ${alert.model}` : alert.type;
}

/** An alert that reached nobody, and what had been told before and with it. */
export interface LostAlert {
	readonly alert: Alert;
	readonly before: NotificationLog;
	readonly after: NotificationLog;
}

/** What has been told, less this alert, unless a later one told otherwise. */
export function untold(told: NotificationLog, { alert, before, after }: LostAlert): NotificationLog {
	if ('model' in alert) {
		const { model } = alert;
		if (told.supply.get(model) !== after.supply.get(model)) return told;
		const supply = new Map(told.supply);
		const level = before.supply.get(model);
		if (level === undefined) supply.delete(model);
		else supply.set(model, level);
		return { ...told, supply };
	}
	if (alert.type !== 'keysNeedAttention') {
		return told.paused === after.paused ? { ...told, paused: before.paused } : told;
	}
	const isLost = (id: KeyId): boolean => after.quarantined.has(id) && !before.quarantined.has(id);
	return { ...told, quarantined: new Set([...told.quarantined].filter((id) => !isLost(id))) };
}

/** An episode's worst level. If that was held back and is over, the level of now. */
function levelToTell(told: Level, worst: Level, { usable }: ModelSupply): Level {
	return worst === 'exhausted' && told !== 'exhausted' && usable > 0 ? 'almost' : worst;
}

function pauseAlert(told: boolean, { paused }: Snapshot): Alert | undefined {
	if (paused) return told ? undefined : { type: 'poolPaused', reason: paused.reason, by: paused.by };
	return told ? { type: 'resumed' } : undefined;
}

function supplyAlert(before: Level, now: Level, { usable, total, model, back }: ModelSupply): Alert | undefined {
	if (now === before || total === 0) return undefined;
	switch (now) {
		case 'fine':
			return { type: 'recovered', usable, total, model };
		case 'almost':
			// One enabled key has no "almost".
			return total < 2 ? undefined : { type: 'almostExhausted', usable, total, model };
		case 'exhausted':
			return { type: 'allExhausted', total, model, ...(back === undefined ? {} : { back }) };
	}
}

/** Ends what was told of a model that nobody asks for any more. Without keys (simulator mode has begun) nothing is known of any. */
function unusedAlert({ supplies }: Snapshot, model: string): Alert | undefined {
	return supplies.length > 0 ? { type: 'unused', model } : undefined;
}

function keysAlert(ids: readonly KeyId[], snapshot: Snapshot): Alert {
	const wanted = new Set(ids);
	const keys = snapshot.keys.flatMap(({ key, availability }) =>
		wanted.has(key.id) && availability.state === 'quarantined'
			? [{ label: key.label, reason: availability.reason }]
			: [],
	);
	return { type: 'keysNeedAttention', keys: keys.slice(0, maxNamed), more: Math.max(0, keys.length - maxNamed) };
}

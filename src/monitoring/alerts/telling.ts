import type { KeyId, Snapshot, Wall } from '../../pool/pool';
import { firstBack, type Watched } from '../episodes';
import { mostNamed, type Alert, type AlertName } from './alert';

/** What has been told, from which the next step goes on. It outlives the window, so that a reload repeats nothing. */
export interface Told extends Watched {
	/** When an alert of a name was sent last. */
	readonly sentAt: Readonly<Partial<Record<AlertName, Wall>>>;
}

export const nothingTold: Told = { supply: 'fine', benched: new Set(), paused: false, sentAt: {} };

export interface Telling {
	/** What is to be sent now. */
	readonly alerts: readonly Alert[];
	/** What has been told once they are sent. */
	readonly told: Told;
	/** When something that is held back now may be sent. */
	readonly again: Wall | undefined;
}

/**
 * Compares what is so with what was told. One alert of each name at most within `intervalMs`: what is held back is told
 * when that has passed, if it is still so. Whoever was told last thus knows the truth, however often it went to and fro.
 */
export function telling(told: Told, watched: Watched, snapshot: Snapshot, now: Wall, intervalMs: number): Telling {
	const sentAt = { ...told.sentAt };
	const alerts: Alert[] = [];
	let again: Wall | undefined;
	/** Sends the alert if it may be; says whether it has been told. */
	const tell = (alert: Alert): boolean => {
		const before = sentAt[alert.is];
		// A time to come was left by a clock that has been set back.
		if (before !== undefined && before <= now && now - before < intervalMs) {
			again = Math.min(again ?? Infinity, before + intervalMs);
			return false;
		}
		sentAt[alert.is] = now;
		alerts.push(alert);
		return true;
	};
	const pause = snapshot.paused && !told.paused ? snapshot.paused : undefined;
	const paused = pause ? tell({ is: 'poolPaused', why: pause.why, by: pause.by }) : watched.paused;
	const supply = supplyAlert(told, watched, snapshot);
	const isSupplyTold = supply === undefined || tell(supply);
	const fresh = [...watched.benched].filter((id) => !told.benched.has(id));
	const areKeysTold = fresh.length === 0 || tell(keysAlert(fresh, snapshot));
	return {
		alerts,
		told: {
			supply: isSupplyTold ? watched.supply : told.supply,
			benched: areKeysTold ? watched.benched : new Set([...told.benched].filter((id) => watched.benched.has(id))),
			paused,
			sentAt,
		},
		again,
	};
}

function supplyAlert(told: Told, watched: Watched, snapshot: Snapshot): Alert | undefined {
	const { usable, total, model } = snapshot;
	if (watched.supply === told.supply || total === 0) return undefined;
	switch (watched.supply) {
		case 'fine':
			return { is: 'recovered', usable, total, model };
		case 'almost':
			// One enabled key has no "almost".
			return total < 2 ? undefined : { is: 'almostExhausted', usable, total, model };
		case 'exhausted': {
			const back = firstBack(snapshot);
			return { is: 'allExhausted', total, model, ...(back === undefined ? {} : { back }) };
		}
	}
}

function keysAlert(ids: readonly KeyId[], snapshot: Snapshot): Alert {
	const wanted = new Set(ids);
	const keys = snapshot.keys.flatMap(({ key, standing }) =>
		wanted.has(key.id) && standing.is === 'benched' ? [{ label: key.label, why: standing.why }] : [],
	);
	return { is: 'keysNeedAttention', keys: keys.slice(0, mostNamed), more: Math.max(0, keys.length - mostNamed) };
}

import type { KeyId, PoolEvent, Snapshot } from '../../pool/pool';
import type { WatchedPool } from './poolWatch';

/** Who knows which keys are simulated. */
export interface SimulatedKeys {
	/** Whether the pool's keys are simulated now. */
	readonly isOn: boolean;
	/** Whether a key is, or was. */
	has(key: KeyId): boolean;
}

/**
 * The pool for those who act on what they see from afar, as alerts and Prometheus do: while its keys are simulated it is
 * empty, and nothing happens in it. So simulator mode raises no alert.
 */
export function withoutSimulatedKeys(pool: WatchedPool, simulatedKeys: SimulatedKeys): WatchedPool {
	return {
		snapshot: () => {
			const snapshot = pool.snapshot();
			return snapshot.keys.some(({ key }) => simulatedKeys.has(key.id)) ? emptied(snapshot) : snapshot;
		},
		onEvent: (listener) =>
			pool.onEvent((event) => {
				if (!isSimulatedEvent(event, simulatedKeys)) listener(event);
			}),
	};
}

function isSimulatedEvent(event: PoolEvent, simulatedKeys: SimulatedKeys): boolean {
	if (event.type === 'changed') return false;
	if (simulatedKeys.isOn) return true;
	// What was under way when simulator mode ended.
	if (event.type === 'attempt') return simulatedKeys.has(event.attempt.key);
	if (event.type === 'keySetAside') return simulatedKeys.has(event.key);
	return event.type === 'ended' && event.record.attempts.some(({ key }) => simulatedKeys.has(key));
}

function emptied({ paused: _, ...snapshot }: Snapshot): Snapshot {
	const nothing = { cost: 0, reserved: 0 };
	const { day, month } = snapshot.spending;
	return {
		...snapshot,
		...{ keys: [], usable: 0, total: 0, supplies: [], waiting: 0, clients: [] },
		spending: { day: { ...nothing, endsAt: day.endsAt }, month: { ...nothing, endsAt: month.endsAt } },
	};
}

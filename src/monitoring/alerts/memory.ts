import * as v from 'valibot';
import { isObject, renamed } from '../../common/json';
import type { KeyId } from '../../pool/pool';
import { nothingTold, type NotificationLog } from './alertThrottle';

/** Where what has been told is kept; shared by the windows. */
export interface AlertMemory {
	read(): unknown;
	write(value: unknown): void;
}

/** Keys that are remembered as told. */
const maxKeys = 1_000;

/** Models of which it is remembered how they were told of, and times of sending. */
const maxModels = 50;

const level = v.picklist(['fine', 'almost', 'exhausted']);
const stored = v.object({
	supply: v.record(v.string(), level),
	quarantined: v.pipe(v.array(v.string()), v.maxLength(maxKeys)),
	paused: v.boolean(),
	sentAt: v.record(v.string(), v.number()),
});

/** Version 0.1.0 had another word for quarantined keys, and knew of one model only: which one, it did not say. */
function fromVersion1(saved: unknown): unknown {
	if (!isObject(saved)) return saved;
	return { ...renamed(saved, { benched: 'quarantined' }), ...(v.is(level, saved['supply']) && { supply: {} }) };
}

/** What is stored, or that nothing has been told where it cannot be read. */
export function remembered(memory: AlertMemory): NotificationLog {
	const parsed = v.safeParse(stored, fromVersion1(memory.read()));
	if (!parsed.success) return nothingTold;
	const { supply, quarantined, paused, sentAt } = parsed.output;
	const levels = new Map(Object.entries(supply).slice(-maxModels));
	return { supply: levels, quarantined: new Set(quarantined.map((id) => id as KeyId)), paused, sentAt };
}

/** As it is stored. */
export function written({ supply, quarantined, paused, sentAt }: NotificationLog): object {
	const latest = Object.entries(sentAt)
		.sort(([, a], [, b]) => a - b)
		.slice(-maxModels);
	return {
		supply: Object.fromEntries([...supply].slice(-maxModels)),
		quarantined: [...quarantined].slice(0, maxKeys),
		paused,
		sentAt: Object.fromEntries(latest),
	};
}

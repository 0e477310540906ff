import * as v from 'valibot';
import type { KeyId } from '../../pool/pool';
import { nothingTold, type Told } from './telling';

/** Where what has been told is kept; shared by the windows. */
export interface AlertMemory {
	read(): unknown;
	write(value: unknown): void;
}

/** Keys that are remembered as told. */
const mostKeys = 1_000;

const stored = v.object({
	supply: v.picklist(['fine', 'almost', 'exhausted']),
	benched: v.pipe(v.array(v.string()), v.maxLength(mostKeys)),
	paused: v.boolean(),
	sentAt: v.record(
		v.picklist(['almostExhausted', 'allExhausted', 'recovered', 'keysNeedAttention', 'poolPaused', 'test']),
		v.number(),
	),
});

/** What is stored, or that nothing has been told where it cannot be read. */
export function remembered(memory: AlertMemory): Told {
	const parsed = v.safeParse(stored, memory.read());
	if (!parsed.success) return nothingTold;
	const { supply, benched, paused, sentAt } = parsed.output;
	return { supply, benched: new Set(benched.map((id) => id as KeyId)), paused, sentAt };
}

export function remember(memory: AlertMemory, { supply, benched, paused, sentAt }: Told): void {
	memory.write({ supply, benched: [...benched].slice(0, mostKeys), paused, sentAt });
}

import type { Fault } from '../../src/simulator/service';

/** What a case asks of a client. */
export type Task = 'plain' | 'stream' | 'tools' | 'json' | 'image';

export interface Case {
	readonly name: string;
	readonly task: Task;
	/** What each key meets, in their order. */
	readonly keys: readonly (readonly Fault[])[];
	readonly every?: readonly Fault[];
	/** How often the task is done before it counts, each time to a whole answer. */
	readonly before?: number;
	/** `whole`: the client gets a whole answer. `told`: it is told that there is none, or that it broke off. */
	readonly ends: 'whole' | 'told';
}

const good: readonly Fault[] = [];
const always = (fault: Omit<Fault, 'when'>): readonly Fault[] => [{ when: 'always', ...fault } as Fault];
const first = (calls: number, fault: Omit<Fault, 'when'>): readonly Fault[] => [
	{ when: { first: calls }, ...fault } as Fault,
];
const error = (body: string, more: object = {}): Omit<Fault, 'when'> =>
	({ kind: 'error', body, ...more }) as Omit<Fault, 'when'>;

const asks = (name: string, task: Task): Case => ({ name, task, keys: [good], ends: 'whole' });
const survives = (name: string, keys: Case['keys'], every: readonly Fault[] = []): Case => ({
	name,
	task: 'stream',
	keys,
	every,
	ends: 'whole',
});
const tells = (name: string, keys: Case['keys']): Case => ({ name, task: 'stream', keys, ends: 'told' });

export const cases: readonly Case[] = [
	asks('plain', 'plain'),
	asks('stream', 'stream'),
	asks('tools, two turns, signatures', 'tools'),
	asks('JSON schema', 'json'),
	asks('image', 'image'),
	survives('429, 429, ok', [always(error('429_rpm_free')), always(error('429_rpm_free')), good]),
	survives('daily quota of one key', [always(error('429_rpd_free_flash_long_delay')), good]),
	survives('cut before text', [first(1, { kind: 'cutStream', afterPieces: 0 } as never)]),
	tells('cut after text', [always({ kind: 'cutStream', afterPieces: 1 } as never)]),
	tells('silent end after text', [always({ kind: 'silentEnd', afterPieces: 1 } as never)]),
	tells('error in a 200 after text', [always(error('503_overloaded', { afterPieces: 1 }))]),
	survives('overload, then ok', [good], first(1, error('503_overloaded'))),
	survives('dead key', [always(error('400_api_key_invalid')), good]),
	tells('all exhausted for the day', [
		always(error('429_rpd_free_flash_long_delay')),
		always(error('429_rpd_free_flash_long_delay')),
	]),
	tells('leaked key', [always(error('403_leaked_key')), good]),
	// A client in a loop, which is held alone until a person has looked.
	{ name: 'the same tool call for the 21st time', task: 'tools', keys: [good], before: 20, ends: 'told' },
];

import type { Attempt, KeyId, UsageCount, CooldownRecord, RequestRecord } from '../../../../src/pool/pool';
import type { History } from '../../../../src/views/dashboard/project';
import { noon } from '../snapshots';

export const idOf = (label: string): KeyId => `id of ${label}` as KeyId;

/** Sends that ended so many minutes before noon. */
export function count(minutesAgo: number, label: string, outcome: UsageCount['outcome'], sends = 1): UsageCount {
	const minute = Math.floor(noon / 60_000) - minutesAgo;
	return { minute, key: idOf(label), outcome, sends, input: 10 * sends, output: 2 * sends };
}

export function attempt(label: string, outcome: Attempt['outcome'], more: Partial<Attempt> = {}): Attempt {
	const on = { key: idOf(label), label, model: 'gemini-3.8-flash' };
	const usage = { input: 100, cached: 0, output: 20, thoughts: 5 };
	return { ...on, sentAt: noon - 5_000, ms: 800, outcome, ...(outcome === 'answered' && { usage }), ...more };
}

export function requestRecord(
	request: string,
	attempts: readonly Attempt[],
	more: Partial<RequestRecord> = {},
): RequestRecord {
	const outcome = attempts.at(-1)?.outcome ?? 'noUsableKey';
	return { request, origin: 'chat', endedAt: noon - 4_000, outcome, attempts, ...more };
}

export function historyOf(
	minutes: readonly UsageCount[] = [],
	requestRecords: readonly RequestRecord[] = [],
	rests: Readonly<Record<string, CooldownRecord['spans']>> = {},
): History {
	const records = Object.entries(rests).map(([id, spans]) => [id as never, { v: 1, spans } as const] as const);
	return { minutes: () => minutes, requestRecords: () => requestRecords, cooldowns: () => new Map(records) };
}

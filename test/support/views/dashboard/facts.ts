import type { Attempt, DailyCost, KeyId, UsageCount, CooldownRecord, RequestRecord } from '../../../../src/pool/pool';
import type { History } from '../../../../src/views/dashboard/project';
import { hour, monthEndsAt, noon, standings } from '../snapshots';

const dayEndsAt = standings.day.until;

export const idOf = (label: string): KeyId => `id of ${label}` as KeyId;

/** Sends that ended so many minutes before noon. */
export function count(minutesAgo: number, label: string, outcome: UsageCount['outcome'], sends = 1): UsageCount {
	const minute = Math.floor(noon / 60_000) - minutesAgo;
	return { minute, key: idOf(label), outcome, sends, input: 10 * sends, cached: 0, output: 2 * sends, thoughts: 0 };
}

/** What answers of a key have cost so many days before noon's, on a paid project unless `more` says otherwise. */
export function dailyCost(daysAgo: number, label: string, cost: number, more: Partial<DailyCost> = {}): DailyCost {
	const tokens = { input: 4_000, cached: 1_000, output: 600, thoughts: 200 };
	return {
		...{ v: 2, dayEndsAt: dayEndsAt - daysAgo * 24 * hour, monthEndsAt, key: idOf(label) },
		...{ project: `project of ${label}` as DailyCost['project'], client: 'chat', model: 'gemini-3.8-flash' },
		...{ tier: 'paid', sends: 3, ...tokens, cost, listCost: cost },
		...more,
	};
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
	costs: readonly DailyCost[] = [],
): History {
	const records = Object.entries(rests).map(([id, spans]) => [id as never, { v: 2, spans } as const] as const);
	return {
		...{ minutes: () => minutes, requestRecords: () => requestRecords, cooldowns: () => new Map(records) },
		dailyCosts: () => costs,
	};
}

import type { UsageCount, CooldownRecord, Snapshot, RequestRecord } from '../../../src/pool/pool';
import type { History } from '../../../src/views/dashboard/project';
import { seeded } from '../simulator/stand';
import { attempt, dailyCost, historyOf, idOf, requestRecord } from '../views/dashboard/facts';
import { hour, keyView, minute, model, modelView, noon, snapshotOf, spendingOf, standings } from '../views/snapshots';

/** A label that would spoil a page which took it for more than text. */
export const hostileLabel = '<img src=x onerror=alert(1)> "quoted"\nsecond line 😀 & co';

const lite = 'gemini-3.5-flash-lite';
const names = ['personal', 'work (paid)', 'side project', hostileLabel, 'spoilt'];

/** A pool that has been used all day: five keys, two models, limits known and not, rests, failures, and a busy noon. */
export function busyPool(): { readonly snapshot: Snapshot; readonly history: History } {
	const random = seeded(11);
	const minutes: UsageCount[] = [];
	const count = (ago: number, label: string, outcome: UsageCount['outcome'], sends: number): void => {
		const at = Math.floor(noon / minute) - ago;
		if (sends > 0)
			minutes.push({
				...{ minute: at, key: idOf(label), outcome, sends, input: 420 * sends },
				client:
					['chat', 'gateway:cline', 'batch', 'lm:some-publisher.some-extension'][names.indexOf(label) % 4] ?? 'chat',
				...{ cached: 0, output: 260 * sends, thoughts: 0 },
				...(outcome !== 'answered' && { fallbacks: sends }),
			});
	};
	for (let ago = 24 * 60 - 1; ago >= 0; ago--) {
		const busy = Math.max(0, Math.sin((ago / 1440) * 9) + 0.35);
		for (const [n, name] of names.slice(0, 4).entries())
			count(ago, name, 'answered', Math.floor(random() * busy * (5 - n)));
		if (random() < 0.12 * busy) count(ago, 'personal', 'rpm', 1);
		if (random() < 0.04 * busy) count(ago, 'side project', 'overloaded', 2);
		if (random() < 0.02) count(ago, 'work (paid)', 'network', 1);
		if (ago < 300 && random() < 0.02) count(ago, 'spoilt', 'leaked', 1);
	}
	const requestRecords: RequestRecord[] = Array.from({ length: 30 }, (_, n) => {
		const at = { sentAt: noon - n * 40_000 - 2_000 };
		const label = names[n % 4] ?? '';
		const took = { ms: 900 + n * 130, firstMs: 400, waitedMs: n % 5 === 0 ? 4_200 : 0 };
		const attempts =
			n % 4 === 1
				? [attempt('personal', 'rpm', { ...at, ms: 130 }), attempt(label, 'answered', at)]
				: [attempt(label, n % 9 === 8 ? 'network' : 'answered', at)];
		const origin = ['chat', 'selection', 'palette', 'batch'][n % 4] ?? 'chat';
		const switches = attempts.length > 1 ? (['rpm'] as const) : [];
		return requestRecord(`r${n}`, attempts, { origin, endedAt: noon - n * 40_000, timings: { ...took, switches } });
	}).reverse();
	const spans = (reason: 'rpm' | 'rpd', every: number, long: number): CooldownRecord['spans'] =>
		Array.from({ length: 12 }, (_, n) => ({
			reason,
			from: noon - (12 - n) * every,
			until: noon - (12 - n) * every + long,
		}));
	const rests = {
		[`project of personal/${model}`]: [
			...spans('rpm', 4 * minute, 40_000),
			{ reason: 'rpm', from: noon - 18_000, until: noon + 42_000 },
		],
		[`project of personal/${lite}`]: [{ reason: 'capacity', from: noon - 3 * hour, until: noon - 2.6 * hour }],
		[`project of side project/${model}`]: [{ reason: 'rpd', from: noon - 5 * hour, until: standings.day.until }],
		[`project of ${hostileLabel}/${lite}`]: [
			{ reason: 'tierLacksModel', from: noon - 0.5 * hour, until: noon + 20 * hour },
		],
	} as const;
	const ends = { minuteEndsAt: noon + 42_000 };
	const keys = [
		keyView('personal', standings.minute, {
			models: [
				modelView(standings.minute, {
					...{
						requestsThisMinute: 5,
						tokensThisMinute: 9_120,
						requestsToday: 212,
						sentToday: 182,
						tokensToday: 812_000,
						...ends,
					},
					limitUsage: {
						rpm: { used: 5, limit: 5, source: 'stated' },
						tpm: { used: 9_120, limit: 250_000, source: 'stated' },
						rpd: { used: 212, limit: 250, source: 'stated' },
					},
				}),
				modelView(standings.usable, { ...{ model: lite, requestsToday: 14, tokensToday: 4_000 } }),
			],
		}),
		keyView('work (paid)', standings.usable, {
			project: { id: 'project of work (paid)' as never, tier: 'paid', label: 'Work account', budget: { day: 5 } },
			spending: spendingOf(4_010_000, 27_400_000, { day: 5_000_000 }),
			cap: {
				availability: { state: 'coolingDown', reason: 'cap', until: standings.day.until },
				limitUsage: {
					rpd: { used: 1_480, limit: 2_500, source: 'user' },
					tpd: { used: 5_100_000, limit: 5_000_000, source: 'user' },
				},
				dayEndsAt: standings.day.until,
			},
			models: [
				modelView(standings.usable, {
					...{ requestsThisMinute: 3, tokensThisMinute: 2_210, requestsToday: 1_480, tokensToday: 5_100_000, ...ends },
					limitUsage: { rpd: { used: 1_480, limit: 2_000, source: 'user' } },
				}),
			],
		}),
		keyView('side project', standings.day, {
			cap: {
				availability: standings.usable,
				limitUsage: { rpd: { used: 250, limit: 300, source: 'user' } },
				dayEndsAt: standings.day.until,
			},
			models: [
				modelView(standings.day, {
					...{ requestsToday: 250, tokensToday: 602_000 },
					limitUsage: {
						rpd: { used: 250, limit: 250, source: 'stated' },
						rpm: { used: 0, limit: 10, source: 'tested' },
					},
				}),
			],
		}),
		keyView(hostileLabel, standings.usable, {
			models: [modelView({ state: 'unsupported', reason: 'tierLacksModel', until: noon + 20 * hour }, { model: lite })],
		}),
		keyView('spoilt', standings.leaked),
	];
	const snapshot: Snapshot = {
		...snapshotOf(keys),
		spending: spendingOf(4_210_000, 31_400_000, { day: 5_000_000, month: 50_000_000 }),
		clients: [
			{ client: 'gateway:cline', spending: spendingOf(3_900_000, 24_000_000, { day: 4_000_000 }) },
			{
				client: `lm:${hostileLabel}`,
				spending: spendingOf(200_000, 4_000_000),
				held: { since: noon - 5 * minute, cause: 'repeatedCall' },
			},
			{ client: 'chat', spending: spendingOf(110_000, 3_400_000) },
		],
		waiting: 1,
	};
	const costs = [0, 1, 2, 5, 9].flatMap((ago) => [
		dailyCost(ago, 'work (paid)', 3_900_000 - ago * 300_000, {
			client: 'gateway:cline',
			sends: 412,
			cached: 2_100_000,
			input: 4_800_000,
		}),
		dailyCost(ago, 'work (paid)', 110_000, { model: lite }),
		dailyCost(ago, 'personal', 0, { tier: 'free', listCost: 4_200, sends: 40 }),
		dailyCost(ago, hostileLabel, 200_000, { client: `lm:${hostileLabel}` }),
	]);
	return { snapshot, history: historyOf(minutes, requestRecords, rests, costs) };
}

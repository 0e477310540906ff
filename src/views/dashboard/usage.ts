import { groupBy } from '../shared/groupBy';
import type { UsageCount, EpochMs } from '../../pool/pool';
import type { GroupTotals, SeriesView, Totals, UsageView } from '../../webviews/dashboardProtocol';
import type { Voice } from './voice';

/** A span of time in slots: ms of one, and how many. */
export const ranges = {
	hour: { slotMs: 60_000, slots: 60 },
	day: { slotMs: 15 * 60_000, slots: 96 },
} as const;

/** More layers than a legend can tell apart are one. */
const maxLayers = 6;
/** Keys or clients in the table; the others are summed up. */
const maxGroups = 50;
/** Kinds of failure told apart for each of them; further ones are one. */
const maxFailures = 6;

/** A count and the slot that it belongs to. */
interface Placed {
	readonly slot: number;
	readonly count: UsageCount;
}

/** Sends by key, outcome and client over a span of time that ends now. */
export function usageView(
	minutes: readonly UsageCount[],
	range: keyof typeof ranges,
	now: EpochMs,
	voice: Voice,
): UsageView {
	const { slotMs, slots } = ranges[range];
	const lastSlot = Math.floor(now / slotMs);
	const placed = minutes.flatMap((count): Placed[] => {
		const slot = Math.floor((count.minute * 60_000) / slotMs) - lastSlot + slots - 1;
		// A clock that was put back leaves counts of the future: they belong to now.
		return slot < 0 ? [] : [{ slot: Math.min(slot, slots - 1), count }];
	});
	const keys = grouped(placed, ({ key }) => key);
	const outcomes = grouped(placed, ({ outcome }) => outcome);
	const clients = grouped(placed, ({ client }) => client ?? '');
	const clientLabel = (client: string): string => (client === '' ? voice.words.t('not known') : voice.origin(client));
	const answered = outcomes.find(([outcome]) => outcome === 'answered');
	const failures = outcomes.filter(([outcome]) => outcome !== 'answered');
	return {
		slotMs,
		slots,
		lastAgo: now - lastSlot * slotMs,
		byKey: layers(keys, maxLayers, slots, (key) => voice.labelOf(key), voice),
		byOutcome: [
			...(answered
				? [{ ...seriesOf(answered[1], slots), label: voice.outcome('answered'), kind: 'answered' as const }]
				: []),
			...layers(failures, maxLayers - 1, slots, (outcome) => voice.outcome(outcome), voice),
		],
		byClient: layers(clients, maxLayers, slots, clientLabel, voice),
		keys: groupTotals(keys, (key) => voice.labelOf(key), voice),
		clients: groupTotals(clients, clientLabel, voice),
		total: totalsOf(placed),
	};
}

/** By what `by` says, the most sends first. */
function grouped<K extends string>(
	placed: readonly Placed[],
	by: (count: UsageCount) => K,
): readonly (readonly [K, readonly Placed[]])[] {
	const groups = groupBy(placed, ({ count }) => by(count));
	const sends = new Map([...groups].map(([name, group]) => [name, totalsOf(group).sends]));
	return [...groups].sort(([a], [b]) => (sends.get(b) ?? 0) - (sends.get(a) ?? 0) || (a < b ? -1 : 1));
}

function layers<K>(
	groups: readonly (readonly [K, readonly Placed[]])[],
	most: number,
	slots: number,
	label: (name: K) => string,
	voice: Voice,
): readonly SeriesView[] {
	const shown = groups.length <= most ? groups : groups.slice(0, most - 1);
	const others = groups.slice(shown.length).flatMap(([, group]) => group);
	return [
		...shown.map(([name, group]) => ({ ...seriesOf(group, slots), label: label(name), kind: 'plain' as const })),
		...(others.length > 0
			? [{ ...seriesOf(others, slots), label: voice.others(groups.length - shown.length), kind: 'rest' as const }]
			: []),
	];
}

function seriesOf(placed: readonly Placed[], slots: number): Pick<SeriesView, 'sends' | 'tokens' | 'fallbacks'> {
	const summed = (of: (count: UsageCount) => number): readonly number[] => {
		const sums = Array.from({ length: slots }, () => 0);
		for (const { slot, count } of placed) sums[slot] = (sums[slot] ?? 0) + of(count);
		return sums;
	};
	return {
		sends: summed((count) => count.sends),
		tokens: summed((count) => count.input + count.output),
		fallbacks: summed((count) => count.fallbacks ?? 0),
	};
}

function groupTotals<K extends string>(
	groups: readonly (readonly [K, readonly Placed[]])[],
	label: (name: K) => string,
	voice: Voice,
): readonly GroupTotals[] {
	const row = (name: string, group: readonly Placed[]): GroupTotals => ({
		label: name,
		...totalsOf(group),
		failures: failuresOf(group, voice),
	});
	const others = groups.slice(maxGroups);
	const rest = others.flatMap(([, group]) => group);
	return [
		...groups.slice(0, maxGroups).map(([name, group]) => row(label(name), group)),
		...(others.length > 0 ? [row(voice.others(others.length), rest)] : []),
	];
}

function failuresOf(group: readonly Placed[], voice: Voice): GroupTotals['failures'] {
	const kinds = grouped(group, ({ outcome }) => outcome)
		.map(([outcome, failed]) => ({ outcome, sends: totalsOf(failed).sends }))
		.filter(({ outcome, sends }) => outcome !== 'answered' && sends > 0);
	const shown = kinds.length <= maxFailures ? kinds : kinds.slice(0, maxFailures - 1);
	const others = kinds.slice(shown.length);
	return [
		...shown.map(({ outcome, sends }) => ({ words: voice.outcome(outcome), sends })),
		...(others.length > 0
			? [{ words: voice.others(others.length), sends: others.reduce((sum, { sends }) => sum + sends, 0) }]
			: []),
	];
}

function totalsOf(placed: readonly Placed[]): Totals {
	const total = { sends: 0, answered: 0, input: 0, output: 0, fallbacks: 0 };
	for (const { count } of placed) {
		total.sends += count.sends;
		if (count.outcome === 'answered') total.answered += count.sends;
		total.input += count.input;
		total.output += count.output;
		total.fallbacks += count.fallbacks ?? 0;
	}
	return total;
}

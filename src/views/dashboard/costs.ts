import {
	maxDailyCosts,
	type DailyCost,
	type EpochMs,
	type SpendingView,
	type SpentView,
	type Snapshot,
} from '../../pool/pool';
import { groupBy } from '../shared/groupBy';
import type { BudgetRow, CostRow, CostsView } from '../../webviews/dashboardProtocol';
import { causeInWords } from '../../localization/clientInWords';
import { spentInWords } from '../shared/spending';
import { projectNames, spendingByProject } from './quotas';
import type { Voice } from './voice';

/** The day of the list of prices. */
export interface PriceListAge {
	/** As `2026-09-23`. */
	readonly date: string;
	/** Older than ninety days. */
	readonly isOld: boolean;
}

/** Rows of one table; the others are summed up, or counted. Days are as many as are kept: those of two months. */
const maxRows = 40;

/** What answers have cost: budgets, by day of the last two months, and by key, client and model of this Pacific month. */
export function costsView(
	snapshot: Snapshot,
	costs: readonly DailyCost[],
	prices: PriceListAge | undefined,
	now: EpochMs,
	voice: Voice,
): CostsView {
	const { words, mask } = voice;
	// By the clock: a snapshot in which nothing was spent may be of the month before.
	const ofMonth = costs.filter(({ monthEndsAt }) => monthEndsAt > now);
	return {
		...(prices && pricesInWords(prices, voice)),
		today: spentInWords(snapshot.spending.day, words),
		...budgetRows(snapshot, now, voice),
		...(costs.length >= maxDailyCosts && {
			missing: words.t('Only the newest costs are kept, so the oldest days may be incomplete or missing here.'),
		}),
		byDay: newestFirst(costs, voice),
		byKey: dearestFirst(ofMonth, ({ key }) => voice.labelOf(key), voice),
		byClient: dearestFirst(ofMonth, ({ client }) => voice.origin(client), voice),
		byModel: dearestFirst(ofMonth, ({ model }) => mask(model), voice),
	};
}

function pricesInWords(
	{ date, isOld }: PriceListAge,
	{ words: { t } }: Voice,
): Pick<CostsView, 'prices' | 'pricesOld'> {
	return {
		prices: t(
			'By Google’s price list of {0}, or your own prices. Days and months begin at midnight Pacific time. This is a guard, not a bill: Google’s count is final.',
			date,
		),
		...(isOld && {
			pricesOld: t(
				'The price list is older than 90 days. Update Keypool, or set the prices that changed in keypool.prices.',
			),
		}),
	};
}

/** Whatever has a budget, has spent something, or is held: that comes first, because a person must act. */
function budgetRows(
	{ keys, spending, clients }: Snapshot,
	now: EpochMs,
	voice: Voice,
): Pick<CostsView, 'budgets' | 'moreBudgets'> {
	const { words, mask } = voice;
	const names = projectNames(keys, mask);
	const row = (label: string, { day, month }: SpendingView): BudgetRow => ({
		label,
		day: spentInWords(day, words),
		month: spentInWords(month, words),
	});
	const all = [
		...spendingByProject(keys).map(([id, of]) => ({ row: row(names.get(id) ?? '', of), used: usedOf(of) })),
		...clients.map(({ client, spending: of, held }): { readonly row: BudgetRow; readonly used: number } => {
			const made = row(voice.origin(client), of);
			if (!held) return { row: made, used: usedOf(of) };
			const since = words.describeTime(held.since, now);
			const why = words.t('stopped at {0}: it {1}', since, causeInWords(held.cause, words.t));
			return { row: { ...made, held: why }, used: Number.MAX_VALUE };
		}),
	];
	const nearest = new Set(all.toSorted((a, b) => b.used - a.used).slice(0, maxRows - 1));
	const listed = all.filter((one) => nearest.has(one)).map((one) => one.row);
	const isHeld = ({ held }: BudgetRow): boolean => held !== undefined;
	const total = row(words.t('All paid projects together'), spending);
	return {
		budgets: [total, ...listed.filter(isHeld), ...listed.filter((one) => !isHeld(one))],
		moreBudgets: all.length - listed.length,
	};
}

/** The larger part of the two budgets. */
function usedOf({ day, month }: SpendingView): number {
	return Math.max(shareOf(day), shareOf(month));
}

/** Of a budget; without one nothing can end. */
function shareOf({ cost, limit }: SpentView): number {
	if (limit === undefined) return 0;
	return limit > 0 ? cost / limit : 1;
}

function newestFirst(costs: readonly DailyCost[], voice: Voice): readonly CostRow[] {
	const days = [...groupBy(costs, ({ dayEndsAt }) => dayEndsAt)].sort(([a], [b]) => b - a);
	return days.map(([endsAt, group]) => costRow(voice.words.describePacificDay(endsAt), group, voice));
}

function dearestFirst(costs: readonly DailyCost[], by: (one: DailyCost) => string, voice: Voice): readonly CostRow[] {
	const groups = [...groupBy(costs, by)].map(([label, group]) => ({ label, group, cost: sum(group, 'listCost') }));
	groups.sort((a, b) => b.cost - a.cost || (a.label < b.label ? -1 : 1));
	const others = groups.slice(maxRows);
	return [
		...groups.slice(0, maxRows).map(({ label, group }) => costRow(label, group, voice)),
		...(others.length > 0
			? [
					costRow(
						voice.others(others.length),
						others.flatMap(({ group }) => group),
						voice,
					),
				]
			: []),
	];
}

function costRow(label: string, group: readonly DailyCost[], { words: { describeMoney } }: Voice): CostRow {
	return {
		label,
		...{ sends: sum(group, 'sends'), input: sum(group, 'input'), cached: sum(group, 'cached') },
		output: sum(group, 'output') + sum(group, 'thoughts'),
		cost: describeMoney(sum(group, 'cost')),
		listCost: describeMoney(sum(group, 'listCost')),
	};
}

type Summed = 'sends' | 'input' | 'cached' | 'output' | 'thoughts' | 'cost' | 'listCost';

function sum(group: readonly DailyCost[], of: Summed): number {
	return group.reduce((total, one) => total + one[of], 0);
}

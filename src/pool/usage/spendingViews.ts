import {
	clientOf,
	clientScope,
	limitOf,
	projectScope,
	initialSpending,
	reservedIn,
	spendingAt,
} from '../budget/spending';
import type { ClientView, KeyView, SpendingView, SpentView } from '../types/availability';
import type { Project } from '../types/key';
import type { Budget, Budgets, SpendingPeriod, SpendingRecord, SpendingScope } from '../types/spending';
import type { Docs, EpochMs } from '../types/stateStore';

/** What was spent, for one snapshot. */
export class SpendingViews {
	/** What nothing was spent of looks alike everywhere. */
	private fresh: SpendingRecord | undefined;

	constructor(
		private readonly spending: Docs['spending'],
		private readonly budgets: Budgets,
		private readonly now: EpochMs,
	) {}

	/** Over all projects. */
	pool(): SpendingView {
		return this.view('pool', this.budgets.pool);
	}

	/** Of a project, where it is paid or was, or has a budget. */
	project({ id, tier, budget }: Project): Pick<KeyView, 'spending'> {
		const scope = projectScope(id);
		const isShown = tier === 'paid' || (budget?.day ?? budget?.month) !== undefined;
		const view = this.view(scope, budget);
		return isShown || view.month.cost > 0 ? { spending: view } : {};
	}

	/** Of every client that spent something this month, has a budget, or is held; the dearest first. */
	clients(): readonly ClientView[] {
		const { clients = {} } = this.budgets;
		const known = [...this.spending.keys()].flatMap((scope) => clientOf(scope) ?? []);
		return [...new Set([...Object.keys(clients), ...known])]
			.map((client): ClientView => {
				const scope = clientScope(client);
				const held = this.spending.get(scope)?.activity?.held;
				const budget = Object.hasOwn(clients, client) ? clients[client] : undefined;
				return { client, spending: this.view(scope, budget), ...(held && { held }) };
			})
			.filter(({ client, spending, held }) => spending.month.cost > 0 || held || Object.hasOwn(clients, client))
			.sort((a, b) => b.spending.month.cost - a.spending.month.cost || (a.client < b.client ? -1 : 1));
	}

	/** What daily caps count. */
	recordOf(scope: SpendingScope): SpendingRecord {
		const known = this.spending.get(scope);
		return known ? spendingAt(known, this.now) : (this.fresh ??= nothingSpent(this.now));
	}

	private view(scope: SpendingScope, budget: Budget | undefined): SpendingView {
		const record = this.recordOf(scope);
		return {
			day: spentView(record, 'day', budget?.day),
			month: spentView(record, 'month', budget?.month),
			...(budget?.isDefault && { isDefault: true as const }),
		};
	}
}

/** When time alone changes what was spent: a period ends in which anything was, or a reservation does. */
export function spendingChangesAt({ spending }: Docs, now: EpochMs): EpochMs {
	let next = Infinity;
	for (const { day, month, reservations } of spending.values()) {
		if (day.endsAt > now && day.cost + day.raised > 0) next = Math.min(next, day.endsAt);
		if (month.endsAt > now && month.cost + month.raised > 0) next = Math.min(next, month.endsAt);
		for (const { expiresAt } of reservations) if (expiresAt > now) next = Math.min(next, expiresAt);
	}
	return next;
}

function spentView(record: SpendingRecord, period: SpendingPeriod, dollars: number | undefined): SpentView {
	const spent = record[period];
	const reserved = reservedIn(record, period);
	return {
		cost: spent.cost,
		reserved,
		...(dollars !== undefined && { limit: limitOf(spent, dollars) }),
		get endsAt() {
			return spent.endsAt;
		},
	};
}

/** Looks at the calendar when somebody asks for an end: that takes 10 ms at first, which would be a window's start. */
function nothingSpent(now: EpochMs): SpendingRecord {
	let made: SpendingRecord | undefined;
	const whole = (): SpendingRecord => (made ??= initialSpending(now));
	const nothing = { cost: 0, raised: 0 };
	return {
		...{ v: 2, reservations: [] },
		day: {
			...{ ...nothing, requests: 0, tokens: 0 },
			get endsAt() {
				return whole().day.endsAt;
			},
		},
		month: {
			...nothing,
			get endsAt() {
				return whole().month.endsAt;
			},
		},
	};
}

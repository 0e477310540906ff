import type { Project, ProjectId } from '../types/key';
import type { KeySet } from '../types/keySet';
import type { LeaseGrant, LeaseRequest } from '../types/leaseRequest';
import type { Pricing } from '../types/pricing';
import type { Budget, Budgets, Reservation, SpendingRecord, SpendingScope } from '../types/spending';
import type { Room } from '../types/callEvent';
import type { Docs, EpochMs, Transaction } from '../types/stateStore';
import { longer, overBudget, type OverBudget } from './budgetCheck';
import type { Received } from '../types/poolRequest';
import { calledBy, chargeOf, maxTokensOf, type CallEnd, type Charge } from './charge';
import { initialActivity, spent } from './clientActivity';
import { addDailyCost } from './dailyCost';
import { rejectedByDailyCap, type CapReached } from './dailyCap';
import { clientOf, clientScope, projectOf, projectScope, initialSpending, spendingAt } from './spending';
import { pacificMidnightAfter, pacificMonthAfter } from '../quota/pacificDay';

/** What a request would be counted as on a project. */
export interface Purchase {
	readonly request: Pick<LeaseRequest, 'client' | 'lease' | 'leaseMs' | 'size' | 'serviceTier'>;
	readonly project: Project;
	/** The model's own name. */
	readonly resolved: string;
	/** Input tokens that are likely. */
	readonly likelyTokens: number;
}

/** Why money, or a cap that a person set, does not allow a request. */
export type NotAllowed = OverBudget | CapReached | { readonly reason: 'clientHeld'; readonly retryAt: EpochMs };

/**
 * What people allow: budgets in dollars, daily caps, clients that are held. A lease reserves in the very step that admits
 * it, and its outcome settles, so that no two windows spend the same dollar.
 */
export class BudgetGuard {
	constructor(
		/** Undefined while costs are unknown: no budget holds then. */
		private readonly pricing: () => Pricing | undefined,
		private readonly budgets: () => Budgets,
	) {}

	/** The budget that holds in a scope. */
	budgetOf(scope: SpendingScope, projects: Pick<KeySet, 'project'>): Budget | undefined {
		const { pool, clients = {} } = this.budgets();
		const client = clientOf(scope);
		if (client !== undefined) return Object.hasOwn(clients, client) ? clients[client] : undefined;
		return scope === 'pool' ? pool : projects.project(projectOf(scope) as ProjectId).budget;
	}

	/** Whether anything that people allow could forbid a request on this project, whatever its client. */
	concerns({ tier, dailyCap, budget }: Project): boolean {
		const { pool, clients } = this.budgets();
		return dailyCap !== undefined || (tier === 'paid' && (budget ?? pool ?? clients) !== undefined);
	}

	/** Whether the client's requests are refused until a person has looked. */
	isHeld({ spending }: Pick<Docs, 'spending'>, client: string): boolean {
		return spending.get(clientScope(client))?.activity?.held !== undefined;
	}

	/** From possibly stale facts, and for a request of this size. */
	rejected(docs: Pick<Docs, 'spending'>, purchase: Purchase, now: EpochMs): NotAllowed | undefined {
		return this.check((scope) => docs.spending.get(scope), purchase, now);
	}

	/** Takes the reservations of a request in the step that admits it, or says why it may not be sent. Writes only where it may. */
	reserve(tx: Transaction, purchase: Purchase, now: EpochMs): NotAllowed | undefined {
		const rejection = this.check((scope) => tx.spending(scope), purchase, now);
		if (rejection) return rejection;
		const { lease, leaseMs, size } = purchase.request;
		const { requests = 1 } = size;
		const hold = {
			...{ lease, tokens: purchase.likelyTokens, expiresAt: now + leaseMs, cost: this.maxCost(purchase, now) },
			...(requests > 1 && { requests }),
		};
		for (const id of scopesOf(purchase.request.client, purchase.project)) {
			tx.record({ kind: 'spending', id, event: { at: now, type: 'reserved', hold } });
		}
		return undefined;
	}

	/** What a call that ended has cost. */
	chargeOf(grant: LeaseGrant, end: CallEnd, received: Received, now: EpochMs): Charge {
		return chargeOf(grant, end, received, this.pricing(), now);
	}

	/** Puts what a call has cost in the place of its reservations, in the step that settles its lease. */
	settle(tx: Transaction, docs: Docs, grant: LeaseGrant, charge: Charge, received: Received, now: EpochMs): void {
		const { lease, client, project, tier, key, resolved } = grant;
		let within: Pick<Reservation, 'dayEndsAt' | 'monthEndsAt'> | undefined;
		for (const id of scopesOf(client, { id: project, tier })) {
			const held = tx.spending(id)?.reservations.find((one) => one.lease === lease);
			if (!held) continue;
			within = held;
			const { cost = 0, tokens, isCounted } = charge;
			const settlement = { cost, tokens, isCounted };
			tx.record({ kind: 'spending', id, event: { at: now, type: 'settled', lease, settlement } }, whatever);
			if (!grant.isWatched || id !== clientScope(client)) continue;
			const record = recordOf(tx.spending(id), now);
			const activity = spent(record.activity ?? initialActivity(now), cost, now);
			tx.put({ kind: 'spending', id, doc: { ...record, activity } });
		}
		if (!charge.isCounted || charge.cost === undefined) return;
		const { servedModel: model = resolved } = received;
		const { sentAt } = grant;
		const { dayEndsAt, monthEndsAt } = within ?? {
			dayEndsAt: pacificMidnightAfter(sentAt),
			monthEndsAt: pacificMonthAfter(sentAt),
		};
		addDailyCost(tx, docs, { key, project, client, model, tier, dayEndsAt, monthEndsAt }, charge);
	}

	/** A stream that goes on keeps its reservations. */
	extend(tx: Transaction, { lease, leaseMs, client, project, tier }: LeaseGrant, now: EpochMs): void {
		for (const id of scopesOf(client, { id: project, tier })) {
			if (!tx.spending(id)) continue;
			const event = { at: now, type: 'extended', lease, expiresAt: now + leaseMs } as const;
			tx.record({ kind: 'spending', id, event }, whatever);
		}
	}

	private check(
		read: (scope: SpendingScope) => SpendingRecord | undefined,
		purchase: Purchase,
		now: EpochMs,
	): NotAllowed | undefined {
		const { project, request } = purchase;
		const client = read(clientScope(request.client));
		if (client?.activity?.held) return { reason: 'clientHeld', retryAt: Infinity };
		const record = (scope: SpendingScope): SpendingRecord => recordOf(read(scope), now);
		let over: OverBudget | CapReached | undefined =
			project.dailyCap &&
			rejectedByDailyCap(project, record(projectScope(project.id)), purchase.likelyTokens, request.size.requests);
		if (project.tier === 'free') return over;
		let needed: number | undefined;
		for (const scope of scopesOf(request.client, project)) {
			const budget = this.budgetOf(scope, { project: () => project });
			if (!budget) continue;
			needed ??= this.maxCost(purchase, now);
			over = longer<OverBudget | CapReached>(over, overBudget(scope, budget, record(scope), needed));
		}
		return over;
	}

	private maxCost({ request, project, resolved }: Purchase, now: EpochMs): number {
		const pricing = this.pricing();
		if (project.tier === 'free' || !pricing) return 0;
		const { serviceTier } = request;
		const tokens = maxTokensOf(request.size, resolved, pricing);
		return pricing.maxCostOf(tokens, calledBy({ resolved, serviceTier, sentAt: now }));
	}
}

/** The reservation of a call is its own, whatever others take. */
const whatever: Room = { requests: Infinity, input: Infinity };

/** On a free project nothing is spent: its own record counts for its daily cap. */
function scopesOf(client: string, { id, tier }: Pick<Project, 'id' | 'tier'>): readonly SpendingScope[] {
	return tier === 'paid' ? ['pool', clientScope(client), projectScope(id)] : [projectScope(id)];
}

function recordOf(record: SpendingRecord | undefined, now: EpochMs): SpendingRecord {
	return record ? spendingAt(record, now) : initialSpending(now);
}

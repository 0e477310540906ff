import type { KeyId, LeaseId, ProjectId, Tier } from './key';
import type { MicroDollars } from './pricing';
import type { EpochMs } from './stateStore';

/** Dollars that a person allows a Pacific day and month; what is absent has no bound. */
export interface Budget {
	readonly day?: number;
	readonly month?: number;
	/** Nobody chose it: it came with the mark that the project is paid, and is there to ask once. */
	readonly isDefault?: true;
}

/** Budgets that belong to no project. */
export interface Budgets {
	/** Over all projects. */
	readonly pool?: Budget;
	/** By client: a request's origin, such as `chat` or `gateway:cline`. */
	readonly clients?: Readonly<Record<string, Budget>>;
}

/** What is counted by itself: all, a project, a client. Made by `budget/spending.ts` alone. */
export type SpendingScope = 'pool' | `project/${string}` | `client/${string}`;

export const spendingPeriods = ['day', 'month'] as const;
export type SpendingPeriod = (typeof spendingPeriods)[number];

/** What a lease holds until its call has ended: the most that it can cost. */
export interface Reservation {
	readonly lease: LeaseId;
	readonly cost: MicroDollars;
	/** Input tokens that are likely: what a daily cap counts meanwhile. */
	readonly tokens: number;
	/** Requests that it counts as; absent: one. */
	readonly requests?: number;
	readonly expiresAt: EpochMs;
	/** Ends of the day and the month that it counts in. */
	readonly dayEndsAt: EpochMs;
	readonly monthEndsAt: EpochMs;
}

/** What has been spent until the period ends. */
export interface Spent {
	readonly endsAt: EpochMs;
	readonly cost: MicroDollars;
	/** By how much a person has raised the budget of this period alone. */
	readonly raised: MicroDollars;
	/** The budget that they raised: one that was set since holds as it is. Absent: any. */
	readonly raisedFrom?: MicroDollars;
}

/** One tool call of a client, with the times at which it was made within the last minutes, oldest first. */
export interface RepeatedCall {
	readonly call: string;
	readonly at: readonly EpochMs[];
}

/** Why a client is refused until a person has looked. */
export type HeldCause = 'tenfoldHour' | 'repeatedCall';

/** What is known of a client that no person looks at. */
export interface ClientActivity {
	/** The hour that begins at `startsAt`, and what was spent in it. */
	readonly hour: { readonly startsAt: EpochMs; readonly cost: MicroDollars };
	/** The mean of the hours before in which it spent anything, and how many those were. */
	readonly usual: { readonly cost: MicroDollars; readonly hours: number };
	/** The last tool calls, bounded. */
	readonly calls: readonly RepeatedCall[];
	/** Its requests are refused until a person has looked. */
	readonly held?: { readonly since: EpochMs; readonly cause: HeldCause };
	/** A person has let it go on: its hour is no reason to hold it until then. */
	readonly allowedUntil?: EpochMs;
}

/** What was spent in a scope, and what is reserved. */
export interface SpendingRecord {
	readonly v: 2;
	readonly day: Spent & { readonly requests: number; readonly tokens: number };
	readonly month: Spent;
	readonly reservations: readonly Reservation[];
	/** Of a client alone. */
	readonly activity?: ClientActivity;
}

/** Answers of one Pacific day that are alike in key, client, model and tier. */
export interface DailyCost {
	readonly v: 2;
	/** When the day ends, and its month. */
	readonly dayEndsAt: EpochMs;
	readonly monthEndsAt: EpochMs;
	readonly key: KeyId;
	readonly project: ProjectId;
	readonly client: string;
	/** The model that answered. */
	readonly model: string;
	readonly tier: Tier;
	readonly sends: number;
	readonly input: number;
	readonly cached: number;
	readonly output: number;
	readonly thoughts: number;
	/** Nothing on a free project. */
	readonly cost: MicroDollars;
	/** What a paid project would have been charged. */
	readonly listCost: MicroDollars;
}

/** ms. Answers under way hold what a budget lacks: most of them have ended by then, for a part of it. */
export const heldMs = 10_000;

/** Why a budget does not allow a request: what a wording needs. */
export interface BudgetShortage {
	readonly scope: SpendingScope;
	readonly period: SpendingPeriod;
	/** As raised. */
	readonly limit: MicroDollars;
	/** Spent and reserved. */
	readonly used: MicroDollars;
	/** The most that the request can cost. */
	readonly needed: MicroDollars;
	readonly isDefault?: true;
	/** Calls under way hold what is missing, and can turn out to be cheaper. */
	readonly isHeld?: true;
}

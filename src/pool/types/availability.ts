import type { Key, Project } from './key';
import type { MicroDollars } from './pricing';
import type { ClientActivity } from './spending';
import type { RevokedTier, EpochMs } from './stateStore';
import type { Reason } from './failure';

/** How one key stands for one model, in the glossary's words. Exactly one is true at any time. */
export type Availability =
	| { readonly state: 'usable' }
	| { readonly state: 'disabled' }
	/** Needs a person, or a stated re-check. */
	| {
			readonly state: 'quarantined';
			readonly reason: Reason;
			readonly since: EpochMs;
			readonly recheckAt?: EpochMs;
			readonly serviceMessage?: string;
	  }
	/** Ends by itself at `until`. */
	| {
			readonly state: 'coolingDown';
			readonly reason: Reason;
			readonly until: EpochMs;
			readonly serviceMessage?: string;
	  }
	/** One call tests it after a rest; the others wait for its outcome. */
	| { readonly state: 'halfOpen'; readonly reason: Reason }
	/** This tier has no such model. */
	| {
			readonly state: 'unsupported';
			readonly reason: Reason;
			readonly until: EpochMs;
			readonly serviceMessage?: string;
	  };

/** What is left of one known limit. */
export interface LimitUsage {
	readonly used: number;
	readonly limit: number;
	/** The user's own, taught by a 429, or found by a test. */
	readonly source: 'user' | 'stated' | 'tested';
	/** The service stated `from` some days ago; told until then. */
	readonly fell?: { readonly from: number; readonly until: EpochMs };
}

/** One key as people see it: for views, the status bar and monitoring. */
export interface KeyView {
	readonly key: Key;
	/** Its tier as it counts. */
	readonly project: Project;
	/** A person marked the project as paid, and the service counts it as free. */
	readonly revoked?: RevokedTier;
	/** For the pool's default model. */
	readonly availability: Availability;
	/** 0 to 100; health is the score only. */
	readonly score: number;
	/** ms since 1970; 0 when never used. */
	readonly lastUsed: EpochMs;
	readonly success: number;
	readonly fail: number;
	readonly tokens: { readonly input: number; readonly output: number };
	/** False until a check or an answer proved it. */
	readonly isVerified: boolean;
	readonly models: readonly ModelView[];
	/** What was spent on its project, where that is paid or has been. */
	readonly spending?: SpendingView;
	/** Where the project has a daily cap. */
	readonly cap?: CapView;
}

/** What is used of the most that a person allows a project a day, over all models. */
export interface CapView {
	readonly availability: Availability;
	readonly limitUsage: Readonly<Partial<Record<'rpd' | 'tpd', LimitUsage>>>;
	readonly dayEndsAt: EpochMs;
}

/** What was spent in a period, in millionths of a dollar. */
export interface SpentView {
	readonly cost: MicroDollars;
	/** Held by calls under way: the most that they can cost. */
	readonly reserved: MicroDollars;
	/** The budget, as a person raised it. */
	readonly limit?: MicroDollars;
	readonly endsAt: EpochMs;
}

export interface SpendingView {
	readonly day: SpentView;
	readonly month: SpentView;
	/** Nobody chose the budget: it came with the mark that the project is paid. */
	readonly isDefault?: true;
}

/** A client that has spent something, or is held. */
export interface ClientView {
	readonly client: string;
	readonly spending: SpendingView;
	readonly held?: ClientActivity['held'];
}

/** One bucket (project x resolved model) that has been used or touched. */
export interface ModelView {
	readonly model: string;
	readonly availability: Availability;
	readonly requestsToday: number;
	readonly tokensToday: number;
	/** When today's counts begin anew: midnight in California. */
	readonly dayEndsAt: EpochMs;
	readonly requestsThisMinute: number;
	readonly tokensThisMinute: number;
	/** When nothing of this minute counts any more, if nothing more is sent. */
	readonly minuteEndsAt: EpochMs;
	readonly limitUsage: Readonly<Partial<Record<'rpm' | 'tpm' | 'rpd' | 'tpd', LimitUsage>>>;
	readonly inFlight: number;
}

/** How the enabled keys stand for one model. */
export interface ModelSupply {
	readonly model: string;
	/** Keys that can answer now, of those that could at all. */
	readonly usable: number;
	readonly total: number;
	/** All keys by how they stand. */
	readonly states: Readonly<Partial<Record<Availability['state'], number>>>;
	/** When the first key that rests is back. */
	readonly back?: EpochMs;
	/** The model itself is: no key answers, which says nothing about the supply of keys. */
	readonly isOverloaded: boolean;
}

/** The whole pool at one moment, one object per revision. */
export interface Snapshot {
	readonly rev: number;
	/** The ledger's clock when it was taken, ms since 1970. */
	readonly at: EpochMs;
	readonly keys: readonly KeyView[];
	/** Usable keys and enabled keys for the default model. */
	readonly usable: number;
	readonly total: number;
	/** Both count keys of paid projects alone. */
	readonly paidOnly: boolean;
	readonly model: string;
	/** Of the default model, which comes first, and of every other that was asked for in the last hour; a bounded number. */
	readonly supplies: readonly ModelSupply[];
	readonly paused?: {
		readonly reason: Reason;
		readonly by: string;
		readonly since: EpochMs;
		readonly serviceMessage?: string;
	};
	/** Over all projects. */
	readonly spending: SpendingView;
	/** The dearest of the month first. */
	readonly clients: readonly ClientView[];
	readonly waiting: number;
	readonly strategy: string;
}

import type { Key, Project } from './key';
import type { MicroDollars } from './pricing';
import type { ClientActivity } from './spending';
import type { RevokedTier, EpochMs } from './stateStore';
import type { Reason } from './failure';
import type { StrategyName } from './strategyName';

/** Whether a key can serve a model, and why not. */
export type Availability =
	| { readonly state: 'usable' }
	| { readonly state: 'disabled' }
	/** The key takes no prompt until the user acts or a re-check succeeds. */
	| {
			readonly state: 'quarantined';
			readonly reason: Reason;
			readonly since: EpochMs;
			readonly recheckAt?: EpochMs;
			readonly serviceMessage?: string;
	  }
	/** The bucket takes no request until `until`. */
	| {
			readonly state: 'coolingDown';
			readonly reason: Reason;
			readonly until: EpochMs;
			/** A person has set the limit to 0: it is looked at again at `until`, and holds until they change it. */
			readonly isEndless?: true;
			readonly serviceMessage?: string;
	  }
	/** One call probes the bucket after a cooldown; the others wait for its outcome. */
	| { readonly state: 'halfOpen'; readonly reason: Reason }
	/** This tier has no such model. */
	| {
			readonly state: 'unsupported';
			readonly reason: Reason;
			readonly until: EpochMs;
			readonly serviceMessage?: string;
	  };

/** How much of a known limit is used. */
export interface LimitUsage {
	readonly used: number;
	readonly limit: number;
	/** Set by the user, stated in a 429, or raised by a test. */
	readonly source: 'user' | 'stated' | 'tested';
	/** The service stated `from` before; shown as news until `until`. */
	readonly fell?: { readonly from: number; readonly until: EpochMs };
}

/** One key, for views, the status bar and monitoring. */
export interface KeyView {
	readonly key: Key;
	/** With its effective tier. */
	readonly project: Project;
	/** True: only paid keys may be used, and its project is free. */
	readonly isBarred: boolean;
	/** Present where the user marked the project as paid and the service counts it as free. */
	readonly revoked?: RevokedTier;
	/** For the pool's default model. */
	readonly availability: Availability;
	/** Health, 0 to 100. */
	readonly score: number;
	/** ms since 1970; 0 when never used. */
	readonly lastUsed: EpochMs;
	readonly success: number;
	readonly fail: number;
	readonly tokens: { readonly input: number; readonly output: number };
	/** True once a check or an answer succeeded. */
	readonly isVerified: boolean;
	readonly models: readonly ModelView[];
	/** What was spent on its project, where that is paid or has been. */
	readonly spending?: SpendingView;
	/** Where the project has a daily cap. */
	readonly cap?: CapView;
}

/** How much of a project's daily cap is used, over all models. */
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

/** One bucket (project x resolved model) that has been used. */
export interface ModelView {
	readonly model: string;
	readonly availability: Availability;
	/** What counts against the day's quota: what was sent, and what others are thought to have used. */
	readonly requestsToday: number;
	/** What this installation sent; a request that was refused for its quota does not count. */
	readonly sentToday: number;
	readonly tokensToday: number;
	/** When today's counts reset: midnight in California. */
	readonly dayEndsAt: EpochMs;
	readonly requestsThisMinute: number;
	readonly tokensThisMinute: number;
	/** When the minute is empty again, if nothing more is sent. */
	readonly minuteEndsAt: EpochMs;
	readonly limitUsage: Readonly<Partial<Record<'rpm' | 'tpm' | 'rpd' | 'tpd', LimitUsage>>>;
	readonly inFlight: number;
}

/** How many enabled keys can serve one model. */
export interface ModelSupply {
	readonly model: string;
	/** Keys that can answer now, of those that support the model. */
	readonly usable: number;
	readonly total: number;
	/** All keys by availability; `barred`: only paid ones may be used, and this one could answer. */
	readonly states: Readonly<Partial<Record<Availability['state'] | 'barred', number>>>;
	/** When the first cooldown ends. */
	readonly back?: EpochMs;
	/** The model is overloaded for every key; more keys would not help. */
	readonly isOverloaded: boolean;
}

/** The whole pool at one moment, one object per revision. */
export interface Snapshot {
	readonly rev: number;
	/** The store's clock when it was taken, ms since 1970. */
	readonly at: EpochMs;
	readonly keys: readonly KeyView[];
	/** Usable keys and enabled keys for the default model. */
	readonly usable: number;
	readonly total: number;
	/** True: `usable` and `total` count keys of paid projects only. */
	readonly paidOnly: boolean;
	readonly model: string;
	/** The model that `model` stands for, where it is an alias. */
	readonly resolvedModel: string;
	/** What names of models stand for, as far as it was learnt; buckets and supplies have the models' own names. */
	readonly aliases: ReadonlyMap<string, string>;
	/** The default model first, then the models asked for in the last hour, bounded. */
	readonly supplies: readonly ModelSupply[];
	readonly paused?: {
		readonly reason: Reason;
		/** The label of the key; its id where it is not here. */
		readonly by: string;
		readonly since: EpochMs;
		readonly serviceMessage?: string;
	};
	/** Over all projects. */
	readonly spending: SpendingView;
	/** The dearest of the month first. */
	readonly clients: readonly ClientView[];
	readonly waiting: number;
	readonly strategy: StrategyName;
}

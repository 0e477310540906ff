/**
 * What crosses between the host and the dashboard: types only, so that browser code can import them. The host owns the
 * numbers. `…Ago` is ms before the making of the message, so that the clocks of a remote window may differ.
 */

/** What the dashboard's document asks of the host. */
export type DashboardRequest =
	/** The document is new: the whole state follows. */
	| { readonly type: 'ready' }
	/** The host asks what is wanted and where it goes. */
	| { readonly type: 'export' }
	| { readonly type: 'run'; readonly act: DashboardAct };

/** What helps where there is nothing to show. */
export type DashboardAct = 'addKey' | 'ask' | 'showKeys' | 'releaseClient' | 'setPoolBudget';

export type DashboardEvent =
	| {
			readonly type: 'state';
			/** BCP 47, for numbers and times. */
			readonly locale: string;
			readonly strings: DashboardStrings;
			readonly data: DashboardData;
	  }
	| { readonly type: 'data'; readonly data: DashboardData };

export interface DashboardData {
	readonly pool: PoolFigures;
	readonly keys: KeysView;
	/** What a team tells of itself; none: there is no team. */
	readonly team: readonly TeamFact[];
	readonly hour: UsageView;
	readonly day: UsageView;
	readonly costs: CostsView;
	readonly quotas: readonly QuotaView[];
	/** Quotas that are not listed. */
	readonly moreQuotas: number;
	readonly rests: readonly RestRow[];
	/** Rows that are not listed. */
	readonly moreRests: number;
	/** The newest first. */
	readonly requests: readonly RequestView[];
	/** Who asked the requests that are still known, the busiest first. */
	readonly origins: readonly OriginTotals[];
}

/** The keys as they are now. */
export interface KeysView {
	/** By which strategy the next key is chosen, in words. */
	readonly strategy: string;
	readonly rows: readonly KeyRow[];
	/** Keys that are not listed. */
	readonly more: number;
}

export interface KeyRow {
	readonly label: string;
	/** In words. */
	readonly availability: string;
	/** 0 to 100. */
	readonly health: number;
	/** Whether it is the next in turn. */
	readonly isNext: boolean;
	/** Absent: never. */
	readonly lastUsedAgo?: number;
}

/** One line about a team, in words. */
export interface TeamFact {
	readonly label: string;
	readonly value: string;
}

/** What one surface, tool or extension asked. */
export interface OriginTotals {
	/** In words. */
	readonly origin: string;
	readonly requests: number;
	readonly answered: number;
	/** Tokens of all sends. */
	readonly input: number;
	readonly output: number;
}

export interface PoolFigures {
	readonly hasKeys: boolean;
	readonly usable: number;
	readonly total: number;
	readonly waiting: number;
	/** That keys and answers are made up, in words. */
	readonly simulated?: string;
	/** A team's gateway answers, in place of keys. */
	readonly isGateway?: true;
	/** Why the pool is paused, in words. */
	readonly paused?: string;
}

/** Sends over a span of time, in slots of equal length, oldest first; the last one is under way. */
export interface UsageView {
	readonly slotMs: number;
	readonly slots: number;
	/** When the last slot began. */
	readonly lastAgo: number;
	readonly byKey: readonly SeriesView[];
	readonly byOutcome: readonly SeriesView[];
	readonly byClient: readonly SeriesView[];
	readonly keys: readonly GroupTotals[];
	readonly clients: readonly GroupTotals[];
	readonly total: Totals;
}

/** One layer of the chart. */
export interface SeriesView {
	readonly label: string;
	/** `rest`: what has no layer of its own. */
	readonly kind: 'plain' | 'answered' | 'rest';
	/** For each slot. */
	readonly sends: readonly number[];
	/** Input and output, for each slot. */
	readonly tokens: readonly number[];
	/** Prompts that went on elsewhere, for each slot. */
	readonly fallbacks: readonly number[];
}

export interface Totals {
	readonly sends: number;
	readonly answered: number;
	/** Tokens. */
	readonly input: number;
	/** Tokens, thoughts included. */
	readonly output: number;
	/** Prompts that went on elsewhere. */
	readonly fallbacks: number;
}

/** Of a key or a client. */
export interface GroupTotals extends Totals {
	readonly label: string;
	/** What came of the sends that were not answered, the most frequent first. */
	readonly failures: readonly {
		readonly words: string;
		readonly sends: number;
	}[];
}

/** What answers have cost; sums of money are in words. */
export interface CostsView {
	/** Which list of prices it is by. */
	readonly prices?: string;
	/** That the list is old, and what helps. */
	readonly pricesOld?: string;
	/** That there were more than are kept. */
	readonly missing?: string;
	/** Spent, and the budget where there is one. */
	readonly today: string;
	/** The first is that of all projects together. */
	readonly budgets: readonly BudgetRow[];
	/** Budgets that are not listed. */
	readonly moreBudgets: number;
	/** The newest first. */
	readonly byDay: readonly CostRow[];
	/** Of this month, the dearest first. */
	readonly byKey: readonly CostRow[];
	readonly byClient: readonly CostRow[];
	readonly byModel: readonly CostRow[];
}

export interface BudgetRow {
	readonly label: string;
	readonly day: string;
	readonly month: string;
	/** Why a client is stopped, in words. */
	readonly held?: string;
}

export interface CostRow {
	readonly label: string;
	readonly sends: number;
	/** Tokens. */
	readonly input: number;
	/** Of the input. */
	readonly cached: number;
	/** Thoughts included. */
	readonly output: number;
	readonly cost: string;
	/** What it would have cost on paid projects alone. */
	readonly listCost: string;
}

/** What one project has used of one model, or of its daily cap over all models. */
export interface QuotaView {
	/** The project's name, or those of its keys. */
	readonly project: string;
	readonly model: string;
	/** In words. */
	readonly availability: string;
	/** Absent in the row of a daily cap, as is what the cap does not name. */
	readonly rpm?: UseView;
	readonly tpm?: UseView;
	readonly rpd?: UseView;
	/** Where a limit of input tokens a day is known, or a daily cap of all tokens. */
	readonly tpd?: UseView;
}

export interface UseView {
	readonly used: number;
	/** Of them, what others are thought to have used; absent: nothing. */
	readonly others?: number;
	/** Absent: not known. */
	readonly limit?: number;
	/** Where a limit is: the user's own, what the service said, or what a test found. */
	readonly source?: 'user' | 'stated' | 'tested';
	/** ms until nothing is used any more, if nothing more is sent. */
	readonly resetsInMs: number;
}

/** The rests of one bucket, or a key that needs attention. */
export interface RestRow {
	readonly label: string;
	/** Absent for a key. */
	readonly model?: string;
	/** Oldest first. */
	readonly spans: readonly SpanView[];
}

export interface SpanView {
	readonly fromAgo: number;
	/** Negative where it is still to come; absent: until a person acts. */
	readonly untilAgo?: number;
	readonly kind: SpanKind;
	/** Why, in words. */
	readonly words: string;
}

export type SpanKind = 'minute' | 'day' | 'capacity' | 'unsupported' | 'quarantined';

/** A request that has ended. */
export interface RequestView {
	readonly id: string;
	readonly endedAgo: number;
	/** In words. */
	readonly origin: string;
	/** `answered`, or the reason's code. */
	readonly outcome: string;
	/** The outcome in words. */
	readonly words: string;
	/** The last that was asked. */
	readonly key?: string;
	readonly model?: string;
	/** Tokens of all its sends. */
	readonly input: number;
	readonly output: number;
	/** From its first step to its end, to its first output, and in line for a key. */
	readonly ms?: number;
	readonly firstMs?: number;
	readonly waitedMs: number;
	/** Why it went on elsewhere, in words. */
	readonly switches: readonly string[];
	/** The newest, oldest first. */
	readonly attempts: readonly AttemptView[];
	/** Earlier ones that are not listed. */
	readonly earlier: number;
}

export interface AttemptView {
	readonly sentAgo: number;
	readonly key: string;
	readonly model: string;
	readonly outcome: string;
	readonly words: string;
	readonly ms: number;
}

/** Localised by the host. `{0}` is filled in by the document. */
export interface DashboardStrings {
	readonly addKey: string;
	readonly all: string;
	readonly answered: string;
	readonly ask: string;
	readonly asTable: string;
	readonly attempts: string;
	readonly by: string;
	readonly budgets: string;
	readonly byClient: string;
	readonly byDay: string;
	readonly byKey: string;
	readonly byModel: string;
	readonly byOrigin: string;
	readonly byOutcome: string;
	readonly cached: string;
	readonly chart: string;
	readonly client: string;
	readonly cost: string;
	readonly costs: string;
	readonly costToday: string;
	readonly counted: string;
	readonly day: string;
	readonly duration: string;
	readonly earlier: string;
	readonly emptyCosts: string;
	readonly emptyKeys: string;
	readonly emptyRests: string;
	readonly emptyRequests: string;
	readonly emptyText: string;
	readonly emptyTitle: string;
	readonly emptyQuotas: string;
	readonly export: string;
	readonly failures: string;
	readonly fallbacks: string;
	readonly first: string;
	readonly from: string;
	readonly health: string;
	readonly input: string;
	readonly key: string;
	readonly keys: string;
	readonly lastDay: string;
	readonly lastHour: string;
	readonly lastUsed: string;
	readonly letGoOn: string;
	readonly limitFound: string;
	readonly listCost: string;
	readonly limitOwn: string;
	readonly limitUnknown: string;
	readonly milliseconds: string;
	readonly model: string;
	readonly more: string;
	readonly never: string;
	readonly nextInTurn: string;
	readonly noFallbacks: string;
	readonly noUse: string;
	readonly of: string;
	readonly origin: string;
	readonly outcome: string;
	readonly output: string;
	readonly paused: string;
	readonly project: string;
	readonly quotas: string;
	readonly range: string;
	readonly requests: string;
	readonly requestCount: string;
	readonly requestsPerDay: string;
	readonly requestsPerMinute: string;
	readonly resetsAt: string;
	readonly resetsIn: string;
	readonly rests: string;
	readonly seconds: string;
	readonly sends: string;
	readonly show: string;
	readonly setBudget: string;
	readonly showKeys: string;
	readonly silent: string;
	readonly availability: string;
	readonly switched: string;
	readonly team: string;
	readonly time: string;
	readonly thisMonth: string;
	readonly title: string;
	readonly today: string;
	readonly tokens: string;
	readonly tokensPerDay: string;
	readonly tokensPerMinute: string;
	readonly showAttempts: string;
	readonly until: string;
	readonly untilPerson: string;
	readonly usable: string;
	readonly usage: string;
	readonly usedByOthers: string;
	readonly waited: string;
	readonly waiting: string;
	readonly reason: string;
}

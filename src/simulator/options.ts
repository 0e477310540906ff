import type { Chance, Clock } from './time/clock';
import type { Fault } from './bodies/faults';
import type { Quota } from './quota/quota';
import type { DailyDelay, MinuteDelay } from './bodies/quotaRefusal';
import type { Tier } from './bodies/quotaBodies';
import type { WindowKind } from './quota/windows';
import type { Wording } from './answer/wording';

/** Who owns quotas: every key of a project draws on the same ones. */
export interface ProjectOptions {
	readonly id: string;
	readonly tier: Tier;
	/** By resolved model; a model that is not named gets what its tier usually gets. */
	readonly quotas?: Readonly<Record<string, Quota>>;
	/** By resolved model: requests made earlier in the day, before the current minute. */
	readonly spentToday?: Readonly<Record<string, number>>;
}

export interface KeyOptions {
	readonly secret: string;
	/** `id` of a project of the same options. */
	readonly project: string;
	readonly faults?: readonly Fault[];
}

export interface ServiceOptions {
	readonly clock: Clock;
	readonly chance: Chance;
	readonly projects: readonly ProjectOptions[];
	readonly keys: readonly KeyOptions[];
	/** Faults that meet every key: a model overloaded for a while. */
	readonly faults?: readonly Fault[];
	/** Absent: `phased`. */
	readonly window?: WindowKind;
	/** Absent: what was seen last, `nextMinute` and `nextUtcDay`. */
	readonly minuteDelay?: MinuteDelay;
	readonly dailyDelay?: DailyDelay;
	/** ms before the headers of each answer; a function is asked for each call. Absent: 0. */
	readonly latency?: number | (() => number);
	/** ms between two pieces of a stream. Absent: 20. */
	readonly pace?: number;
	/** What answers say. Absent: English. */
	readonly wording?: Wording;
}

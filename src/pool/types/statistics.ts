import type { KeyId, Tier } from './key';
import type { EpochMs } from './stateStore';
import type { Attempt } from './streamPart';
import type { Reason } from './failure';

/**
 * The newest attempts, and keys set aside, that are kept of one request. Counts that are made of the records of other windows
 * miss what is beyond.
 */
export const maxAttempts = 200;

/**
 * Sends of one key in one minute that are alike in outcome, client, model and tier, with their tokens; old ones where there
 * are very many, in a quarter of an hour.
 */
export interface UsageCount {
	/** Minutes since 1970; of a quarter of an hour its first. */
	readonly minute: number;
	readonly key: KeyId;
	readonly outcome: Attempt['outcome'];
	/** Who asked: the request's origin. Absent in counts of version 0.1.0, and where there were very many; so are the next two. */
	readonly client?: string;
	/** The model that answered, or the one that was asked where none did: its own name, not an alias. */
	readonly servedModel?: string;
	/** What the key's project counted as; absent as well where a key was set aside before anything was sent to it. */
	readonly tier?: Tier;
	readonly sends: number;
	readonly input: number;
	/** Tokens of `input` that the service had cached. */
	readonly cached: number;
	/** With the thoughts. */
	readonly output: number;
	/** Tokens of `output` that were thoughts; version 0.1.0 did not tell them apart. */
	readonly thoughts: number;
	/** Millionths of a dollar; absent where it is not known. */
	readonly cost?: number;
	/** Times that the key was set aside for a prompt for this reason, sent to it or not; absent: none. */
	readonly fallbacks?: number;
}

/** What counts of one hour have in common, each an empty text where it is not known. */
export type UsageKind = readonly [outcome: UsageCount['outcome'], client: string, servedModel: string, tier: Tier | ''];

/**
 * The counts of one key in one hour, as they are stored: a busy day has 100,000 counts, and each window holds them all, so they
 * are packed. `countsIn` unpacks them.
 */
export interface UsageHour {
	readonly v: 2;
	/** Hours since 1970. */
	readonly hour: number;
	readonly key: KeyId;
	readonly kinds: readonly UsageKind[];
	/**
	 * A count each, `;` between them; of each the minute of the hour, the place of its kind, sends, input, cached, output,
	 * thoughts, fallbacks and cost, `,` between them. Zeros at the end are left out, and the cost where it is not known.
	 */
	readonly rows: string;
	/** Its counts are by the quarter of an hour. */
	readonly isByQuarter?: true;
}

/** One request's way, when it ended. It keeps reasons, not what the service said: that can quote the prompt. */
export interface RequestRecord {
	readonly request: string;
	/** The client: `chat`, `palette`, `selection`, `batch`, `gateway:` with its name, `lm:` with the extension's id. */
	readonly origin: string;
	readonly endedAt: EpochMs;
	readonly outcome: Attempt['outcome'];
	/** The newest at most. */
	readonly attempts: readonly Attempt[];
	/** Absent in records that an earlier version left. */
	readonly timings?: Timings;
}

/** How a request ended, and the keys that were set aside for it. */
export interface RequestEnd {
	readonly record: RequestRecord;
	readonly switches: readonly KeySwitch[];
}

/** How long a request took, in ms, and how often a key was set aside for it. */
export interface Timings {
	/** From its first step to its end. */
	readonly ms: number;
	/** To its first output; absent where none came. */
	readonly firstMs?: number;
	/** In line for a key. */
	readonly waitedMs: number;
	/** Why keys were set aside for it, once for each time, the newest at most. */
	readonly switches: readonly Reason[];
}

/** A key that was set aside for a prompt: which, for which model, why, and how many ms before the prompt ended. */
export interface KeySwitch {
	readonly key: KeyId;
	readonly model: string;
	readonly reason: Reason;
	readonly agoMs: number;
}

import type { LeaseId } from '../types/key';
import type { ModelRecord, EpochMs, StateStore } from '../types/stateStore';
import type { Clock, Random } from '../types/clock';
import { backoffMemoryMs, expectedFirstChunkMs, longestProbeMs } from '../quota/bucket';
import type { RequestSize, Usage } from '../types/poolRequest';
import type { Rejected } from '../quota/admissionChecks';

/** Weight of the newest sample. */
const learningRate = 0.2;
/** Bytes. Shorter prompts say too little about the ratio. */
const minSampleBytes = 200;
/** Tokens that a prompt can cost besides its text; they matter if it is short. */
const framing = 4;
/** ms. Maximum back-off. */
const maxBackOffMs = 30_000;

/** `base` x 2^n plus 0 to 1 s of jitter, capped at 30 s. All in ms; `n` counts from 0. */
export function backOffMs(baseMs: number, n: number, random: Random): number {
	return Math.min(maxBackOffMs, baseMs * 2 ** Math.min(n, 10) + random() * 1000);
}

/**
 * Records a 503: all requests on the model back off together. Calls sent before the last back-off ended are ignored; after a
 * quarter of an hour without one, back-offs start over.
 */
export function recordOverload(
	record: ModelRecord,
	sentAt: EpochMs,
	waitMs: (n: number) => number,
	now: EpochMs,
): ModelRecord {
	if (sentAt < record.overloadedUntil) return record;
	const { probe, ...rest } = record;
	const backoffLevel = now - record.overloadedUntil < backoffMemoryMs ? record.backoffLevel : 0;
	return { ...rest, overloadedUntil: now + waitMs(backoffLevel), backoffLevel: backoffLevel + 1 };
}

/**
 * The model answers again. An answer to a call that was sent before the last back-off ended says nothing of that: it may be older
 * than the overload.
 */
export function clearOverload(record: ModelRecord, sentAt: EpochMs = Infinity): ModelRecord {
	if (record.backoffLevel === 0 || sentAt < record.overloadedUntil) return record;
	const { probe, ...rest } = record;
	return { ...rest, overloadedUntil: 0, backoffLevel: 0 };
}

/** The service may have the model after all. */
export function clearMissing(record: ModelRecord): ModelRecord {
	if (record.missingUntil === undefined) return record;
	const { missingUntil, ...rest } = record;
	return rest;
}

/** ms. The time of the last request is stored at most this often. */
const askedEveryMs = 30_000;
/** ms. A model that was not asked for within this time is not in use. */
const inUseMs = 3_600_000 + askedEveryMs;

/** Records that the model is asked for. */
export function recordAsked(record: ModelRecord, now: EpochMs): ModelRecord {
	const { askedAt = -Infinity } = record;
	return Math.abs(now - askedAt) < askedEveryMs ? record : { ...record, askedAt: now };
}

/** Until when the model counts as in use, if it is not asked for again. */
export function inUseUntil({ askedAt = -Infinity }: ModelRecord): EpochMs {
	return askedAt + inUseMs;
}

/** After an overload one call probes; the others wait for its outcome. */
export function startOverloadProbe(record: ModelRecord, lease: LeaseId, expiresAt: EpochMs): ModelRecord {
	return record.backoffLevel > 0 ? { ...record, probe: { lease, expiresAt } } : record;
}

/** The probe ended without saying anything about the load. */
export function endOverloadProbe(record: ModelRecord, lease: LeaseId): ModelRecord {
	if (record.probe?.lease !== lease) return record;
	const { probe, ...rest } = record;
	return rest;
}

/** What a request takes of a quota: input tokens, and requests where they are several. */
export interface Tokens {
	readonly likely: number;
	readonly atMost: number;
	readonly requests?: number;
}

export function tokensOf(size: RequestSize, record: ModelRecord): Tokens {
	const likely = Math.ceil(size.tokens + size.bytes * record.tokensPerByte);
	const { requests = 1 } = size;
	return {
		likely,
		atMost: Math.ceil(likely * (record.samples < 3 ? 1.6 : 1.2)) + framing,
		...(requests > 1 && { requests }),
	};
}

/** Learns the ratio from usage of text-only prompts, because the real cost of images is unknown. */
export function learnTokenRatio(record: ModelRecord, size: RequestSize, usage: Usage): ModelRecord {
	const { input, toolUse = 0 } = usage;
	const sent = input - toolUse;
	if (size.bytes < minSampleBytes || size.tokens > 0 || sent <= 0) return record;
	const sample = Math.min(1, sent / size.bytes);
	const rate = record.samples === 0 ? 1 : learningRate;
	return {
		...record,
		tokensPerByte: record.tokensPerByte + rate * (sample - record.tokensPerByte),
		samples: record.samples + 1,
	};
}

/** Why no call on this model may go out now, with the number of consecutive back-offs. */
export function rejectedByOverload(
	record: ModelRecord,
	now: EpochMs,
): (Rejected & { readonly backoffLevel: number }) | undefined {
	const { overloadedUntil, probe, backoffLevel } = record;
	if (overloadedUntil > now) return { reason: 'overloaded', retryAt: overloadedUntil, backoffLevel };
	if (!probe || probe.expiresAt <= now) return undefined;
	// The usual time of its first chunk; if that is late, until nobody waits for it any more.
	const usual = probe.expiresAt - longestProbeMs + expectedFirstChunkMs;
	const retryAt = usual > now ? usual : probe.expiresAt;
	return { reason: 'overloaded', retryAt, backoffLevel, mayRetryEarlier: true };
}

/** Resolves an alias, as far as it was learnt, through several names. */
export function resolveAlias(store: StateStore, model: string): string {
	return resolveIn(store.replica().model, model);
}

/** More than the service has for one model: a writer to a team's store can chain any number. */
const maxNames = 20;

/** As `resolveAlias`, in given documents. Names that resolve to each other are one model: the first in order. */
export function resolveIn(models: { get(model: string): ModelRecord | undefined }, model: string): string {
	let next = models.get(model)?.resolvesTo?.model;
	if (next === undefined) return model;
	const names = [model];
	for (; next !== undefined && names.length < maxNames; next = models.get(next)?.resolvesTo?.model) {
		const before = names.indexOf(next);
		if (before >= 0) return names.slice(before).sort()[0] ?? next;
		names.push(next);
	}
	return names.at(-1) ?? model;
}

/** Answers that count, the latest; and how many say something. */
const maxSamples = 15;
const minSamples = 3;
/** ms. Older ones do not count: a request that is not sent for its time teaches nothing, so what was learnt would hold for ever. */
const maxSampleAgeMs = 10 * 60_000;
/** Models that are remembered; the one that was answered longest ago goes first. */
const maxModels = 32;
/** An answer that nobody waited for any longer is taken to need this many times what it had. */
const givenUpFactor = 1.25;

interface AnswerTime {
	readonly ms: number;
	/** By the monotonic clock. */
	readonly endedAt: number;
}

/** How long answers usually take, by resolved model. Each window learns it for itself: a store would write it with every answer. */
export class AnswerTimes {
	private readonly byModel = new Map<
		string,
		{ readonly samples: readonly AnswerTime[]; usualMs: number; until: number }
	>();

	constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

	/** @param ms that the service took for a whole answer */
	answered(model: string, ms: number): void {
		const endedAt = this.clock.monotonic();
		const samples = [...(this.byModel.get(model)?.samples ?? []), { ms, endedAt }].slice(-maxSamples);
		this.byModel.delete(model);
		this.byModel.set(model, { samples, usualMs: 0, until: -Infinity });
		if (this.byModel.size <= maxModels) return;
		for (const oldest of this.byModel.keys()) {
			this.byModel.delete(oldest);
			break;
		}
	}

	/** @param ms that the service had for an answer before it was cancelled: that it was too long says something, no more */
	givenUp(model: string, ms: number): void {
		if (ms > this.usualMs(model)) this.answered(model, ms * givenUpFactor);
	}

	/** ms, the median; 0 while too few answers are known. */
	usualMs(model: string): number {
		const known = this.byModel.get(model);
		if (!known) return 0;
		const now = this.clock.monotonic();
		if (now >= known.until) {
			const recent = known.samples.filter(({ endedAt }) => now - endedAt < maxSampleAgeMs);
			const sorted = recent.map(({ ms }) => ms).sort((a, b) => a - b);
			known.usualMs = sorted.length < minSamples ? 0 : (sorted[sorted.length >> 1] ?? 0);
			known.until = (recent[0]?.endedAt ?? Infinity) + maxSampleAgeMs;
		}
		return known.usualMs;
	}
}

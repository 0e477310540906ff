import type { LeaseId } from '../types/key';
import type { ModelRecord, EpochMs, StateStore } from '../types/stateStore';
import type { Random } from '../types/clock';
import { backoffMemoryMs } from '../quota/bucket';
import type { RequestSize, Usage } from '../types/poolRequest';
import type { Rejected } from '../quota/admissionChecks';

/** Weight of the newest sample. */
const learningRate = 0.2;
/** Shorter prompts say too little about the ratio. */
const minSampleBytes = 200;
/** Tokens that a prompt can cost beside its text; they weigh where it is short. */
const framing = 4;
/** ms. One back-off is never longer. */
const maxBackOffMs = 30_000;

/** `base` x 2^n plus 0 to 1 s of jitter, capped at 30 s. All in ms; `n` counts from 0. */
export function backOffMs(baseMs: number, n: number, random: Random): number {
	return Math.min(maxBackOffMs, baseMs * 2 ** Math.min(n, 10) + random() * 1000);
}

/**
 * 503: every request on this model backs off together. A call sent before the last back-off ended is old news, and so is
 * an outage that ended a quarter of an hour ago.
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

/** The model answers again. */
export function clearOverload(record: ModelRecord): ModelRecord {
	if (record.backoffLevel === 0) return record;
	const { probe, ...rest } = record;
	return { ...rest, overloadedUntil: 0, backoffLevel: 0 };
}

/** The service may have it after all. */
export function clearMissing(record: ModelRecord): ModelRecord {
	if (record.missingUntil === undefined) return record;
	const { missingUntil, ...rest } = record;
	return rest;
}

/** ms. Not more often than this it is written down that a model is asked for. */
const askedEveryMs = 30_000;
/** ms. A model that nobody has asked for within this is not in use. */
const inUseMs = 3_600_000 + askedEveryMs;

/** Somebody asks for the model. */
export function recordAsked(record: ModelRecord, now: EpochMs): ModelRecord {
	const { askedAt = -Infinity } = record;
	return Math.abs(now - askedAt) < askedEveryMs ? record : { ...record, askedAt: now };
}

/** Until when the model counts as in use, if nobody asks for it again: an hour, and as long as is not written down. */
export function inUseUntil({ askedAt = -Infinity }: ModelRecord): EpochMs {
	return askedAt + inUseMs;
}

/** After an overload one call goes first; the others wait for its outcome. */
export function startOverloadProbe(record: ModelRecord, lease: LeaseId, expiresAt: EpochMs): ModelRecord {
	return record.backoffLevel > 0 ? { ...record, probe: { lease, expiresAt } } : record;
}

/** The probe ended without a word about the load. */
export function endOverloadProbe(record: ModelRecord, lease: LeaseId): ModelRecord {
	if (record.probe?.lease !== lease) return record;
	const { probe, ...rest } = record;
	return rest;
}

/** Input tokens of a request. */
export interface Tokens {
	readonly likely: number;
	readonly atMost: number;
}

export function tokensOf(size: RequestSize, record: ModelRecord): Tokens {
	const likely = Math.ceil(size.tokens + size.bytes * record.tokensPerByte);
	return { likely, atMost: Math.ceil(likely * (record.samples < 3 ? 1.6 : 1.2)) + framing };
}

/** Learns the ratio from what the service counted for text alone: what an image really costs is not known. */
export function learnTokenRatio(record: ModelRecord, size: RequestSize, usage: Usage): ModelRecord {
	if (size.bytes < minSampleBytes || size.tokens > 0 || usage.input <= 0) return record;
	const sample = Math.min(1, usage.input / size.bytes);
	const rate = record.samples === 0 ? 1 : learningRate;
	return {
		...record,
		tokensPerByte: record.tokensPerByte + rate * (sample - record.tokensPerByte),
		samples: Math.min(record.samples + 1, 1000),
	};
}

/** Why no call on this model may go out now, with the back-offs in a row. */
export function rejectedByOverload(
	record: ModelRecord,
	now: EpochMs,
): (Rejected & { readonly backoffLevel: number }) | undefined {
	const { overloadedUntil, probe, backoffLevel } = record;
	if (overloadedUntil > now) return { reason: 'overloaded', retryAt: overloadedUntil, backoffLevel };
	return probe && probe.expiresAt > now
		? { reason: 'overloaded', retryAt: probe.expiresAt, backoffLevel, mayRetryEarlier: true }
		: undefined;
}

/** What an alias stands for, as far as it was learnt, through as many names as it takes. */
export function resolveAlias(store: StateStore, model: string): string {
	return resolveIn(store.replica().model, model);
}

/** The same in documents that were read before. Names that lead back to each other are one model: the first of them. */
export function resolveIn(models: { get(model: string): ModelRecord | undefined }, model: string): string {
	let next = models.get(model)?.resolvesTo?.model;
	if (next === undefined) return model;
	const names = [model];
	for (; next !== undefined; next = models.get(next)?.resolvesTo?.model) {
		const before = names.indexOf(next);
		if (before >= 0) return names.slice(before).sort()[0] ?? next;
		names.push(next);
	}
	return names.at(-1) ?? model;
}

import { fieldsOf } from '../common/json';
import { isModelName } from '../gemini/request/address';
import type { EpochMs } from '../pool/pool';

/** What the gateway told last, at times of our own clock. */
export interface ToldStatus {
	readonly state: 'open' | 'paused' | 'held';
	readonly client: string;
	readonly keys: 'free' | 'paid' | 'any';
	readonly expiresAt?: EpochMs;
	readonly models: readonly ToldModel[];
	readonly requests: { readonly used: number; readonly max?: number };
	/** US dollars. */
	readonly dollars: { readonly used: number; readonly max?: number };
	readonly dayEndsAt: EpochMs;
}

export interface ToldModel {
	readonly model: string;
	readonly isUsable: boolean;
	/** When a key can answer again, if that is known. */
	readonly backAt?: EpochMs;
}

const maxModels = 50;
/** ms. No quota is longer away than a month. */
const maxMs = 32 * 24 * 3_600_000;
/** Requests or dollars. A higher number would not be readable, or be shown as none. */
const maxCount = 1e12;

/** Undefined if no gateway would say this. Every text and number is bounded, because it comes over the network. */
export function readStatus(body: unknown, now: EpochMs): ToldStatus | undefined {
	const { v, state, client, keys, models, today, expiresInMs } = fieldsOf(body);
	if (v !== 1 || typeof client !== 'string') return undefined;
	const { requests, maxRequests, dollars, maxDollars, endsInMs } = fieldsOf(today);
	// A token may be good for years.
	const end = at(expiresInMs, now, maxCount);
	/** Each model once, because rows of a tree need unique names. */
	const seen = new Set<unknown>();
	return {
		state: state === 'paused' || state === 'held' ? state : 'open',
		client: client.slice(0, 60),
		keys: keys === 'free' || keys === 'paid' ? keys : 'any',
		...(end !== undefined && { expiresAt: end }),
		models: (Array.isArray(models) ? models : []).slice(0, maxModels).flatMap((one) => {
			const { model, isUsable, waitMs } = fieldsOf(one);
			const backAt = at(waitMs, now);
			if (typeof model !== 'string' || !isModelName(model) || seen.has(model)) return [];
			seen.add(model);
			return [{ model, isUsable: isUsable === true, ...(backAt !== undefined && { backAt }) }];
		}),
		requests: use(requests, maxRequests),
		dollars: use(dollars, maxDollars),
		dayEndsAt: at(endsInMs, now) ?? now,
	};
}

function number(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.min(value, maxCount) : undefined;
}

function at(ms: unknown, now: EpochMs, longest = maxMs): EpochMs | undefined {
	const value = number(ms);
	return value === undefined ? undefined : now + Math.min(value, longest);
}

function use(used: unknown, max: unknown): { readonly used: number; readonly max?: number } {
	const limit = number(max);
	return { used: number(used) ?? 0, ...(limit !== undefined && { max: limit }) };
}

import { isObject } from '../../common/json';
import { parseDuration } from './duration';

/** One quota that a 429 says was exceeded. */
export interface Violation {
	readonly quotaId?: string;
	readonly quotaMetric?: string;
	/** The resolved model, which an alias hides. */
	readonly model?: string;
	/** Requests or tokens; may be absent. */
	readonly quotaValue?: number;
	readonly per: 'minute' | 'day' | 'unknown';
	readonly counts: 'requests' | 'tokens';
	/** Whether its id, metric or words name the free tier: `-FreeTier`, `free_tier`. */
	readonly isFree?: true;
}

/** The contents of the `details` of a google.rpc.Status, in any order. */
export interface Details {
	readonly violations: readonly Violation[];
	/** ms, from RetryInfo. */
	readonly retryDelayMs?: number;
	/** From ErrorInfo, for instance `API_KEY_INVALID`. */
	readonly reason?: string;
	readonly domain?: string;
	readonly metadata: Readonly<Record<string, string>>;
}

type Fields = Readonly<Record<string, unknown>>;
/** Masks and shortens a text before it is kept. */
export type Keep = (text: string) => string;

const maxDetails = 32;

export function readDetails(details: unknown, keep: Keep): Details {
	const entries = Array.isArray(details) ? details.slice(0, maxDetails).filter(isObject) : [];
	const info = entries.find((entry) => typeof entry['reason'] === 'string');
	const delays = entries.map((entry) => retryDelay(entry['retryDelay'])).filter((ms) => ms !== undefined);
	return {
		violations: entries.flatMap((entry) => violations(entry['violations'], keep)),
		...(delays.length > 0 && { retryDelayMs: Math.max(...delays) }),
		...text('reason', info?.['reason'], keep),
		...text('domain', info?.['domain'], keep),
		metadata: metadata(info?.['metadata'], keep),
	};
}

/** Older bodies name the quota in ErrorInfo's metadata instead of a QuotaFailure. */
export function violationInMetadata(metadata: Readonly<Record<string, string>>, keep: Keep): Violation | undefined {
	const { quota_limit: quotaId, quota_metric: quotaMetric, quota_limit_value: quotaValue } = metadata;
	return quotaId === undefined ? undefined : violation({ quotaId, quotaMetric, quotaValue }, keep);
}

const inMetrics = /metric: ([\w./-]{1,120}), limit: (\d{1,15})(?:, model: ([\w.-]{1,80}))?/g;
const inInteractions =
	/(?:for model ([\w./-]{1,80})[^(]{0,40}\()?limit: (\d{1,15}) ((?:input )?(?:requests|tokens) per (?:minute|day)(?: on (?:free|paid) tier)?)/gi;

/**
 * Texts that lost their details still list quotas: "Quota exceeded for metric: m, limit: 20, model: n". The Interactions
 * API has nothing else: "Rate limit exceeded for model m (limit: 20 requests per day on Free Tier)".
 */
export function violationsInMessage(message: string, keep: Keep): readonly Violation[] {
	const named = [...message.matchAll(inMetrics)].slice(0, maxDetails);
	const spoken = [...message.matchAll(inInteractions)].slice(0, maxDetails);
	return [
		...named.map(([, quotaMetric, quotaValue, model]) => ({ quotaMetric, quotaValue, quotaDimensions: { model } })),
		...spoken.map(([, model, quotaValue, words = '']) => ({
			quotaMetric: words.replaceAll(' ', '_'),
			quotaValue,
			quotaDimensions: { model },
		})),
	].map((fields) => violation(fields, keep));
}

function violations(list: unknown, keep: Keep): Violation[] {
	return Array.isArray(list)
		? list
				.slice(0, maxDetails)
				.filter(isObject)
				.filter((entry) => typeof entry['quotaId'] === 'string' || typeof entry['quotaMetric'] === 'string')
				.map((entry) => violation(entry, keep))
		: [];
}

function violation(entry: Fields, keep: Keep): Violation {
	const name = [entry['quotaId'], entry['quotaMetric']].filter((part) => typeof part === 'string').join(' ');
	const dimensions = isObject(entry['quotaDimensions']) ? entry['quotaDimensions'] : {};
	const model = typeof dimensions['model'] === 'string' ? dimensions['model'].replace(/^models\//, '') : '';
	const { quotaValue } = entry;
	const value = isPlain(quotaValue) && /^\d{1,15}$/.test(String(quotaValue)) ? Number(quotaValue) : undefined;
	return {
		...text('quotaId', entry['quotaId'], keep),
		...text('quotaMetric', entry['quotaMetric'], keep),
		// Recorders and proxies put placeholders such as "[truncated]" here.
		...(/^[a-z\d][\w.-]{2,80}$/i.test(model) && { model: keep(model) }),
		...(value !== undefined && { quotaValue: value }),
		per: /per_?day|daily/i.test(name) ? 'day' : /per_?minute/i.test(name) ? 'minute' : 'unknown',
		counts: /token/i.test(name) ? 'tokens' : 'requests',
		...(/free[_-]?tier/i.test(name) && { isFree: true }),
	};
}

/** Whether it can be read as a number: an object may have a field by the name of what would be called for that. */
function isPlain(value: unknown): value is number | string {
	return typeof value === 'number' || typeof value === 'string';
}

/** As JSON has it ("38s"), or as a protobuf that was printed ({ seconds: 38, nanos: 5 }). */
function retryDelay(value: unknown): number | undefined {
	if (isObject(value)) {
		const [seconds, nanos] = [value['seconds'] ?? 0, value['nanos'] ?? 0];
		return isPlain(seconds) && isPlain(nanos)
			? parseDuration(`${String(Number(seconds) + Number(nanos) / 1e9)}s`)
			: undefined;
	}
	return typeof value === 'string' ? parseDuration(value) : undefined;
}

function metadata(value: unknown, keep: Keep): Record<string, string> {
	const entries = isObject(value) ? Object.entries(value).slice(0, maxDetails) : [];
	return Object.fromEntries(
		entries.flatMap(([name, item]) => (typeof item === 'string' ? [[keep(name), keep(item)]] : [])),
	);
}

function text<Name extends string>(name: Name, value: unknown, keep: Keep): Partial<Record<Name, string>> {
	return (typeof value === 'string' ? { [name]: keep(value) } : {}) as Partial<Record<Name, string>>;
}

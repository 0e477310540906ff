import type { Body } from './bodies';
import type { Limit } from '../quota/quota';

const metric = (tier: Tier, unit: string): string =>
	`generativelanguage.googleapis.com/generate_content_${tier}_tier_${unit}`;

export type Tier = 'free' | 'paid';

const units = { rpm: 'requests', rpd: 'requests', tpm: 'input_token_count' } as const;

const freeIds: Readonly<Record<Limit, string>> = {
	rpm: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
	rpd: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
	tpm: 'GenerateContentInputTokensPerModelPerMinute-FreeTier',
};

const paidIds: Readonly<Record<Limit, string>> = {
	rpm: 'GenerateRequestsPerMinutePerProjectPerModel',
	rpd: 'GenerateRequestsPerDayPerProjectPerModel',
	tpm: 'GenerateContentPaidTierInputTokensPerModelPerMinute',
};

const help = {
	'@type': 'type.googleapis.com/google.rpc.Help',
	links: [
		{
			description: 'Learn more about Gemini API quotas',
			url: 'https://ai.google.dev/gemini-api/docs/rate-limits',
		},
	],
};

const freeText =
	'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit. ';

const paidText =
	'You exceeded your current quota. Go to https://aistudio.google.com/apikey to upgrade your quota tier, or submit a quota increase request in https://ai.google.dev/gemini-api/docs/rate-limits#request-rate-limit-increase';

/** The 429 of an exhausted quota. `delay` in ms: exact in the message, truncated to whole seconds in `RetryInfo`, as the real one. */
export function exhausted(
	tier: Tier,
	model: string,
	exceeded: readonly { readonly limit: Limit; readonly value: number }[],
	delay: number,
): Body {
	const quotaFailure = {
		'@type': 'type.googleapis.com/google.rpc.QuotaFailure',
		violations: exceeded.map(({ limit, value }) => ({
			quotaMetric: metric(tier, units[limit]),
			quotaId: (tier === 'free' ? freeIds : paidIds)[limit],
			quotaDimensions: { location: 'global', model },
			quotaValue: String(value),
		})),
	};
	if (tier === 'paid') {
		return tooMany(paidText, [quotaFailure, help, retryInfo(delay)]);
	}
	const lines = exceeded.map(({ limit, value }) => overrun(metric(tier, units[limit]), value, model));
	return tooMany(freeMessage(lines, delay), [help, quotaFailure, retryInfo(delay)]);
}

/** The 429 of a model that the free tier does not have: every limit is 0, no violation has a `quotaValue`, and a delay is stated all the same. */
export function unavailable(model: string, delay: number): Body {
	const violation = (unit: string, quotaId: string): unknown => ({
		quotaMetric: metric('free', unit),
		quotaId,
		quotaDimensions: { location: 'global', model },
	});
	const violations = [
		violation(units.tpm, 'GenerateContentInputTokensPerModelPerDay-FreeTier'),
		violation(units.tpm, freeIds.tpm),
		violation(units.rpm, freeIds.rpm),
		violation(units.rpd, freeIds.rpd),
	];
	const lines = [units.tpm, units.tpm, units.rpm, units.rpd].map((unit) => overrun(metric('free', unit), 0, model));
	return tooMany(freeMessage(lines, delay), [
		help,
		{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations },
		retryInfo(delay),
	]);
}

function tooMany(message: string, details: readonly unknown[]): Body {
	return { status: 429, json: { error: { code: 429, message, status: 'RESOURCE_EXHAUSTED', details } } };
}

function overrun(quotaMetric: string, limit: number, model: string): string {
	return `* Quota exceeded for metric: ${quotaMetric}, limit: ${limit}, model: ${model}`;
}

function freeMessage(lines: readonly string[], delay: number): string {
	return `${freeText}\n${lines.join('\n')}\nPlease retry in ${goDuration(delay)}.`;
}

function retryInfo(delay: number): unknown {
	return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${Math.floor(delay / 1000)}s` };
}

/** As Go prints a duration: `850ms`, `38.90923309s`, `6h39m37.426631617s`. */
function goDuration(ms: number): string {
	if (ms < 1000) {
		return `${trimmed(ms, 6)}ms`;
	}
	const minutes = Math.floor(ms / 60_000);
	const seconds = `${trimmed((ms % 60_000) / 1000, 9)}s`;
	if (minutes === 0) {
		return seconds;
	}
	return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

function trimmed(value: number, digits: number): string {
	return String(Number(value.toFixed(digits)));
}

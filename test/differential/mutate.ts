import { isFields } from './json';

/** One failure as it arrives: HTTP status and body. */
export interface Told {
	readonly status: number;
	readonly text: string;
}

type Chance = () => number;
type Fields = Record<string, unknown>;

const quotaIds = [
	'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
	'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
	'GenerateContentInputTokensPerModelPerMinute-FreeTier',
	'GenerateContentInputTokensPerModelPerDay-FreeTier',
	'GenerateContentPaidTierInputTokensPerModelPerMinute',
	'DailyGenerateRequests',
	'GenerateRequestsPerHour',
	'generate_requests_per_model_per_day',
];
const delays: readonly unknown[] = [
	'0s',
	'5s',
	'38.909s',
	'900ms',
	'299s',
	'301s',
	'23977s',
	'19h34m',
	'-5s',
	'NaNs',
	'',
	38,
	{ seconds: 38, nanos: 5 },
];
const codes: readonly unknown[] = [400, 401, 403, 404, 429, 499, 500, 503, 504, '429', 'RESOURCE_EXHAUSTED', null];
const reasons = [
	'API_KEY_INVALID',
	'API_KEY_SERVICE_BLOCKED',
	'SERVICE_DISABLED',
	'CONSUMER_SUSPENDED',
	'RATE_LIMIT_EXCEEDED',
	'QUOTA_EXHAUSTED',
	'MODEL_CAPACITY_EXHAUSTED',
	'VALIDATION_REQUIRED',
];
const domains = ['googleapis.com', 'cloudcode-pa.googleapis.com'];
const sentences = [
	'Please retry in 6h39m37.4s.',
	'Please retry in 12.5s.',
	'Please retry in 850ms.',
	'limit: 0, model: gemini-3.1-pro',
	'The model is overloaded. Please try again later.',
	'You have exhausted your capacity on this model.',
	'Your prepayment credits are depleted.',
	'API key not valid. Please pass a valid API key.',
];

/** Each changes one thing of the body, in place. */
const changes: readonly ((body: Fields, chance: Chance) => void)[] = [
	(body, chance) => {
		for (const violation of violationsOf(body)) violation['quotaId'] = pick(quotaIds, chance);
	},
	(body, chance) => {
		for (const violation of violationsOf(body)) {
			violation['quotaValue'] = pick(['0', '20', 20, '250000', undefined, 'many'], chance);
		}
	},
	(body, chance) => {
		detailOf(body, 'RetryInfo')['retryDelay'] = pick(delays, chance);
	},
	(body, chance) => {
		errorOf(body)['code'] = pick(codes, chance);
	},
	(body, chance) => {
		detailOf(body, 'ErrorInfo')['reason'] = pick(reasons, chance);
	},
	(body, chance) => {
		detailOf(body, 'ErrorInfo')['domain'] = pick(domains, chance);
	},
	(body, chance) => {
		errorOf(body)['message'] = `${String(errorOf(body)['message'])} ${pick(sentences, chance)}`;
	},
	(body, chance) => {
		errorOf(body)['message'] = pick([...sentences, '', '   '], chance);
	},
	(body, chance) => {
		const details = detailsOf(body);
		details.splice(Math.floor(chance() * details.length), 1);
	},
	(body) => {
		detailsOf(body).reverse();
	},
	(body) => {
		const error = errorOf(body);
		const turned = Object.entries(error).reverse();
		for (const name of Object.keys(error)) Reflect.deleteProperty(error, name);
		Object.assign(error, Object.fromEntries(turned));
	},
	(body, chance) => {
		Reflect.deleteProperty(errorOf(body), pick(['code', 'status', 'details', 'message'], chance));
	},
	(body, chance) => {
		const all = violationsOf(body);
		all.push({ ...all[0], quotaId: pick(quotaIds, chance) });
	},
	(body) => {
		for (const detail of detailsOf(body)) Reflect.deleteProperty(detail, '@type');
	},
];

/** What happens to a body on its way. */
const wrappings: readonly ((text: string, chance: Chance) => string)[] = [
	(text) => text,
	(text) => text,
	(text) => text,
	(text) => `[${text}]`,
	(text) => JSON.stringify({ error: { message: text, code: 429, status: 'Too Many Requests' } }),
	(text) => `got status: 429 Too Many Requests. ${text}`,
	(text) => JSON.stringify(text),
	(text) => text.replaceAll('"', "'"),
	(text, chance) => text.slice(0, Math.floor(chance() * text.length)),
	(text) => text.replaceAll(' ', ' \u00a0'),
	() => '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head></html>',
	() => '',
];

/** One of the bodies, changed at up to four places and perhaps wrapped. */
export function mutate(bodies: readonly Told[], chance: Chance): Told {
	const { status, text } = pick(bodies, chance);
	const parsed: unknown = JSON.parse(text);
	const body: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
	if (!isFields(body)) throw new Error('A recorded body has the form of an error.');
	for (let n = Math.floor(chance() * 5); n > 0; n--) pick(changes, chance)(body, chance);
	const wrapped = pick(wrappings, chance)(JSON.stringify(body), chance);
	return { status: chance() < 0.1 ? pick([400, 403, 404, 429, 500, 503], chance) : status, text: wrapped };
}

function errorOf(body: Fields): Fields {
	const { error } = body;
	if (isFields(error)) return error;
	const made: Fields = {};
	body['error'] = made;
	return made;
}

function detailsOf(body: Fields): Fields[] {
	const error = errorOf(body);
	const kept = (Array.isArray(error['details']) ? error['details'] : []).filter(isFields);
	error['details'] = kept;
	return kept;
}

function detailOf(body: Fields, type: string): Fields {
	const name = `type.googleapis.com/google.rpc.${type}`;
	const details = detailsOf(body);
	const known = details.find((detail) => detail['@type'] === name);
	if (known) return known;
	const made: Fields = { '@type': name };
	details.push(made);
	return made;
}

function violationsOf(body: Fields): Fields[] {
	const failure = detailOf(body, 'QuotaFailure');
	const kept = (Array.isArray(failure['violations']) ? failure['violations'] : []).filter(isFields);
	failure['violations'] = kept;
	return kept;
}

function pick<T>(from: readonly T[], chance: Chance): T {
	const found = from[Math.floor(chance() * from.length)];
	if (found === undefined && from.length === 0) throw new Error('There is nothing to pick from.');
	return found as T;
}

import { fieldsOf, textOf, type Json } from '../../common/json';
import type { Dialect } from '../../gemini/gemini';
import type { ServiceTier } from '../../pool/pool';

/** The fields of a body that bound the price of its answer. */
export interface AnswerBounds {
	/** Tokens of one answer, thoughts among them; absent: as many as the model can. */
	readonly maxOutput?: number;
	/** How many are asked for. */
	readonly answers: number;
	/** Absent: standard. */
	readonly serviceTier?: ServiceTier;
}

/** The dearest first. */
const serviceTiers: readonly ServiceTier[] = ['priority', 'standard', 'flex'];

/** Of a field that stands in both of its spellings the service reads one: here the dearer one counts, so that no budget is outwitted. */
export function answerBounds(dialect: Dialect, body: Json): AnswerBounds {
	const { maxTokens, counts, tiers } = dialect === 'gemini' ? ofGemini(body) : ofOpenAi(body);
	const named = tiers.map((tier) => textOf(tier)?.toLowerCase().replace('service_tier_', ''));
	const serviceTier = serviceTiers.find((one) => named.includes(one));
	const maxOutput = largest(maxTokens);
	return {
		answers: largest(counts) ?? 1,
		...(maxOutput !== undefined && { maxOutput }),
		...(serviceTier && { serviceTier }),
	};
}

interface Read {
	readonly maxTokens: readonly unknown[];
	readonly counts: readonly unknown[];
	readonly tiers: readonly unknown[];
}

/** In either of the spellings that Google reads. */
export function generationConfigOf(body: Json): Json {
	return fieldsOf(body['generationConfig'] ?? body['generation_config']);
}

function ofGemini(body: Json): Read {
	const configs = [body['generationConfig'], body['generation_config']].map(fieldsOf);
	return {
		maxTokens: configs.flatMap((config) => [config['maxOutputTokens'], config['max_output_tokens']]),
		counts: configs.flatMap((config) => [config['candidateCount'], config['candidate_count']]),
		tiers: [body['serviceTier'], body['service_tier']],
	};
}

function ofOpenAi({ max_completion_tokens: completion, max_tokens: max, n, service_tier: tier }: Json): Read {
	return { maxTokens: [completion, max], counts: [n], tiers: [tier] };
}

function largest(values: readonly unknown[]): number | undefined {
	const numbers = values.flatMap((value) => whole(value) ?? []);
	return numbers.length === 0 ? undefined : Math.max(...numbers);
}

/** Protobuf's JSON also takes a number written as a string. */
function whole(value: unknown): number | undefined {
	const number = typeof value === 'string' ? Number(value) : value;
	return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

import { fieldsOf, textOf, type Json } from '../../common/json';
import type { Dialect } from '../../gemini/gemini';
import type { ServiceTier } from '../../pool/pool';

/** What a body says of its answer that its price depends on. */
export interface AnswerBounds {
	/** Tokens of one answer, thoughts among them; absent: as many as the model can. */
	readonly maxOutput?: number;
	/** How many are asked for. */
	readonly answers: number;
	/** Absent: standard. */
	readonly serviceTier?: ServiceTier;
}

const serviceTiers: readonly ServiceTier[] = ['flex', 'standard', 'priority'];

export function answerBounds(dialect: Dialect, body: Json): AnswerBounds {
	const { maxTokens, count, tier } = dialect === 'gemini' ? ofGemini(body) : ofOpenAi(body);
	const named = textOf(tier)?.toLowerCase().replace('service_tier_', '');
	const serviceTier = serviceTiers.find((one) => one === named);
	const answers = Math.max(1, whole(count) ?? 1);
	const maxOutput = whole(maxTokens);
	return { answers, ...(maxOutput !== undefined && { maxOutput }), ...(serviceTier && { serviceTier }) };
}

interface Read {
	readonly maxTokens: unknown;
	readonly count: unknown;
	readonly tier: unknown;
}

/** In either of the spellings that Google reads. */
export function generationConfigOf(body: Json): Json {
	return fieldsOf(body['generationConfig'] ?? body['generation_config']);
}

function ofGemini(body: Json): Read {
	const config = generationConfigOf(body);
	return {
		maxTokens: config['maxOutputTokens'] ?? config['max_output_tokens'],
		count: config['candidateCount'] ?? config['candidate_count'],
		tier: body['serviceTier'] ?? body['service_tier'],
	};
}

function ofOpenAi({ max_completion_tokens: completion, max_tokens: max, n, service_tier: tier }: Json): Read {
	return { maxTokens: completion ?? max, count: n, tier };
}

/** Protobuf's JSON takes a number in a text as well. */
function whole(value: unknown): number | undefined {
	const number = typeof value === 'string' ? Number(value) : value;
	return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

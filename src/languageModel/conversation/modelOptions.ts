import * as v from 'valibot';
import type { GenerationOptions } from '../../generation/options';
import { generationOptions } from '../../generation/schema';

/** What a caller may choose, by our names and by those that other providers made usual. */
const names: Readonly<Record<string, keyof GenerationOptions>> = {
	temperature: 'temperature',
	topP: 'topP',
	top_p: 'topP',
	topK: 'topK',
	top_k: 'topK',
	seed: 'seed',
	maxOutputTokens: 'maxOutputTokens',
	max_output_tokens: 'maxOutputTokens',
	max_tokens: 'maxOutputTokens',
	max_completion_tokens: 'maxOutputTokens',
	stopSequences: 'stopSequences',
	stop: 'stopSequences',
	presencePenalty: 'presencePenalty',
	presence_penalty: 'presencePenalty',
	frequencyPenalty: 'frequencyPenalty',
	frequency_penalty: 'frequencyPenalty',
	thinking: 'thinking',
	reasoning_effort: 'thinking',
	responseMimeType: 'responseMimeType',
	responseSchema: 'responseSchema',
};

/** The options of a request that are known and good; others are left out, as are those that could cost more. */
export function readModelOptions(given: Readonly<Record<string, unknown>> = {}): GenerationOptions {
	const options = Object.entries(given).flatMap(([name, value]) => {
		const known = Object.hasOwn(names, name) ? names[name] : undefined;
		if (known === undefined) return [];
		const wanted = known === 'stopSequences' && typeof value === 'string' ? [value] : value;
		const parsed = v.safeParse(generationOptions, { [known]: wanted });
		return parsed.success ? [parsed.output] : [];
	});
	return Object.assign({}, ...options) as GenerationOptions;
}

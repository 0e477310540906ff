import type { GenerationOptions, PromptOptions, SafetySetting } from './options';

/**
 * What is asked for where both levels say something: each option of `own` goes before. Form and schema of the answer are
 * one choice; safety settings are one for each category.
 */
export function merged(own: PromptOptions, defaults: GenerationOptions): PromptOptions {
	const { responseMimeType, responseSchema, ...others } = defaults;
	const hasForm = own.responseMimeType !== undefined || own.responseSchema !== undefined;
	const form = {
		...(responseMimeType !== undefined && { responseMimeType }),
		...(responseSchema !== undefined && { responseSchema }),
	};
	const safetySettings = bothSafety(own.safetySettings, defaults.safetySettings);
	return { ...others, ...(!hasForm && form), ...own, ...(safetySettings && { safetySettings }) };
}

function bothSafety(
	own: readonly SafetySetting[] = [],
	defaults: readonly SafetySetting[] = [],
): readonly SafetySetting[] | undefined {
	const named = new Set(own.map(({ category }) => category));
	const both = [...defaults.filter(({ category }) => !named.has(category)), ...own];
	return both.length > 0 ? both : undefined;
}

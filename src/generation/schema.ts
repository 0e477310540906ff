import * as v from 'valibot';
import {
	functionCallingModes,
	mediaResolutions,
	responseMimeTypes,
	serviceTiers,
	thinkingLevels,
	type GenerationOptions,
	type JsonObject,
	type PromptOptions,
	type ThinkingLevel,
	type ToolConfig,
} from './options';

// The manifest says the same of the setting `keypool.generation`; a test holds the two to each other.

const between = (least: number, most: number) =>
	v.exactOptional(v.pipe(v.number(), v.minValue(least), v.maxValue(most)));
const wholeBetween = (least: number, most: number) =>
	v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most)));
const flag = v.exactOptional(v.boolean());
/** A word of one of the service's lists. */
const word = v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]{0,60}$/));
const jsonObject = v.custom<JsonObject>(
	(value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** UTF-16 units of a system instruction. */
const maxSystem = 1_000_000;
const maxTokens = 1_000_000;
const maxInt32 = 2 ** 31 - 1;

const thinkingLevel = v.picklist(thinkingLevels);
const thinkingBudget = v.pipe(v.number(), v.safeInteger(), v.minValue(-1), v.maxValue(maxTokens));

export const generationEntries = {
	system: v.exactOptional(v.pipe(v.string(), v.maxLength(maxSystem))),
	temperature: between(0, 2),
	topP: between(0, 1),
	topK: wholeBetween(1, maxInt32),
	seed: wholeBetween(-maxInt32 - 1, maxInt32),
	maxOutputTokens: wholeBetween(1, maxTokens),
	// The service takes five.
	stopSequences: v.exactOptional(
		v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(1_000))), v.maxLength(5)),
	),
	presencePenalty: between(-2, 2),
	frequencyPenalty: between(-2, 2),
	thinking: v.exactOptional(
		v.custom<ThinkingLevel | number>((value) => v.is(thinkingLevel, value) || v.is(thinkingBudget, value)),
	),
	includeThoughts: flag,
	safetySettings: v.exactOptional(
		v.pipe(v.array(v.strictObject({ category: word, threshold: word })), v.maxLength(20)),
	),
	responseMimeType: v.exactOptional(v.picklist(responseMimeTypes)),
	responseSchema: v.exactOptional(jsonObject),
	googleSearch: flag,
	codeExecution: flag,
	urlContext: flag,
	mediaResolution: v.exactOptional(v.picklist(mediaResolutions)),
	serviceTier: v.exactOptional(v.picklist(serviceTiers)),
	enableEnhancedCivicAnswers: flag,
	store: flag,
};

/** What of it only a prompt of a batch can have. */
export const promptEntries = {
	...generationEntries,
	functionDeclarations: v.exactOptional(
		v.pipe(
			v.array(
				v.pipe(
					jsonObject,
					v.check(({ name }) => typeof name === 'string' && name !== ''),
				),
			),
			v.maxLength(512),
		),
	),
	toolConfig: v.exactOptional(
		v.strictObject({
			functionCallingConfig: v.exactOptional(
				v.strictObject({
					mode: v.exactOptional(v.picklist(functionCallingModes)),
					allowedFunctionNames: v.exactOptional(v.pipe(v.array(v.string()), v.maxLength(512))),
				}),
			),
			includeServerSideToolInvocations: flag,
		}),
	) satisfies v.GenericSchema<unknown, ToolConfig>,
};

/** Options as they come in from outside: another field is refused. */
export const generationOptions = v.strictObject(generationEntries) satisfies v.GenericSchema<
	unknown,
	GenerationOptions
>;

export const promptOptions = v.strictObject(promptEntries) satisfies v.GenericSchema<unknown, PromptOptions>;

import type { GenerationOptions, PromptOptions } from '../../../src/generation/options';

export interface OptionSample<T> {
	readonly value: NonNullable<T>;
	/** What of the request's body it becomes. */
	readonly body: object;
}

type Samples<T> = { readonly [Name in keyof T]-?: OptionSample<T[Name]> };

const inConfig = (generationConfig: object) => ({ generationConfig });
const safety = [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_ONLY_HIGH' }];
const schema = { type: 'object', properties: { name: { type: 'string' } } };

/** Every option that a person can choose, with a value and what the service gets. A new one does not compile until it stands here. */
export const generalOptions: Samples<GenerationOptions> = {
	system: { value: 'Be brief.', body: { systemInstruction: { parts: [{ text: 'Be brief.' }], role: 'user' } } },
	temperature: { value: 0.5, body: inConfig({ temperature: 0.5 }) },
	topP: { value: 0.9, body: inConfig({ topP: 0.9 }) },
	topK: { value: 40, body: inConfig({ topK: 40 }) },
	seed: { value: -7, body: inConfig({ seed: -7 }) },
	maxOutputTokens: { value: 1_000, body: inConfig({ maxOutputTokens: 1_000 }) },
	stopSequences: { value: ['END', '\u0023'], body: inConfig({ stopSequences: ['END', '#'] }) },
	presencePenalty: { value: 1.5, body: inConfig({ presencePenalty: 1.5 }) },
	frequencyPenalty: { value: -1.5, body: inConfig({ frequencyPenalty: -1.5 }) },
	thinking: { value: 'low', body: inConfig({ thinkingConfig: { thinkingLevel: 'LOW' } }) },
	includeThoughts: { value: true, body: inConfig({ thinkingConfig: { includeThoughts: true } }) },
	safetySettings: { value: safety, body: { safetySettings: safety } },
	responseMimeType: { value: 'text/x.enum', body: inConfig({ responseMimeType: 'text/x.enum' }) },
	responseSchema: {
		value: schema,
		body: inConfig({ responseMimeType: 'application/json', responseJsonSchema: schema }),
	},
	googleSearch: { value: true, body: { tools: [{ googleSearch: {} }] } },
	codeExecution: { value: true, body: { tools: [{ codeExecution: {} }] } },
	urlContext: { value: true, body: { tools: [{ urlContext: {} }] } },
	mediaResolution: { value: 'high', body: inConfig({ mediaResolution: 'MEDIA_RESOLUTION_HIGH' }) },
	serviceTier: { value: 'flex', body: { serviceTier: 'flex' } },
	enableEnhancedCivicAnswers: { value: true, body: inConfig({ enableEnhancedCivicAnswers: true }) },
	store: { value: false, body: { store: false } },
};

const declared = { name: 'f', description: 'd', parametersJsonSchema: { type: 'object' } };
const calling = { mode: 'ANY', allowedFunctionNames: ['f'] } as const;

/** And those that only a line of a batch can have. */
export const lineOptions: Samples<PromptOptions> = {
	...generalOptions,
	functionDeclarations: { value: [declared], body: { tools: [{ functionDeclarations: [declared] }] } },
	toolConfig: {
		value: { functionCallingConfig: calling, includeServerSideToolInvocations: true },
		body: { toolConfig: { functionCallingConfig: calling, includeServerSideToolInvocations: true } },
	},
};

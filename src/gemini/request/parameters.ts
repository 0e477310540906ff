import { Failure } from '../../pool/pool';
import type {
	JsonObject,
	PromptOptions,
	ResponseMimeType,
	SafetySetting,
	ThinkingLevel,
	ToolConfig,
} from '../../generation/options';
import { contentsOf } from './contents';
import type { Piece, Prompt, Turn } from './prompt';
import type * as Sdk from '@google/genai/web';

/** Asks for the rest of an answer that broke off. In English, because it is for the model. */
const goOn =
	'Your answer was cut off. Continue exactly where it stopped, without repeating anything and without any comment.';

/** A prompt as the SDK takes it. `written` is the output of an earlier attempt, to be continued. */
export function parametersOf(
	prompt: Prompt,
	model: string,
	written: readonly Piece[],
	abortSignal: AbortSignal,
	replaceSignatures = false,
): Sdk.GenerateContentParameters {
	const begun = written.map((piece) => (piece.type === 'text' ? piece.text : '')).join('');
	const turns: readonly Turn[] =
		begun === ''
			? prompt.turns
			: [
					...prompt.turns,
					{ role: 'model', content: [{ type: 'text', text: begun }] },
					{ role: 'user', content: [{ type: 'text', text: goOn }] },
				];
	return {
		model,
		contents: contentsOf(turns, model, replaceSignatures),
		config: {
			...configOf(prompt.options ?? {}),
			abortSignal,
			// One call must be one request on one key.
			automaticContinuation: false,
			automaticFunctionCalling: { disable: true },
		},
	};
}

/** Why a prompt cannot be sent at all, or undefined. The service reports everything else. */
export function flawOf({ turns }: Prompt): string | undefined {
	const last = turns.at(-1);
	if (last?.role !== 'user') {
		return 'The prompt does not end with a turn of the user.';
	}
	return turns.some(({ content }) => content.every((part) => part.type === 'text' && part.text === ''))
		? 'A turn of the prompt is empty.'
		: undefined;
}

/** The one place where options become the SDK's config. */
function configOf({
	system,
	stopSequences,
	thinking,
	includeThoughts,
	safetySettings,
	responseMimeType,
	responseSchema,
	googleSearch,
	codeExecution,
	urlContext,
	mediaResolution,
	serviceTier,
	functionDeclarations,
	toolConfig,
	...asTheyAre
}: PromptOptions): Sdk.GenerateContentConfig {
	const tools: Sdk.Tool[] = [
		...(functionDeclarations?.length
			? [{ functionDeclarations: functionDeclarations.map((one) => ({ ...one })) }]
			: []),
		...(googleSearch === true ? [{ googleSearch: {} }] : []),
		...(codeExecution === true ? [{ codeExecution: {} }] : []),
		...(urlContext === true ? [{ urlContext: {} }] : []),
	];
	return {
		...asTheyAre,
		...(system !== undefined && system !== '' && { systemInstruction: system }),
		...(stopSequences?.length && { stopSequences: [...stopSequences] }),
		...((thinking !== undefined || includeThoughts !== undefined) && {
			thinkingConfig: {
				...(thinking !== undefined && thinkingOf(thinking)),
				...(includeThoughts !== undefined && { includeThoughts }),
			},
		}),
		...(safetySettings?.length && { safetySettings: safetySettings.map(safetyOf) }),
		...formOf(responseMimeType, responseSchema),
		...(tools.length > 0 && { tools }),
		...(toolConfig && { toolConfig: toolConfigOf(toolConfig) }),
		...(mediaResolution !== undefined && {
			mediaResolution: word('mediaResolution', `MEDIA_RESOLUTION_${mediaResolution.toUpperCase()}`),
		}),
		...(serviceTier !== undefined && { serviceTier: word('serviceTier', serviceTier) }),
	};
}

/** A level or a budget; the service refuses both together. */
function thinkingOf(thinking: ThinkingLevel | number): Sdk.ThinkingConfig {
	return typeof thinking === 'number'
		? { thinkingBudget: thinking }
		: { thinkingLevel: word('thinkingLevel', thinking.toUpperCase()) };
}

/** A schema implies JSON. A schema in the service's own form, with types in capitals, goes into another field. */
function formOf(
	mimeType: ResponseMimeType | undefined,
	schema: JsonObject | undefined,
): Pick<Sdk.GenerateContentConfig, 'responseMimeType' | 'responseSchema' | 'responseJsonSchema'> {
	if (schema === undefined) return mimeType === undefined ? {} : { responseMimeType: mimeType };
	const isGoogles = /"type":"[A-Z]+"/.test(JSON.stringify(schema));
	return {
		responseMimeType: mimeType ?? 'application/json',
		...(isGoogles ? { responseSchema: schema } : { responseJsonSchema: schema }),
	};
}

function toolConfigOf({ functionCallingConfig: calling, ...others }: ToolConfig): Sdk.ToolConfig {
	return {
		...others,
		...(calling && {
			functionCallingConfig: {
				...(calling.mode !== undefined && { mode: word('callingMode', calling.mode) }),
				...(calling.allowedFunctionNames && { allowedFunctionNames: [...calling.allowedFunctionNames] }),
			},
		}),
	};
}

function safetyOf({ category, threshold }: SafetySetting): Sdk.SafetySetting {
	return { category: word('category', category), threshold: word('threshold', threshold) };
}

/** The service's enums. It may add values that the SDK does not know yet, so the service validates them. */
interface Words {
	readonly thinkingLevel: Sdk.ThinkingLevel;
	readonly mediaResolution: Sdk.MediaResolution;
	readonly serviceTier: Sdk.ServiceTier;
	readonly callingMode: Sdk.FunctionCallingConfigMode;
	readonly category: Sdk.HarmCategory;
	readonly threshold: Sdk.HarmBlockThreshold;
}

function word<List extends keyof Words>(list: List, text: string): Words[List] {
	if (isWord(list, text)) return text;
	throw new Failure(
		{ type: 'fail', reason: 'badRequest' },
		false,
		'An option of the prompt is no word of the service.',
	);
}

function isWord<List extends keyof Words>(_: List, text: string): text is Words[List] {
	return /^[A-Z][A-Z\d_]{0,60}$/i.test(text);
}

import { Failure } from '../../pool/pool';
import type {
	JsonObject,
	PromptOptions,
	ResponseMimeType,
	SafetySetting,
	ThinkingLevel,
	ToolConfig,
} from '../../generation/options';
import type { Piece, Prompt, Turn, Content, InlineData } from './prompt';
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
	const { system = '', ...others } = prompt.options ?? {};
	const isBeside = takesInstruction(model);
	const contents = contentsOf(isBeside ? turns : beginningWith(system, turns), model, replaceSignatures);
	return {
		model,
		contents: wellFormed(contents),
		config: {
			...wellFormed(configOf({ ...others, ...(isBeside && { system }) }, model)),
			abortSignal,
			// One call must be one request on one key.
			automaticContinuation: false,
			automaticFunctionCalling: { disable: true },
		},
	};
}

/** Gemma up to 3 refuses an instruction beside the conversation; it is meant to stand in the first turn. */
function takesInstruction(model: string): boolean {
	return !/^gemma-[123](?!\d)/.test(model);
}

function beginningWith(system: string, turns: readonly Turn[]): readonly Turn[] {
	const [first, ...others] = turns;
	if (system === '' || first === undefined) return turns;
	return [{ ...first, content: [{ type: 'text', text: system }, ...first.content] }, ...others];
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
function configOf(
	{
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
	}: PromptOptions,
	model: string,
): Sdk.GenerateContentConfig {
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
				...(thinking !== undefined && thinkingOf(thinking, model)),
				// The service refuses a request for thoughts that are not thought.
				...(includeThoughts !== undefined && thinking !== 0 && { includeThoughts }),
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

/** What Google's own translation makes of a level (https://ai.google.dev/gemini-api/docs/openai, "Thinking"). */
const levelBudgets: Readonly<Record<ThinkingLevel, number>> = {
	minimal: 1_024,
	low: 1_024,
	medium: 8_192,
	high: 24_576,
	xhigh: 24_576,
};

/** A level or a budget; the service refuses both together, and a level for Gemini 2. What a model refuses goes as the nearest that it takes. */
function thinkingOf(thinking: ThinkingLevel | number, model: string): Sdk.ThinkingConfig {
	if (model.startsWith('gemma-')) return ofGemma(thinking);
	const asked = thinking === 0 && mustThink.test(model) ? 'minimal' : thinking;
	if (typeof asked === 'number') {
		return (generationOf(model) ?? 3) < 4 ? { thinkingBudget: asked } : ofBudget(asked, model);
	}
	return generationOf(model) === 2 ? { thinkingBudget: levelBudgets[asked] } : levelOf(asked, model);
}

/** Models that know no `minimal`, or no `xhigh` (https://ai.google.dev/gemini-api/docs/generate-content/thinking#thinking-levels). */
const lacksMinimal = /^gemini-(?:3(?:\.\d+)?-pro|3\.[7-9]-flash(?!-lite)|4[.-]|(?:pro|flash)-latest)/;
const lacksXhigh = /^gemini-(?:3[.-]|4-(?:argon|carbon)|(?:pro|flash|flash-lite)-latest)/;
/** Models that refuse a budget of 0 (https://github.com/googleapis/python-genai/issues/2936). */
const mustThink = /^gemini-(?:[23](?:\.\d+)?-pro|3\.5-flash-lite|(?:pro|flash-lite)-latest)/;

function levelOf(level: ThinkingLevel, model: string): Sdk.ThinkingConfig {
	const least = level === 'minimal' && lacksMinimal.test(model) ? 'low' : level;
	const taken = least === 'xhigh' && lacksXhigh.test(model) ? 'high' : least;
	return { thinkingLevel: word('thinkingLevel', taken.toUpperCase()) };
}

/** Gemini 4 always thinks and knows no budget: the first level that is worth as many tokens, or where it may decide, none. */
function ofBudget(budget: number, model: string): Sdk.ThinkingConfig {
	const levels = ['low', 'medium'] as const;
	return budget === -1 ? {} : levelOf(levels.find((level) => budget <= levelBudgets[level]) ?? 'high', model);
}

/** Gemma 4 thinks or hardly does, and knows neither a budget nor a level between. */
function ofGemma(thinking: ThinkingLevel | number): Sdk.ThinkingConfig {
	if (thinking === -1) return {};
	const isLow = thinking === 0 || thinking === 'minimal' || thinking === 'low';
	return { thinkingLevel: word('thinkingLevel', isLow ? 'MINIMAL' : 'HIGH') };
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

/** Google's documented stand-in for a thought signature that is not known; models that sign demand one. */
export const unknownSignature = 'skip_thought_signature_validator';

/** Turns as the SDK takes them. `replaceSignatures`: the service has refused one of those in them, so that none goes. */
export function contentsOf(turns: readonly Turn[], model: string, replaceSignatures = false): Sdk.Content[] {
	const isGood = (signedBy: string | undefined): boolean => !replaceSignatures && !isForeign(signedBy, model);
	const known = tiesById(model) ? tied(turns) : turns;
	return known.flatMap(({ role, content }) =>
		partsOf(signed(content, model, isGood), model).map((parts) => ({ role, parts })),
	);
}

/**
 * Each call and its result by one id: that of the service, or where there is none, as after a reload, of another provider's call
 * or an older model's, one that is made here. A model that gives them elsewhere and gave none has a host that may not know them.
 * Results stand in the order of their calls.
 */
function tied(turns: readonly Turn[]): readonly Turn[] {
	let open: string[] = [];
	let made = 0;
	return turns.map(({ role, content }) => {
		if (role === 'model') open = [];
		const named = content.map((one): Content => {
			if (one.type === 'call') {
				const told = one.id === '' && !tiesById(one.signedBy ?? '') ? undefined : one.id;
				const id = told ?? `keypool_${++made}`;
				open.push(id);
				return { ...one, id };
			}
			if (one.type !== 'result') return one;
			const ofCall = open.shift() ?? '';
			const { id = '' } = one;
			return { ...one, id: id === '' ? ofCall : id };
		});
		return { role, content: named };
	});
}

/**
 * The parts of one turn; two lists where something stands behind results of functions, which newer models refuse in one turn
 * with them (https://github.com/agentgateway/agentgateway/issues/2811).
 */
function partsOf(content: readonly Content[], model: string): Sdk.Part[][] {
	const parts: Sdk.Part[] = [];
	/** Files of results that a model does not take inside them: behind all results, which stand together. */
	const beside: Sdk.Part[] = [];
	for (const one of content) {
		switch (one.type) {
			case 'text':
				parts.push({ text: one.text });
				break;
			case 'image':
			case 'media':
				parts.push(inline(one));
				break;
			case 'call':
				parts.push({
					functionCall: { name: one.name, args: { ...one.args }, ...idOf(one) },
					...(one.signature !== undefined && { thoughtSignature: one.signature }),
				});
				break;
			case 'result': {
				const files = (one.media ?? []).map(inline);
				const isInside = files.length > 0 && takesFilesInResults(model);
				if (!isInside) beside.push(...files);
				parts.push(asPart({ functionResponse: resultOf(one, isInside ? files : []) }));
				break;
			}
			case 'signature': {
				const before = parts.at(-1);
				if (before?.text !== undefined && before.thoughtSignature === undefined)
					before.thoughtSignature = one.signature;
				else parts.push({ text: '', thoughtSignature: one.signature });
			}
		}
	}
	const end = parts.findLastIndex(({ functionResponse }) => functionResponse !== undefined) + 1;
	return [parts.slice(0, end), [...beside, ...parts.slice(end)]].filter(({ length }) => length > 0);
}

function idOf({ id = '' }: { readonly id?: string }): { readonly id?: string } {
	return id === '' ? {} : { id };
}

function resultOf(one: Extract<Content, { type: 'result' }>, files: readonly object[]): object {
	return {
		name: one.name,
		response: { ...one.response },
		...idOf(one),
		...(files.length > 0 && { parts: files }),
	};
}

/** The SDK sends plain data as it is; its own class of results would have to be loaded. */
const asPart = (part: object): Sdk.Part => part;

const inline = ({ mimeType, data }: InlineData): { inlineData: InlineData } => ({ inlineData: { mimeType, data } });

/**
 * The content with the signatures that the model takes: none of another family's, and the stand-in on the first call where a
 * model that signs would find none. Calls side by side are signed by the first of them alone.
 */
function signed(
	content: readonly Content[],
	model: string,
	isGood: (signedBy: string | undefined) => boolean,
): readonly Content[] {
	const first = content.findIndex(({ type }) => type === 'call');
	return content.flatMap((one, n): readonly Content[] => {
		if (one.type !== 'call' && one.type !== 'signature') return [one];
		if (isGood(one.signedBy) && one.signature !== undefined) return [one];
		if (one.type === 'signature') return [];
		const { signature: _, ...unsigned } = one;
		return [n === first && signs(model) ? { ...unsigned, signature: unknownSignature } : unsigned];
	});
}

/** The number in a model's name, `3` of `gemini-3.8-flash`; undefined where it has none, as an alias. */
function generationOf(model: string): number | undefined {
	const [, number] = /^gemini-(\d+)(?:[.-]|$)/.exec(model) ?? [];
	return number === undefined ? undefined : Number(number);
}

function isForeign(signedBy: string | undefined, model: string): boolean {
	const made = signedBy === undefined ? undefined : generationOf(signedBy);
	const wanted = generationOf(model);
	return made !== undefined && wanted !== undefined && made !== wanted;
}

/** Models from Gemini 3 on demand signatures; an alias stands for one of today's. */
function signs(model: string): boolean {
	return model.startsWith('gemini-') && (generationOf(model) ?? Infinity) >= 3;
}

/** Likewise those that take files inside the result of a function. */
const takesFilesInResults = signs;

/** And those that tie results to calls by id (https://ai.google.dev/gemini-api/docs/function-calling). */
const tiesById = signs;

/**
 * The same value with half characters replaced. A text that was cut in an emoji ends with one: it is no Unicode, and a service
 * that reads the JSON strictly refuses the whole request.
 */
function wellFormed<T>(value: T): T {
	return mended(value) as T;
}

function mended(value: unknown): unknown {
	if (typeof value === 'string') return text(value);
	if (Array.isArray(value)) return value.map(mended);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, one]) => [text(name), mended(one)]));
}

/** A text without any surrogate, as base64 is, is looked through in no time. */
function text(value: string): string {
	return /[\ud800-\udfff]/.test(value) ? value.replace(/\p{Surrogate}/gu, '\ufffd') : value;
}

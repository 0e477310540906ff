import type * as Sdk from '@google/genai/web';
import { Failure } from '../pool/pool';
import { isFields } from './failures/details';
import type { Content, GenerationOptions, Piece, Prompt, Turn } from './prompt';

/** Asks for the rest of an answer that broke off. English, because it is for the model; it answers in its own language. */
const goOn =
	'Your answer was cut off. Continue exactly where it stopped, without repeating anything and without any comment.';

/** A prompt as the SDK takes it. `written` is what an earlier attempt has already shown, and is continued. */
export function parametersOf(
	prompt: Prompt,
	model: string,
	written: readonly Piece[],
	abortSignal: AbortSignal,
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
		contents: turns.map(({ role, content }) => ({ role, parts: content.map(partOf) })),
		config: {
			...configOf(prompt.options ?? {}),
			abortSignal,
			// One call is one request on one key.
			automaticContinuation: false,
			automaticFunctionCalling: { disable: true },
		},
	};
}

/** Why a prompt cannot be sent at all, or undefined. What else may be wrong with it, the service says. */
export function flawOf({ turns }: Prompt): string | undefined {
	const last = turns.at(-1);
	if (last?.role !== 'user') {
		return 'The prompt does not end with a turn of the user.';
	}
	return turns.some(({ content }) => content.every((part) => part.type === 'text' && part.text === ''))
		? 'A turn of the prompt is empty.'
		: undefined;
}

function partOf(content: Content): Sdk.Part {
	return content.type === 'text'
		? { text: content.text }
		: { inlineData: { mimeType: content.mimeType, data: content.data } };
}

function configOf(options: GenerationOptions): Sdk.GenerateContentConfig {
	const { system, temperature, topP, maxOutputTokens, stopSequences, thinking, safety, jsonSchema, tools } = options;
	return {
		...(system !== undefined && { systemInstruction: system }),
		...(temperature !== undefined && { temperature }),
		...(topP !== undefined && { topP }),
		...(maxOutputTokens !== undefined && { maxOutputTokens }),
		...(stopSequences !== undefined && { stopSequences: [...stopSequences] }),
		...(thinking !== undefined && { thinkingConfig: thinkingOf(thinking) }),
		...(safety !== undefined && { safetySettings: safety.map(safetyOf) }),
		...(jsonSchema !== undefined && { responseMimeType: 'application/json', responseJsonSchema: jsonSchema }),
		...(tools !== undefined && tools.length > 0 && { tools: [{ functionDeclarations: tools.filter(isFields) }] }),
	};
}

function thinkingOf(thinking: NonNullable<GenerationOptions['thinking']>): Sdk.ThinkingConfig {
	if ('budget' in thinking) {
		return { thinkingBudget: thinking.budget };
	}
	const level = thinking.level.toUpperCase();
	return isLevel(level) ? { thinkingLevel: level } : refuse();
}

function safetyOf({ category, threshold }: { category: string; threshold: string }): Sdk.SafetySetting {
	return isCategory(category) && isThreshold(threshold) ? { category, threshold } : refuse();
}

function refuse(): never {
	throw new Failure({ act: 'fail', why: 'badRequest' }, false, 'An option of the prompt is no word of the service.');
}

/** The service adds words to its enums: it judges them, not the SDK's list of today. */
const word = /^[A-Z][A-Z\d_]{0,60}$/;

function isLevel(text: string): text is Sdk.ThinkingLevel {
	return word.test(text);
}

function isCategory(text: string): text is Sdk.HarmCategory {
	return word.test(text);
}

function isThreshold(text: string): text is Sdk.HarmBlockThreshold {
	return word.test(text);
}

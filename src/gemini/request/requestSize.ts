import type { RequestSize } from '../../pool/pool';
import type { Prompt } from './prompt';

/**
 * What an image of up to 384 x 384 pixels, or one tile of a larger one, costs
 * (https://ai.google.dev/gemini-api/docs/tokens, "Multimodal tokens"). Newer models can charge more at a higher media
 * resolution; the answer's usage corrects the count.
 */
const tokensPerImage = 258;

/** What a prompt weighs before it is sent: UTF-8 bytes of every text in it, and the fixed price of its images. */
export function sizeOf(prompt: Prompt): RequestSize {
	const { turns } = prompt;
	const encoder = new TextEncoder();
	return {
		bytes: textsOf(prompt).reduce((sum, text) => sum + encoder.encode(text).byteLength, 0),
		tokens: turns.flatMap(({ content }) => content).filter(({ type }) => type === 'image').length * tokensPerImage,
	};
}

/** Every text in a prompt that is sent. */
export function textsOf({ turns, options }: Prompt): readonly string[] {
	const contents = turns.flatMap((turn) => turn.content);
	return [
		...contents.map((content) => (content.type === 'text' ? content.text : '')),
		options?.system ?? '',
		...[options?.responseSchema, options?.functionDeclarations].map((part) =>
			part === undefined ? '' : JSON.stringify(part),
		),
	];
}

/** Tokens of a prompt before it is sent, at the most: code and languages other than English have as few bytes a token. */
export function maxTokens({ bytes, tokens }: RequestSize): number {
	return tokens + Math.ceil(bytes / 3);
}

/** Tokens of a prompt before it is sent, as they usually are. */
export function usualTokens({ bytes, tokens }: RequestSize): number {
	return tokens + Math.ceil(bytes / 4);
}

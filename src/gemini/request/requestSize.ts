import type { RequestSize } from '../../pool/pool';
import type { Content, InlineData, Prompt } from './prompt';

/**
 * What Gemini 3 and later charge for a picture at their usual resolution, whatever its size
 * (https://ai.google.dev/gemini-api/docs/media-resolution); 2.5 takes as much for one of a screen. The answer's usage corrects it.
 */
const tokensPerImage = 1_120;

/** What a file costs at least. */
const tokensPerFile = 258;

/**
 * Bytes of a file for each token, where what counts (pages of a PDF, 32 tokens for a second of sound, about 290 for one of
 * film) is not known before the file is read: those of a plain scan, of sound at 128 kbit/s and of film at 1 Mbit/s. What is
 * text costs as much as any text.
 */
const bytesPerToken = [
	[/^text\/|json|\bxml|script|python|yaml|\b(?:sql|rtf)\b/, 3],
	[/^audio\//, 500],
	[/^video\//, 430],
	[/./, 200],
] as const;

/** What a prompt weighs before it is sent: UTF-8 bytes of every text that the model reads, and what its images and files cost. */
export function sizeOf(prompt: Prompt): RequestSize {
	const { turns, options } = prompt;
	const encoder = new TextEncoder();
	return {
		bytes: weighedIn(prompt).reduce((sum, text) => sum + encoder.encode(text).byteLength, 0),
		tokens: turns.flatMap(({ content }) => content.flatMap(dataIn)).reduce((sum, data) => sum + tokensOf(data), 0),
		...(options?.maxOutputTokens !== undefined && { maxOutput: options.maxOutputTokens }),
	};
}

function dataIn(content: Content): readonly InlineData[] {
	if (content.type === 'image' || content.type === 'media') return [content];
	return content.type === 'result' ? (content.media ?? []) : [];
}

const tokensOf = ({ mimeType, data }: InlineData): number => mediaTokens(mimeType, data.length);

/** What a file costs that is so many characters of base64 long. */
export function mediaTokens(mimeType: string, base64Length: number): number {
	const type = mimeType.toLowerCase();
	if (type.startsWith('image/')) return tokensPerImage;
	const [, perToken] = bytesPerToken.find(([kind]) => kind.test(type)) ?? bytesPerToken[3];
	return tokensPerFile + Math.ceil((base64Length * 3) / 4 / perToken);
}

/** Every text of a prompt that is sent. */
export function textsOf(prompt: Prompt): readonly string[] {
	return [...weighedIn(prompt), ...(prompt.options?.stopSequences ?? [])];
}

/** Those that the model reads: what ends its answer is none. */
function weighedIn({ turns, options }: Prompt): readonly string[] {
	const contents = turns.flatMap((turn) => turn.content);
	return [
		...contents.map(textOf),
		options?.system ?? '',
		...[options?.responseSchema, options?.functionDeclarations].map((part) =>
			part === undefined ? '' : JSON.stringify(part),
		),
	];
}

function textOf(content: Content): string {
	switch (content.type) {
		case 'text':
			return content.text;
		case 'call':
			return `${content.name}${JSON.stringify(content.args)}${content.signature ?? ''}`;
		case 'result':
			return `${content.name}${JSON.stringify(content.response)}`;
		case 'signature':
			return content.signature;
		case 'image':
		case 'media':
			return '';
	}
}

/** Upper estimate of a prompt's tokens: code and languages other than English have as few as 3 bytes a token. */
export function maxTokens({ bytes, tokens }: RequestSize): number {
	return tokens + Math.ceil(bytes / 3);
}

/** Usual estimate of a prompt's tokens. */
export function usualTokens({ bytes, tokens }: RequestSize): number {
	return tokens + Math.ceil(bytes / 4);
}

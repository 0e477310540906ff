import { countTokens } from '../quota/tokens';
import { asList, asRecord, InvalidRequest } from './body';

/** Numbers in a vector. */
const dimensions = 8;

/** Texts that are to become vectors. */
export interface Embedding {
	readonly texts: readonly string[];
	readonly inputTokens: number;
	/** What is answered. */
	readonly render: () => unknown;
}

/** @throws InvalidRequest */
export function readEmbedding(
	body: Readonly<Record<string, unknown>>,
	method: 'embedContent' | 'batchEmbedContents',
): Embedding {
	if (method === 'embedContent') {
		const [text] = textsOf([body]);
		return embedding([text ?? ''], (vectors) => ({ embedding: { values: vectors[0] } }));
	}
	const texts = textsOf(asList(body['requests']).map(asRecord));
	if (texts.length === 0)
		throw new InvalidRequest('* BatchEmbedContentsRequest.requests: at least one request is required\n');
	return embedding(texts, (vectors) => ({ embeddings: vectors.map((values) => ({ values })) }));
}

/** The same in OpenAI's words. @throws InvalidRequest */
export function readOpenAiEmbedding(body: Readonly<Record<string, unknown>>, model: string): Embedding {
	const { input, encoding_format: format } = body;
	const texts = (typeof input === 'string' ? [input] : asList(input)).filter((text) => typeof text === 'string');
	if (texts.length === 0) throw new InvalidRequest('Missing or invalid input.');
	const tokens = countTokens(texts.join(' '));
	return embedding(texts, (vectors) => ({
		object: 'list',
		// The first one comes without its index (https://github.com/samfoy/pi-session-search/issues/13).
		data: vectors.map((values, index) => ({
			object: 'embedding',
			embedding: format === 'base64' ? packed(values) : values,
			...(index > 0 && { index }),
		})),
		model,
		usage: { prompt_tokens: tokens, total_tokens: tokens },
	}));
}

function embedding(texts: readonly string[], render: (vectors: readonly (readonly number[])[]) => unknown): Embedding {
	const inputTokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
	return { texts, inputTokens, render: () => render(texts.map(vectorOf)) };
}

function textsOf(requests: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
	return requests.map(({ content }) => {
		const texts = asList(asRecord(content)['parts']).map((part) => asRecord(part)['text']);
		if (!texts.some((text) => typeof text === 'string')) {
			throw new InvalidRequest('* EmbedContentRequest.content: contents is not specified\n');
		}
		return texts.filter((text) => typeof text === 'string').join('\n');
	});
}

/** The same for the same text; of length 1. */
function vectorOf(text: string): readonly number[] {
	const vector = Array.from({ length: dimensions }, () => 0.1);
	for (let at = 0; at < text.length; at++) {
		vector[at % dimensions] = (vector[at % dimensions] ?? 0) + text.charCodeAt(at) / 1000;
	}
	const length = Math.hypot(...vector);
	return vector.map((value) => value / length);
}

/** As numbers of 32 bits: OpenAI's SDK asks for that where nobody says otherwise, and reads nothing else then. */
function packed(vector: readonly number[]): string {
	return btoa(String.fromCharCode(...new Uint8Array(new Float32Array(vector).buffer)));
}

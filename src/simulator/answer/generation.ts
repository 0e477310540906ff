import { countTokens, tokensPerImage, tokensPerTurn } from '../quota/tokens';
import { asList, asMessage, asRecord, InvalidRequest, isRecord } from './body';
import { readTools, type Tools } from './tools';

/** What a `generateContent` request asks, as far as the simulator heeds it. */
export interface Generation {
	/** Last text of the user; empty when there is none. */
	readonly question: string;
	readonly inputTokens: number;
	readonly cachedTokens: number;
	readonly hasSystemInstruction: boolean;
	readonly maxOutputTokens: number;
	readonly wantsThoughts: boolean;
	readonly tools: Tools;
	/** `text`, or JSON after a schema, which may be `undefined`. */
	readonly format: { readonly type: 'text' } | { readonly type: 'json'; readonly schema: unknown };
}

/**
 * Reads a request's body.
 *
 * @throws InvalidRequest
 */
export function readGeneration(text: string): Generation {
	const body = asMessage(parse(text));
	const contents = asList(body['contents']);
	if (contents.length === 0) {
		throw new InvalidRequest('* GenerateContentRequest.contents: contents is not specified\n');
	}
	const config = asMessage(body['generationConfig']);
	const thinking = asMessage(config['thinkingConfig']);
	if (thinking['thinkingLevel'] !== undefined && thinking['thinkingBudget'] !== undefined) {
		throw new InvalidRequest('You can only set one of thinking budget and thinking level.');
	}
	const { temperature } = config;
	if (typeof temperature === 'number' && !(temperature >= 0 && temperature <= 2)) {
		throw new InvalidRequest(
			'* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, 2.0].\n',
		);
	}
	const system = body['systemInstruction'];
	const turns = [...contents, ...(system === undefined ? [] : [system])];
	const declarations = body['tools'] === undefined ? 0 : countTokens(JSON.stringify(body['tools']));
	const tools = readTools(body);
	return {
		question: [...tools.results, lastQuestion(contents)].filter((part) => part !== '').join('\n'),
		inputTokens: turns.reduce<number>((sum, turn) => sum + weigh(turn), declarations),
		cachedTokens: typeof body['cachedContent'] === 'string' ? 1024 : 0,
		hasSystemInstruction: system !== undefined,
		maxOutputTokens: typeof config['maxOutputTokens'] === 'number' ? config['maxOutputTokens'] : Infinity,
		wantsThoughts: thinking['includeThoughts'] === true,
		tools,
		format:
			config['responseMimeType'] === 'application/json'
				? { type: 'json', schema: config['responseJsonSchema'] ?? config['responseSchema'] }
				: { type: 'text' },
	};
}

/**
 * Tokens of a `countTokens` request, which holds its contents directly or in a `generateContentRequest`.
 *
 * @throws InvalidRequest
 */
export function readTokenCount(text: string): number {
	const body = asMessage(parse(text));
	const inner = body['generateContentRequest'];
	return readGeneration(inner === undefined ? text : JSON.stringify(inner)).inputTokens;
}

function parse(text: string): Record<string, unknown> {
	let body: unknown;
	try {
		body = JSON.parse(text);
	} catch {
		body = undefined;
	}
	if (!isRecord(body)) {
		throw new InvalidRequest(`Invalid JSON payload received. Unexpected token.\n${text.slice(0, 40)}\n^`);
	}
	return body;
}

function lastQuestion(contents: readonly unknown[]): string {
	const turn = contents.map(asRecord).findLast(({ role }) => role !== 'model');
	return asList(turn?.['parts'])
		.map((part) => asRecord(part)['text'])
		.filter((text) => typeof text === 'string')
		.join('\n');
}

function weigh(turn: unknown): number {
	return asList(asRecord(turn)['parts']).reduce<number>((sum, part) => {
		const { text, inlineData, fileData } = asMessage(part);
		if ((inlineData ?? fileData) !== undefined) {
			return sum + tokensPerImage;
		}
		return sum + countTokens(typeof text === 'string' ? text : JSON.stringify(part));
	}, tokensPerTurn);
}

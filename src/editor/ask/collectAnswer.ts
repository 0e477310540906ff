import type { Grounding, Piece } from '../../gemini/gemini';
import { withMore } from '../../gemini/answer/metadata';
import { markdownOf } from '../../gemini/answer/pieceMarkdown';
import {
	answererOf,
	PoolError,
	type Attempt,
	type KeyId,
	type StreamPart,
	type PoolStream,
	type Reason,
	type Usage,
} from '../../pool/pool';

/** What of an answer has come. */
interface Content {
	readonly text: string;
	/** The text with the code that the service ran, and its results, as blocks of code. */
	readonly markdown: string;
	readonly thoughts: string;
	readonly grounding?: Grounding;
	/** Functions that the model wants to be called; nobody calls them. */
	readonly calls: readonly FunctionCall[];
}

export interface FunctionCall {
	readonly name: string;
	readonly args: unknown;
}

/** A whole answer and who gave it. */
export interface CollectedAnswer extends Content {
	/** True where the model stopped for length: the text is not all of it. */
	readonly cut: boolean;
	/** Why the answer ended before its end, by the service's word. */
	readonly endedBy?: string;
	/** Label of the key. */
	readonly key: string;
	readonly model: string;
	readonly usage?: Usage;
	readonly attempts: readonly Attempt[];
}

/** How far an answer is. */
export type CollectProgress =
	| { readonly state: 'asked' }
	/** `text`: what has come so far. */
	| { readonly state: 'coming'; readonly text: string }
	| {
			readonly state: 'waiting';
			/** Label of the key; the model's name where the model itself is waited for. */
			readonly on: string;
			readonly reason: Reason;
			readonly inMs: number;
			readonly ahead: number;
	  };

/** UTF-16 units of an answer that are kept: beyond any model's output limit. */
const maxText = 1_000_000;
const maxCalls = 1_000;

const nothing: Content = { text: '', markdown: '', thoughts: '', calls: [] };

/**
 * Reads a stream to its end; `tell` hears of each step.
 * @throws PoolError as the stream does
 */
export async function collectAnswer(
	stream: PoolStream<Piece>,
	labelOf: (key: KeyId) => string,
	tell: (step: CollectProgress) => void,
): Promise<CollectedAnswer> {
	let content = nothing;
	let ended: CollectedAnswer | undefined;
	for await (const part of stream) {
		switch (part.type) {
			case 'output':
				content = withPiece(content, part.value);
				if (part.value.type === 'text') tell({ state: 'coming', text: content.text });
				break;
			case 'retract':
				content = nothing;
				break;
			case 'switched':
				tell(content.text === '' ? { state: 'asked' } : { state: 'coming', text: content.text });
				break;
			case 'waiting':
				tell({ state: 'waiting', on: nameOf(part, labelOf), reason: part.reason, inMs: part.inMs, ahead: part.ahead });
				break;
			case 'done':
				ended = answerOf(content, part, labelOf);
		}
	}
	if (ended === undefined) throw new PoolError('unexpected', stream.attempts);
	return ended;
}

function nameOf({ on }: Extract<StreamPart<Piece>, { type: 'waiting' }>, labelOf: (key: KeyId) => string): string {
	return on.key === undefined ? on.model : labelOf(on.key);
}

function withPiece(content: Content, piece: Piece): Content {
	const { text, markdown, thoughts, grounding, calls } = content;
	switch (piece.type) {
		case 'text':
			return {
				...content,
				text: (text + piece.text).slice(0, maxText),
				markdown: (markdown + piece.text).slice(0, maxText),
			};
		case 'code':
		case 'codeResult':
		case 'file':
			return { ...content, markdown: (markdown + markdownOf(piece)).slice(0, maxText) };
		case 'thought':
			return { ...content, thoughts: (thoughts + piece.text).slice(0, maxText) };
		case 'grounding':
			return { ...content, grounding: withMore(grounding, piece) };
		case 'call':
			return { ...content, calls: [...calls, { name: piece.name, args: piece.args }].slice(0, maxCalls) };
		case 'signature':
			return content;
	}
}

function answerOf(
	content: Content,
	{ finishReason, on, usage, attempts }: Extract<StreamPart<Piece>, { type: 'done' }>,
	labelOf: (key: KeyId) => string,
): CollectedAnswer {
	return {
		...content,
		cut: finishReason === 'MAX_TOKENS',
		...(finishReason !== 'STOP' && { endedBy: finishReason }),
		...answererOf({ on, attempts }, labelOf),
		...(usage && { usage }),
		attempts,
	};
}

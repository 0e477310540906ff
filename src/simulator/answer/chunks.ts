import { compose, exampleOf } from './answer';
import type { Generation } from './generation';
import type { Model } from '../quota/models';
import { countTokens } from '../quota/tokens';
import { callsFor, signatureOf, type FunctionCall } from './tools';
import { english, type Wording } from './wording';

type Part =
	| { readonly text: string; readonly thought?: true; readonly thoughtSignature?: string }
	| { readonly functionCall: FunctionCall; readonly thoughtSignature?: string };

/** One event of an answer. The last one has a `finishReason`. */
export interface Chunk {
	readonly parts: readonly Part[];
	/** Tokens so far. */
	readonly output: number;
	readonly thoughts: number;
	readonly finishReason?: string;
}

/** What all events of one answer share. */
export interface AnswerFacts {
	readonly request: Generation;
	readonly model: Model;
	readonly nonce: string;
	readonly responseId: string;
	/** Absent: English. */
	readonly wording?: Wording | undefined;
}

/** How an answer ends where a fault decides it. */
export interface EarlyEnd {
	readonly reason: string;
	readonly afterPieces: number;
}

/** The events of an answer, made as they are asked for. */
export function* chunksOf(
	{ request, model, nonce, wording = english }: AnswerFacts,
	early?: EarlyEnd,
): Generator<Chunk> {
	const limit = Math.min(request.maxOutputTokens, model.outputTokenLimit);
	const thoughts = request.wantsThoughts ? 40 : 12;
	let output = 0;
	let sent = 0;
	// One piece is kept back, so that the last one can carry the finish reason.
	let kept: Part | undefined = request.wantsThoughts ? { text: wording.thought, thought: true } : undefined;
	const calls = callsFor(request.tools, request.question, (schema) => exampleOf(schema, nonce));
	if (calls.length > 0 && !early) {
		if (kept) yield { parts: [kept], output, thoughts };
		yield* calling(calls, model.name, thoughts);
		return;
	}
	for (const text of compose(request, model.name, nonce, wording)) {
		if (early && sent >= early.afterPieces) {
			break;
		}
		if (kept) {
			yield { parts: [kept], output, thoughts };
			sent++;
		}
		const tokens = countTokens(text);
		if (output + tokens > limit) {
			const room = text.slice(0, Math.max(0, limit - output) * 3);
			yield { parts: room === '' ? [] : [{ text: room }], output: limit, thoughts, finishReason: 'MAX_TOKENS' };
			return;
		}
		output += tokens;
		kept = { text };
	}
	if (early) {
		yield { parts: [], output, thoughts, finishReason: early.reason };
		return;
	}
	// The end of an answer is signed where functions are declared.
	const isSigned = request.tools.declared.length > 0;
	const signature: Part[] = isSigned ? [{ text: '', thoughtSignature: signatureOf(model.name, 'answer') }] : [];
	yield { parts: [...(kept ? [kept] : []), ...signature], output, thoughts, finishReason: 'STOP' };
}

/** Calls side by side, one an event; the first alone is signed. */
function* calling(calls: readonly FunctionCall[], model: string, thoughts: number): Generator<Chunk> {
	for (const [n, functionCall] of calls.entries()) {
		const signature = n === 0 && { thoughtSignature: signatureOf(model, functionCall.name) };
		const output = countTokens(JSON.stringify(calls.slice(0, n + 1)));
		const isLast = n === calls.length - 1;
		yield { parts: [{ functionCall, ...signature }], output, thoughts, ...(isLast && { finishReason: 'STOP' }) };
	}
}

/** All events as the single one of a call that does not stream. */
export function join(chunks: readonly Chunk[]): Chunk {
	const parts: Part[] = [];
	for (const part of chunks.flatMap((chunk) => chunk.parts)) {
		const before = parts.at(-1);
		if (before && 'text' in before && 'text' in part && before.thought === part.thought) {
			parts[parts.length - 1] = { ...before, ...part, text: before.text + part.text };
		} else {
			parts.push(part);
		}
	}
	return { output: 0, thoughts: 0, ...chunks.at(-1), parts };
}

/** One event as the service words it. */
export function render(chunk: Chunk, { request, model, responseId }: AnswerFacts): Record<string, unknown> {
	const { parts, output, thoughts, finishReason } = chunk;
	return {
		candidates: [
			{
				...(parts.length > 0 && { content: { parts, role: 'model' } }),
				...(finishReason !== undefined && { finishReason }),
				index: 0,
			},
		],
		usageMetadata: {
			promptTokenCount: request.inputTokens,
			candidatesTokenCount: output,
			totalTokenCount: request.inputTokens + output + thoughts,
			...(request.cachedTokens > 0 && { cachedContentTokenCount: request.cachedTokens }),
			promptTokensDetails: [{ modality: 'TEXT', tokenCount: request.inputTokens }],
			thoughtsTokenCount: thoughts,
		},
		modelVersion: model.name,
		responseId,
	};
}

/** The one event of a prompt that was not answered at all. */
export function renderBlocked(reason: string, { request, model, responseId }: AnswerFacts): Record<string, unknown> {
	return {
		promptFeedback: { blockReason: reason },
		usageMetadata: { promptTokenCount: request.inputTokens, totalTokenCount: request.inputTokens },
		modelVersion: model.name,
		responseId,
	};
}

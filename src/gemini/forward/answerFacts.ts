import { fieldsOf, isObject, listOf, textOf, type Json } from '../../common/json';
import type { Usage } from '../../pool/pool';
import { count, geminiUsage, unfinished } from '../answer/metadata';
import type { Dialect } from './forwardRequest';

/** What the pool must know of a piece of an answer that it hands on unread. */
export interface AnswerFacts {
	readonly finishReason?: string;
	readonly usage?: Usage;
	readonly servedModel?: string;
	/** Whether it has something of the answer itself: text, a call, an image. */
	readonly hasContent: boolean;
}

export function factsOf(dialect: Dialect, json: unknown): AnswerFacts {
	return dialect === 'gemini' ? geminiFacts(json) : openaiFacts(json);
}

/** The index of each answer that a piece has something of, and whether that answer ends with it. */
export function endsIn(json: unknown): readonly (readonly [index: number, isEnd: boolean])[] {
	const { candidates, choices = candidates } = fieldsOf(json);
	return listOf(choices).map((one) => {
		const { index, finish_reason: ended, finishReason = ended } = fieldsOf(one);
		const reason = textOf(finishReason);
		return [count(index), reason !== undefined && reason !== unfinished];
	});
}

function geminiFacts(json: unknown): AnswerFacts {
	const { candidates, promptFeedback, usageMetadata, modelVersion } = fieldsOf(json);
	const all = listOf(candidates).map(fieldsOf);
	const reasons = all.map(({ finishReason }) => textOf(finishReason)).filter((reason) => reason !== unfinished);
	// A blocked prompt is an answer, too: the client's own dialect has a word for it.
	const finishReason =
		reasons.find((reason) => reason !== undefined) ?? textOf(fieldsOf(promptFeedback)['blockReason']);
	const servedModel = textOf(modelVersion)?.replace(/^models\//, '');
	return {
		...(finishReason !== undefined && { finishReason }),
		...(isObject(usageMetadata) && { usage: geminiUsage(usageMetadata) }),
		...(servedModel !== undefined && { servedModel }),
		hasContent: all.some(({ content }) => listOf(fieldsOf(content)['parts']).length > 0),
	};
}

function openaiFacts(json: unknown): AnswerFacts {
	const { choices, usage, model } = fieldsOf(json);
	const all = listOf(choices).map(fieldsOf);
	const finishReason = all.map((choice) => textOf(choice['finish_reason'])).find((reason) => reason !== undefined);
	const servedModel = textOf(model)?.replace(/^models\//, '');
	const messages = all.map(({ delta, message }) => fieldsOf(delta ?? message));
	return {
		...(finishReason !== undefined && { finishReason }),
		...(isObject(usage) && { usage: openaiUsage(usage) }),
		...(servedModel !== undefined && { servedModel }),
		hasContent: messages.some(
			({ content, tool_calls: calls }) => textOf(content) !== undefined || listOf(calls).length > 0,
		),
	};
}

/** Thoughts are part of what was completed where the sum says so, and beside it where it does not. */
function openaiUsage(usage: Json): Usage {
	const input = count(usage['prompt_tokens']);
	const completed = count(usage['completion_tokens']);
	const beside = Math.max(0, count(usage['total_tokens']) - input - completed);
	const reasoning = count(fieldsOf(usage['completion_tokens_details'])['reasoning_tokens']);
	return {
		input,
		cached: count(fieldsOf(usage['prompt_tokens_details'])['cached_tokens']),
		output: beside > 0 ? completed : Math.max(0, completed - reasoning),
		thoughts: beside > 0 ? beside : Math.min(reasoning, completed),
	};
}

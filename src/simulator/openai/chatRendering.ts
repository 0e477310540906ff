import type { AnswerFacts, Chunk } from '../answer/chunks';
import type { Rendering } from '../answer/rendering';

/** OpenAI's words for why an answer ends, and Google's own behind them. */
const finishReasons: Readonly<Record<string, string>> = {
	STOP: 'stop',
	MAX_TOKENS: 'length',
	SAFETY: 'content_filter: SAFETY',
	RECITATION: 'content_filter: RECITATION',
	PROHIBITED_CONTENT: 'content_filter: PROHIBITED_CONTENT',
	MALFORMED_FUNCTION_CALL: 'function_call_filter: MALFORMED_FUNCTION_CALL',
};

/** An answer in OpenAI's words, as Google's own translation has it. */
export function chatRendering(facts: AnswerFacts, includesUsage: boolean): Rendering {
	const { model, responseId } = facts;
	/** Calls told so far. */
	let calls = 0;
	const shared = { id: responseId, created: 0, model: model.name };
	const chunk = (choices: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): unknown => ({
		...shared,
		object: 'chat.completion.chunk',
		choices,
		...more,
	});
	const messageOf = (one: Chunk): Record<string, unknown> => {
		const texts = one.parts.flatMap((part) => ('text' in part && part.thought !== true ? [part.text] : []));
		const called = one.parts.flatMap((part) => ('functionCall' in part ? [part] : []));
		const first = calls;
		calls += called.length;
		return {
			role: 'assistant',
			...(texts.length > 0 && { content: texts.join('') }),
			...(called.length > 0 && {
				tool_calls: called.map(({ functionCall, thoughtSignature }, n) => ({
					...(thoughtSignature !== undefined && {
						extra_content: { google: { thought_signature: thoughtSignature } },
					}),
					function: { arguments: JSON.stringify(functionCall.args), name: functionCall.name },
					id: `function-call-${responseId}-${first + n}`,
					type: 'function',
				})),
			}),
		};
	};
	/** In a stream calls have no index, and end with `stop`: https://github.com/googleapis/python-genai/issues/2868. */
	const finishOf = ({ finishReason }: Chunk, isWhole: boolean): string | undefined => {
		if (finishReason === undefined) return undefined;
		return isWhole && calls > 0 ? 'tool_calls' : (finishReasons[finishReason] ?? 'stop');
	};
	const choiceOf = (one: Chunk, isWhole: boolean): unknown => {
		const message = messageOf(one);
		const finish = finishOf(one, isWhole);
		return {
			[isWhole ? 'message' : 'delta']: message,
			...(finish !== undefined && { finish_reason: finish }),
			index: 0,
		};
	};
	return {
		event: (one) => chunk([choiceOf(one, false)]),
		whole: (one) => ({
			...shared,
			object: 'chat.completion',
			choices: [choiceOf(one, true)],
			usage: usageOf(one, facts),
		}),
		blocked: (reason) => chunk([{ finish_reason: `content_filter: ${reason}`, index: 0 }]),
		after: (last) => [...(includesUsage ? [chunk([], { usage: usageOf(last, facts) })] : []), '[DONE]'],
	};
}

/** Thoughts count in the sum alone. */
function usageOf({ output, thoughts }: Chunk, { request }: AnswerFacts): unknown {
	return {
		completion_tokens: output,
		prompt_tokens: request.inputTokens,
		total_tokens: request.inputTokens + output + thoughts,
	};
}

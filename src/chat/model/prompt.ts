import { fenced } from '../../common/fenced';
import type { Prompt, Turn as PromptTurn } from '../../gemini/gemini';
import { isAnswered, type Conversation, type ConversationOptions, type Question, type Turn } from './conversation';

/** Tokens of a prompt, as far as that can be known before it is sent. */
export type CountTokens = (prompt: Prompt) => number;

export interface TrimmedPrompt {
	readonly prompt: Prompt;
	/** Earlier turns that are not sent along because they do not fit. */
	readonly omitted: number;
}

/** What is sent for the turn within a limit, as `promptFor` has it; made once for each limit. */
export function fitting(conversation: Conversation, turn: Turn, weigh: CountTokens): (limit: number) => TrimmedPrompt {
	const known = new Map<number, TrimmedPrompt>();
	return (limit) => {
		const fitted = known.get(limit) ?? promptFor(conversation, turn, limit, weigh);
		known.set(limit, fitted);
		return fitted;
	};
}

/**
 * What is sent for the turn: it and what went before, without failed answers and those of which nothing came. Whole
 * turns are left out, oldest first, until the rest is within `limit` tokens; the turn itself always goes.
 */
export function promptFor(conversation: Conversation, turn: Turn, limit: number, weigh: CountTokens): TrimmedPrompt {
	const end = conversation.turns.findIndex(({ id }) => id === turn.id);
	const before = (end === -1 ? conversation.turns : conversation.turns.slice(0, end)).filter(isAnswered);
	const own = alone(conversation.options, turn.question);
	let left = limit - weigh(own);
	const first = before.findLastIndex((earlier) => {
		left -= weigh({ turns: exchange(earlier) });
		return left < 0;
	});
	return {
		prompt: {
			turns: [...before.slice(first + 1).flatMap(exchange), ...own.turns],
			...(own.options && { options: own.options }),
		},
		omitted: first + 1,
	};
}

/** What is sent for a question without what went before. */
export function alone({ model: _, ...options }: ConversationOptions, question: Question): Prompt {
	return { turns: [user(question)], options };
}

/** A question and its answer, as they are sent again. Thoughts are no part of what was said: they are left out. */
export function exchange({ question, answer }: Turn): readonly PromptTurn[] {
	return [user(question), { role: 'model', content: [{ type: 'text', text: answer.text }] }];
}

function user({ text, attachments, pictures = [] }: Question): PromptTurn {
	const parts = [text, ...attachments.map(fenced)];
	const images = pictures.map(({ mimeType, data }) => ({ type: 'image', mimeType, data }) as const);
	return { role: 'user', content: [{ type: 'text', text: parts.join('\n\n') }, ...images] };
}

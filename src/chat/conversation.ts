import { fenced } from '../fenced';
import type { Prompt, Turn as PromptTurn } from '../gemini/gemini';
import { isRunning, type Answer } from './answer';
import type { Attachment } from './attachment';

/** A question and its answer. */
export interface Turn {
	readonly id: string;
	readonly question: Question;
	readonly answer: Answer;
}

export interface Question {
	readonly text: string;
	/** The surface it came from. */
	readonly origin: 'chat' | 'palette' | 'selection';
	readonly attachments: readonly Attachment[];
}

/** Oldest turn first. */
export interface Conversation {
	readonly id: string;
	readonly turns: readonly Turn[];
}

/** Turns that are kept; the oldest go first. */
export const maxTurns = 200;

/** UTF-16 units of all questions, attachments and answers that are kept: workspace storage is read whole at start. */
export const maxSize = 4_000_000;

/** The conversation with the turn at its end, or with the turn of that id replaced. */
export function withTurn(conversation: Conversation, turn: Turn): Conversation {
	const known = conversation.turns.some(({ id }) => id === turn.id);
	const turns = known
		? conversation.turns.map((old) => (old.id === turn.id ? turn : old))
		: trimmed([...conversation.turns, turn]);
	return { ...conversation, turns };
}

/** The newest turns that fit; the last one always stays. */
export function trimmed(turns: readonly Turn[]): readonly Turn[] {
	let size = 0;
	const first = turns.findLastIndex((turn, i) => {
		size += sizeOf(turn);
		return i < turns.length - 1 && (size > maxSize || turns.length - i > maxTurns);
	});
	return turns.slice(first + 1);
}

/** What is sent for the turn: it and what went before, without failed answers and those of which nothing came. */
export function promptFor(conversation: Conversation, turn: Turn): Prompt {
	const end = conversation.turns.findIndex(({ id }) => id === turn.id);
	const before = end === -1 ? conversation.turns : conversation.turns.slice(0, end);
	return { turns: [...before.flatMap(pair), user(turn.question)] };
}

function pair({ question, answer }: Turn): PromptTurn[] {
	if (answer.is === 'failed' || isRunning(answer) || answer.text.trim() === '') {
		return [];
	}
	return [user(question), { role: 'model', content: [{ type: 'text', text: answer.text }] }];
}

function user({ text, attachments }: Question): PromptTurn {
	const parts = [text, ...attachments.map(fenced)];
	return { role: 'user', content: [{ type: 'text', text: parts.join('\n\n') }] };
}

/** UTF-16 units. */
export function sizeOf({ question, answer }: Turn): number {
	return question.attachments.reduce((sum, { text }) => sum + text.length, question.text.length + answer.text.length);
}

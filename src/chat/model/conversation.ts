import type { GenerationOptions } from '../../generation/options';
import { isRunning, type Answer } from './answer';
import type { Attachment, Picture } from './attachment';

/** A question and its answer. */
export interface Turn {
	readonly id: string;
	/** ms since 1970; turns stand in this order. */
	readonly askedAt: number;
	readonly question: Question;
	readonly answer: Answer;
	/** Earlier turns that did not fit the model's input any more and were not sent along. */
	readonly omitted?: number;
}

export interface Question {
	readonly text: string;
	/** The surface it came from. */
	readonly origin: 'chat' | 'palette' | 'selection';
	readonly attachments: readonly Attachment[];
	readonly pictures?: readonly Picture[];
}

/** How the answers of one conversation are made; what is absent the setting says, or the service. */
export interface ConversationOptions extends GenerationOptions {
	/** Absent: the setting's model. */
	readonly model?: string;
}

/** Oldest turn first. */
export interface Conversation {
	readonly id: string;
	/** Given by a person. */
	readonly title?: string;
	readonly options: ConversationOptions;
	readonly turns: readonly Turn[];
}

/** Turns that are kept; the oldest go first. */
export const maxTurns = 200;

/** UTF-16 units of questions, attachments, pictures, thoughts and answers: a turn with more between it and the last one goes. */
export const maxSize = 16_000_000;

/** Characters of a title that is made from the first question. */
const titleLength = 60;

/** What people call the conversation; empty where nothing was asked yet. */
export function titleOf({ title, turns }: Pick<Conversation, 'title' | 'turns'>): string {
	if (title !== undefined) {
		return title;
	}
	const line = (turns[0]?.question.text ?? '').trim().split(/[\r\n]/)[0] ?? '';
	const characters = Array.from(line);
	return characters.length > titleLength ? `${characters.slice(0, titleLength - 1).join('')}…` : line;
}

/** The conversation with the turn at its end, or with the turn of that id replaced. */
export function withTurn(conversation: Conversation, turn: Turn): Conversation {
	const known = conversation.turns.some(({ id }) => id === turn.id);
	const turns = known
		? conversation.turns.map((old) => (old.id === turn.id ? turn : old))
		: trimmed([...conversation.turns, turn]);
	return { ...conversation, turns };
}

/** The turn, of which so many earlier ones were not sent along. */
export function withOmitted({ omitted: _, ...turn }: Turn, omitted: number): Turn {
	return omitted > 0 ? { ...turn, omitted } : turn;
}

/**
 * The newest turns that fit. None goes by the size of the last one: nobody was told that before. Nor by its own: who asks
 * about large pictures goes on asking about them.
 */
export function trimmed(turns: readonly Turn[]): readonly Turn[] {
	let size = 0;
	const first = turns.findLastIndex((turn, i) => {
		if (i === turns.length - 1) return false;
		const goes = size > maxSize || turns.length - i > maxTurns;
		size += sizeOf(turn);
		return goes;
	});
	return turns.slice(first + 1);
}

/** Whether the next turn makes old ones go. */
export function isFull(turns: readonly Turn[]): boolean {
	return turns.length >= maxTurns || turns.slice(1).reduce((size, turn) => size + sizeOf(turn), 0) > maxSize;
}

/** A turn that later questions build on: it was answered, at least in part. */
export function isAnswered({ answer }: Turn): boolean {
	return answer.state !== 'failed' && answer.state !== 'elsewhere' && !isRunning(answer) && answer.text.trim() !== '';
}

/** UTF-16 units. */
function sizeOf({ question, answer }: Turn): number {
	const sent = [...question.attachments.map(({ text }) => text), ...(question.pictures ?? []).map(({ data }) => data)];
	const own = question.text.length + answer.text.length + (answer.thoughts?.length ?? 0);
	return sent.reduce((sum, text) => sum + text.length, own);
}

import * as v from 'valibot';
import { jsonIn } from '../../common/json';
import { generationEntries } from '../../generation/schema';
import type { KeyId, Reason, SpendingScope } from '../../pool/pool';
import { cut, isRunning, maxText, maxAttempts, seen, type EndedAnswer } from '../model/answer';
import { aboutFromVersion1, turnFromVersion1 } from './version1';
import { maxSize, type ConversationOptions, type Turn } from '../model/conversation';

/** An id that is a file's name as well. */
const savedId = v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/));

const count = v.pipe(v.number(), v.minValue(0));
/** ms since 1970 that a calendar has: of another moment nobody could say when it is. */
const moment = v.pipe(v.number(), v.minValue(0), v.maxValue(Date.UTC(9999, 0)));
const line = v.pipe(v.string(), v.maxLength(10_000));
const text = v.pipe(v.string(), v.maxLength(maxText));
const isWord = (value: unknown): boolean => typeof value === 'string' && value.length < 100;
/** A reason that a newer version knows is still one: its words are those of what is unexpected. */
const reason = v.fallback(v.custom<Reason>(isWord), 'unexpected');
const outcome = v.fallback(v.custom<'answered' | Reason>(isWord), 'unexpected');

const summary = v.object({
	on: v.exactOptional(v.object({ key: line, model: line })),
	usage: v.exactOptional(v.object({ input: count, cached: count, output: count, thoughts: count })),
	cost: v.exactOptional(count),
	ms: count,
	attempts: v.pipe(v.array(v.object({ label: line, model: line, outcome, ms: count })), v.maxLength(maxAttempts)),
});
const facts = v.object({
	retryAt: v.exactOptional(moment),
	serviceMessage: v.exactOptional(line),
	key: v.exactOptional(v.custom<KeyId>((value) => typeof value === 'string')),
	model: v.exactOptional(line),
	paidOnly: v.exactOptional(v.literal(true)),
	limit: v.exactOptional(v.number()),
	size: v.exactOptional(v.number()),
	shortage: v.exactOptional(
		v.object({
			scope: v.custom<SpendingScope>((value) => typeof value === 'string'),
			period: v.picklist(['day', 'month']),
			...{ limit: count, used: count, needed: count },
			...{ isDefault: v.exactOptional(v.literal(true)), isHeld: v.exactOptional(v.literal(true)) },
		}),
	),
	client: v.exactOptional(line),
});
const content = {
	text,
	thoughts: v.exactOptional(text),
	grounding: v.exactOptional(
		v.object({
			queries: v.pipe(v.array(line), v.maxLength(100)),
			sources: v.pipe(v.array(v.object({ title: line, uri: line })), v.maxLength(100)),
		}),
	),
};
const answer = v.variant('state', [
	v.object({
		state: v.literal('done'),
		...content,
		summary,
		finishReason: line,
	}),
	v.object({ state: v.literal('failed'), ...content, summary, reason, facts }),
	v.object({ state: v.literal('stopped'), ...content, summary }),
	v.object({ state: v.literal('cut'), ...content, summary }),
]) satisfies v.GenericSchema<unknown, EndedAnswer>;
const attachment = v.object({ label: line, file: line, language: line, text });
const picture = v.object({
	label: line,
	mimeType: line,
	data: v.pipe(v.string(), v.maxLength(20_000_000)),
});
const savedTurn = v.object({
	v: v.literal(2),
	id: savedId,
	askedAt: moment,
	question: v.object({
		// Longer than what a person may write: a slash command puts its wish before it.
		text: v.pipe(v.string(), v.maxLength(maxSize)),
		origin: v.picklist(['chat', 'palette', 'selection']),
		attachments: v.pipe(v.array(attachment), v.maxLength(100)),
		pictures: v.exactOptional(v.pipe(v.array(picture), v.maxLength(100))),
	}),
	answer,
	omitted: v.exactOptional(count),
});

const savedOptions: v.GenericSchema<unknown, ConversationOptions> = v.object({
	model: v.exactOptional(line),
	...generationEntries,
});

/** What is saved of a conversation beside its turns. */
const savedAbout = v.object({
	v: v.literal(2),
	id: savedId,
	title: v.exactOptional(line),
	/** The first question's beginning, where there is no title. */
	begins: line,
	changedAt: moment,
	options: savedOptions,
});

export type About = Omit<v.InferOutput<typeof savedAbout>, 'v'>;

/** A running answer is saved as cut: that is what it is when its window does not come back. */
export function turnToText(turn: Turn, now: number): string {
	const answer = isRunning(turn.answer) ? cut(turn.answer, now) : seen(turn.answer, false);
	return JSON.stringify({ v: 2, ...turn, answer });
}

/** Undefined where the text is no saved turn. */
export function turnFromText(saved: string): Turn | undefined {
	const parsed = v.safeParse(savedTurn, turnFromVersion1(jsonIn(saved)));
	if (!parsed.success) {
		return undefined;
	}
	const { v: _, ...turn } = parsed.output;
	return turn;
}

export function aboutToText(about: About): string {
	return JSON.stringify({ v: 2, ...about });
}

/** Undefined where the text is no saved description. */
export function aboutFromText(saved: string): About | undefined {
	const parsed = v.safeParse(savedAbout, aboutFromVersion1(jsonIn(saved)));
	if (!parsed.success) {
		return undefined;
	}
	const { v: _, ...about } = parsed.output;
	return about;
}

import * as v from 'valibot';
import type { KeyId, Reason } from '../pool/pool';
import { isRunning, maxText, maxTrail, stop, type EndedAnswer } from './answer';
import { maxSize, sizeOf, trimmed, type Conversation } from './conversation';

/** Where conversations survive a reload: workspace storage, never secrets. */
export interface ConversationStore {
	/** What was saved last, unjudged; undefined when there is nothing. */
	load(): unknown;
	save(data: Saved): PromiseLike<void>;
	/** Keeps data that could not be read, so that nothing is lost. */
	setAside(data: unknown): PromiseLike<void>;
}

/** The part of `vscode.Memento` that a store needs. */
export interface Memento {
	get(key: string): unknown;
	update(key: string, value: unknown): PromiseLike<void>;
}

/** Conversations in a memento, under one name. */
export function mementoStore(memento: Memento, name = 'keypool.conversations'): ConversationStore {
	return {
		load: () => memento.get(name),
		save: (data) => memento.update(name, data),
		setAside: (data) => memento.update(`${name}.damaged`, data),
	};
}

/** Every reason once: a new one fails to compile here until it is listed. */
const reasons: Readonly<Record<Reason, true>> = {
	rpm: true,
	tpm: true,
	rpd: true,
	tpd: true,
	hostRefused: true,
	capacity: true,
	unknownLimit: true,
	tooLargeForTier: true,
	tierLacksModel: true,
	badKey: true,
	blocked: true,
	serviceDisabled: true,
	billing: true,
	suspended: true,
	leaked: true,
	denied: true,
	region: true,
	badRequest: true,
	noSuchModel: true,
	overloaded: true,
	internal: true,
	deadline: true,
	network: true,
	redirected: true,
	cutStream: true,
	idle: true,
	emptyAnswer: true,
	contentBlocked: true,
	unexpected: true,
	cancelled: true,
	waitedTooLong: true,
	tooManyTries: true,
	noKeys: true,
	noUsableKey: true,
	cap: true,
	paused: true,
	ledgerDown: true,
};

/** Conversations that are kept; the oldest go first. */
const maxConversations = 50;

const count = v.pipe(v.number(), v.minValue(0));
const line = v.pipe(v.string(), v.maxLength(10_000));
const text = v.pipe(v.string(), v.maxLength(maxText));
/** A reason that a newer version knows is still a reason. */
const reason = v.fallback(
	v.custom<Reason>((value) => typeof value === 'string' && Object.hasOwn(reasons, value)),
	'unexpected',
);
const outcome = v.union([v.literal('answered'), reason]);

const account = v.object({
	on: v.exactOptional(v.object({ key: line, model: line })),
	usage: v.exactOptional(v.object({ input: count, cached: count, output: count, thoughts: count })),
	ms: count,
	trail: v.pipe(v.array(v.object({ label: line, model: line, outcome, ms: count })), v.maxLength(maxTrail)),
});
const facts = v.object({
	retryAt: v.exactOptional(v.number()),
	said: v.exactOptional(line),
	key: v.exactOptional(v.custom<KeyId>((value) => typeof value === 'string')),
	model: v.exactOptional(line),
	limit: v.exactOptional(v.number()),
	size: v.exactOptional(v.number()),
});
const answer = v.variant('is', [
	v.object({ is: v.literal('done'), text, account, finished: line }),
	v.object({ is: v.literal('failed'), text, account, why: reason, facts }),
	v.object({ is: v.literal('stopped'), text, account }),
]) satisfies v.GenericSchema<unknown, EndedAnswer>;
const attachment = v.object({ label: line, file: line, language: line, text });
const turn = v.object({
	id: line,
	question: v.object({
		text,
		origin: v.picklist(['chat', 'palette', 'selection']),
		attachments: v.pipe(v.array(attachment), v.maxLength(100)),
	}),
	answer,
});
const saved = v.object({
	v: v.literal(1),
	/** The one on screen is the last. */
	conversations: v.pipe(
		v.array(v.object({ id: line, turns: v.array(turn) })),
		v.minLength(1),
		v.maxLength(maxConversations),
	),
});

/** Version 1 of what is stored: ended answers only. */
export type Saved = v.InferOutput<typeof saved>;

export type Restored =
	| { readonly is: 'empty' }
	| { readonly is: 'restored'; readonly earlier: readonly Conversation[]; readonly current: Conversation }
	/** What was stored cannot be read. */
	| { readonly is: 'damaged'; readonly data: unknown };

export function restore(data: unknown): Restored {
	if (data === undefined) {
		return { is: 'empty' };
	}
	const parsed = v.safeParse(saved, data);
	const conversations = parsed.success ? parsed.output.conversations : [];
	const last = conversations.at(-1);
	return last
		? { is: 'restored', earlier: conversations.slice(0, -1), current: { id: last.id, turns: trimmed(last.turns) } }
		: { is: 'damaged', data };
}

/**
 * What is stored: the current conversation and the newest earlier ones that fit. A running answer is saved as stopped:
 * that is what it is when this window does not come back.
 */
export function toSaved(earlier: readonly Conversation[], current: Conversation, now: number): Saved {
	const all = [...earlier, current];
	let size = 0;
	const first = all.findLastIndex((conversation, i) => {
		size += conversation.turns.reduce((sum, turn) => sum + sizeOf(turn), 0);
		return i < all.length - 1 && (size > maxSize || all.length - i > maxConversations);
	});
	return { v: 1, conversations: all.slice(first + 1).map((conversation) => savedConversation(conversation, now)) };
}

function savedConversation({ id, turns }: Conversation, now: number): Saved['conversations'][number] {
	const ended = turns.map((turn) => ({
		id: turn.id,
		question: { ...turn.question, attachments: [...turn.question.attachments] },
		answer: savedAnswer(isRunning(turn.answer) ? stop(turn.answer, [], now) : turn.answer),
	}));
	return { id, turns: ended };
}

function savedAnswer(answer: EndedAnswer): Saved['conversations'][number]['turns'][number]['answer'] {
	return { ...answer, account: { ...answer.account, trail: [...answer.account.trail] } };
}

import type { Grounding, Piece } from '../../gemini/gemini';
import { withMore } from '../../gemini/answer/grounding';
import { markdownOf } from '../../gemini/answer/pieceMarkdown';
import type { Attempt, KeyId, Part, PoolFacts, Reason, Usage } from '../../pool/pool';

/** What an answer holds. */
export interface Content {
	/** Markdown. */
	readonly text: string;
	/** Markdown: summaries of what the model thought. No part of the text. */
	readonly thoughts?: string;
	readonly grounding?: Grounding;
}

/** An answer while it comes and when it has ended. */
export type Answer = RunningAnswer | ElsewhereAnswer | EndedAnswer;

export type RunningAnswer = Content & { readonly startedAt: number } & (
		| { readonly is: 'waiting'; readonly step: 'sending' | 'thinking' }
		| { readonly is: 'waiting'; readonly step: 'queued'; readonly wait: Wait }
		/** `wait`: a broken answer waits for its successor; its text stays. */
		| { readonly is: 'streaming'; readonly wait?: Wait }
	);

/** It comes in another window: as far as that one has stored it. */
export interface ElsewhereAnswer extends Content {
	readonly is: 'elsewhere';
	readonly account: Account;
}

export type EndedAnswer = Content & { readonly account: Account } &
	/** `finished` is the service's finish reason. */
	(
		| { readonly is: 'done'; readonly finished: string }
		| { readonly is: 'failed'; readonly why: Reason; readonly facts: PoolFacts }
		| { readonly is: 'stopped' }
		/** The window closed, or its laptop, while the answer came. */
		| { readonly is: 'cut' }
	);

/** What the request waits for. */
export interface Wait {
	/** The label of the key; the model's name where the model itself is waited for. */
	readonly key: string;
	readonly model: string;
	readonly why: Reason;
	/** ms since 1970 by the host's clock. */
	readonly until: number;
	/** Requests that are served before. */
	readonly ahead: number;
}

/** How an answer came about. */
export interface Account {
	/** Label of the key and the model that answered. */
	readonly on?: { readonly key: string; readonly model: string };
	readonly usage?: Usage;
	/** From question to end. */
	readonly ms: number;
	/** Every send, oldest first; at most `maxTrail`. */
	readonly trail: readonly Sent[];
}

export interface Sent {
	readonly label: string;
	readonly model: string;
	readonly outcome: 'answered' | Reason;
	readonly ms: number;
}

/** The last sends are kept: the first of a long series look alike. */
export const maxTrail = 100;

/** UTF-16 units of an answer that are kept: beyond any model's output limit. */
export const maxText = 1_000_000;

export interface Moment {
	/** ms since 1970. */
	readonly now: number;
	readonly labelOf: (key: KeyId) => string;
}

export function begin(startedAt: number): RunningAnswer {
	return { is: 'waiting', step: 'sending', text: '', startedAt };
}

export function isRunning(answer: Answer): answer is RunningAnswer {
	return answer.is === 'waiting' || answer.is === 'streaming';
}

/** The answer after one part of the pool's stream. */
export function receive(answer: RunningAnswer, part: Part<Piece>, { now, labelOf }: Moment): Answer {
	const { startedAt } = answer;
	const content = contentOf(answer);
	switch (part.type) {
		case 'output':
			return output(answer, part.value);
		case 'retract':
			return { is: 'streaming', text: '', startedAt };
		case 'switched':
			// The wait is over: another key or model takes it.
			return content.text === '' ? { ...begin(startedAt), ...content } : { is: 'streaming', ...content, startedAt };
		case 'waiting': {
			const { on, why, inMs, ahead } = part;
			const wait: Wait = {
				key: on.key === undefined ? on.model : labelOf(on.key),
				model: on.model,
				why,
				until: now + inMs,
				ahead,
			};
			return content.text === ''
				? { is: 'waiting', step: 'queued', wait, ...content, startedAt }
				: { is: 'streaming', wait, ...content, startedAt };
		}
		case 'done':
			return {
				is: 'done',
				...content,
				finished: part.finished,
				account: {
					on: { key: labelOfLast(part.trail) ?? labelOf(part.on.key), model: part.on.model },
					...(part.usage && { usage: part.usage }),
					ms: elapsed(startedAt, now),
					trail: sends(part.trail),
				},
			};
	}
}

export function fail(
	answer: RunningAnswer,
	why: Reason,
	facts: PoolFacts,
	trail: readonly Attempt[],
	now: number,
): EndedAnswer {
	return { is: 'failed', why, facts, ...contentOf(answer), account: unanswered(answer, trail, now) };
}

/** What had come is kept. */
export function stop(answer: RunningAnswer, trail: readonly Attempt[], now: number): EndedAnswer {
	return { is: 'stopped', ...contentOf(answer), account: unanswered(answer, trail, now) };
}

/** What a running answer is when its window does not come back. */
export function cut(answer: RunningAnswer, now: number): EndedAnswer {
	return { is: 'cut', ...contentOf(answer), account: unanswered(answer, [], now) };
}

/** What is stored of an answer that has not ended reads as cut; it is not, as long as a window answers it. */
export function seen(answer: Answer, isElsewhere: boolean): Answer {
	if (answer.is === 'cut' && isElsewhere) return { ...answer, is: 'elsewhere' };
	return answer.is === 'elsewhere' && !isElsewhere ? { ...answer, is: 'cut' } : answer;
}

/** How often another key or model took over. */
export function fallbacks(trail: readonly Sent[]): number {
	return trail.filter((sent, i) => {
		const before = trail[i - 1];
		return before !== undefined && (before.label !== sent.label || before.model !== sent.model);
	}).length;
}

/** Each answer holds its content in the same way, whatever its state. */
function contentOf({ text, thoughts, grounding }: Content): Content {
	return { text, ...(thoughts !== undefined && { thoughts }), ...(grounding && { grounding }) };
}

function output(answer: RunningAnswer, piece: Piece): RunningAnswer {
	const content = withPiece(contentOf(answer), piece);
	const { startedAt } = answer;
	return content.text === ''
		? { is: 'waiting', step: 'thinking', ...content, startedAt }
		: { is: 'streaming', ...content, startedAt };
}

function withPiece(content: Content, piece: Piece): Content {
	switch (piece.type) {
		case 'thought':
			return { ...content, thoughts: ((content.thoughts ?? '') + piece.text).slice(0, maxText) };
		case 'grounding':
			return { ...content, grounding: withMore(content.grounding, piece) };
		case 'call':
			// The chat declares no functions: a call has nothing to show.
			return content;
		case 'text':
		case 'code':
		case 'codeResult':
		case 'file':
			return { ...content, text: (content.text + markdownOf(piece)).slice(0, maxText) };
	}
}

function unanswered(answer: RunningAnswer, trail: readonly Attempt[], now: number): Account {
	return { ms: elapsed(answer.startedAt, now), trail: sends(trail) };
}

function sends(trail: readonly Attempt[]): readonly Sent[] {
	return trail.slice(-maxTrail).map(({ label, model, outcome, ms }) => ({ label, model, outcome, ms }));
}

function labelOfLast(trail: readonly Attempt[]): string | undefined {
	return trail.findLast((attempt) => attempt.outcome === 'answered')?.label;
}

/** A clock that was set back must not make an answer end before it began. */
function elapsed(from: number, to: number): number {
	return Math.max(0, to - from);
}

import type { Grounding, Piece } from '../../gemini/gemini';
import { withMore } from '../../gemini/answer/metadata';
import { markdownOf } from '../../gemini/answer/pieceMarkdown';
import {
	answererOf,
	usageOf,
	type Attempt,
	type KeyId,
	type StreamPart,
	type PoolFacts,
	type Reason,
	type Usage,
} from '../../pool/pool';

/** What an answer holds. */
export interface Content {
	/** Markdown. */
	readonly text: string;
	/** Markdown: summaries of what the model thought. No part of the text. */
	readonly thoughts?: string;
	readonly grounding?: Grounding;
}

/** An answer while it comes and when it has ended. */
export type Answer = RunningAnswer | RemoteAnswer | EndedAnswer;

export type RunningAnswer = Content & { readonly startedAt: number } & (
		| { readonly state: 'waiting'; readonly step: 'sending' | 'thinking' }
		| {
				readonly state: 'waiting';
				readonly step: 'queued';
				readonly wait: Wait;
		  }
		/** `wait`: a broken answer waits for its successor; its text stays. */
		| { readonly state: 'streaming'; readonly wait?: Wait }
	);

/** It comes in another window: as far as that one has stored it. */
export interface RemoteAnswer extends Content {
	readonly state: 'elsewhere';
	readonly summary: AnswerSummary;
}

export type EndedAnswer = Content & { readonly summary: AnswerSummary } &
	/** `finishReason` is the service's finish reason. */
	(
		| { readonly state: 'done'; readonly finishReason: string }
		| {
				readonly state: 'failed';
				readonly reason: Reason;
				readonly facts: PoolFacts;
		  }
		| { readonly state: 'stopped' }
		/** The window closed, or its laptop, while the answer came. */
		| { readonly state: 'cut' }
	);

/** What the request waits for. */
export interface Wait {
	/** The label of the key; the model's name where the model itself is waited for. */
	readonly key: string;
	readonly model: string;
	readonly reason: Reason;
	/** ms since 1970 by the host's clock. */
	readonly until: number;
	/** Requests that are served before. */
	readonly ahead: number;
}

/** How an answer came about. */
export interface AnswerSummary {
	/** Label of the key and the model that answered, or were answering when it was stopped. */
	readonly on?: { readonly key: string; readonly model: string };
	/** Of all sends, as is what they have cost. */
	readonly usage?: Usage;
	/** Millionths of a dollar; absent where it is not known. */
	readonly cost?: number;
	/** From question to end. */
	readonly ms: number;
	/** Every attempt, oldest first; at most `maxAttempts`. */
	readonly attempts: readonly Sent[];
}

export interface Sent {
	readonly label: string;
	readonly model: string;
	readonly outcome: 'answered' | Reason;
	readonly ms: number;
}

/** The last sends are kept: the first of a long series look alike. */
export const maxAttempts = 100;

/** UTF-16 units of an answer that are kept: beyond any model's output limit. */
export const maxText = 1_000_000;

export interface Moment {
	/** ms since 1970. */
	readonly now: number;
	readonly labelOf: (key: KeyId) => string;
}

export function begin(startedAt: number): RunningAnswer {
	return { state: 'waiting', step: 'sending', text: '', startedAt };
}

export function isRunning(answer: Answer): answer is RunningAnswer {
	return answer.state === 'waiting' || answer.state === 'streaming';
}

/** The answer after one part of the pool's stream. */
export function receive(answer: RunningAnswer, part: StreamPart<Piece>, { now, labelOf }: Moment): Answer {
	const { startedAt } = answer;
	const content = contentOf(answer);
	switch (part.type) {
		case 'output':
			return output(answer, part.value);
		case 'retract':
			return { state: 'streaming', text: '', startedAt };
		case 'switched':
			// The wait is over: another key or model takes it.
			return content.text === '' ? { ...begin(startedAt), ...content } : { state: 'streaming', ...content, startedAt };
		case 'waiting': {
			const { on, reason, inMs, ahead } = part;
			const wait: Wait = {
				key: on.key === undefined ? on.model : labelOf(on.key),
				model: on.model,
				reason,
				until: now + inMs,
				ahead,
			};
			return content.text === ''
				? { state: 'waiting', step: 'queued', wait, ...content, startedAt }
				: { state: 'streaming', wait, ...content, startedAt };
		}
		case 'done':
			return {
				state: 'done',
				...content,
				finishReason: part.finishReason,
				summary: {
					on: answererOf(part, labelOf),
					...(part.usage && { usage: part.usage }),
					...costOf(part.attempts),
					ms: elapsed(startedAt, now),
					attempts: sends(part.attempts),
				},
			};
	}
}

export function fail(
	answer: RunningAnswer,
	reason: Reason,
	facts: PoolFacts,
	attempts: readonly Attempt[],
	now: number,
): EndedAnswer {
	return { state: 'failed', reason, facts, ...unanswered(answer, attempts, now) };
}

/** What had come is kept. */
export function stop(answer: RunningAnswer, attempts: readonly Attempt[], now: number): EndedAnswer {
	return { state: 'stopped', ...unanswered(answer, attempts, now) };
}

/** A stopped answer once it is known whom it came from: the pool says so a moment after it has been told to stop. */
export function withAttempts(
	answer: Extract<EndedAnswer, { state: 'stopped' }>,
	attempts: readonly Attempt[],
): EndedAnswer {
	return { ...answer, summary: summaryOf(attempts, answer.summary.ms) };
}

/** What a running answer is when its window does not come back. */
export function cut(answer: RunningAnswer, now: number): EndedAnswer {
	return { state: 'cut', ...unanswered(answer, [], now) };
}

/** What is stored of an answer that has not ended reads as cut; it is not, as long as a window answers it. */
export function seen(answer: Answer, isElsewhere: boolean): Answer {
	if (answer.state === 'cut' && isElsewhere) return { ...answer, state: 'elsewhere' };
	return answer.state === 'elsewhere' && !isElsewhere ? { ...answer, state: 'cut' } : answer;
}

/** How often another key or model took over. */
export function fallbacks(attempts: readonly Sent[]): number {
	return attempts.filter((sent, i) => {
		const before = attempts[i - 1];
		return before !== undefined && (before.label !== sent.label || before.model !== sent.model);
	}).length;
}

/** Each answer holds its content in the same way, whatever its state. */
function contentOf({ text, thoughts, grounding }: Content): Content {
	return {
		text,
		...(thoughts !== undefined && { thoughts }),
		...(grounding && { grounding }),
	};
}

function output(answer: RunningAnswer, piece: Piece): RunningAnswer {
	const content = withPiece(contentOf(answer), piece);
	const { startedAt } = answer;
	return content.text === ''
		? { state: 'waiting', step: 'thinking', ...content, startedAt }
		: { state: 'streaming', ...content, startedAt };
}

function withPiece(content: Content, piece: Piece): Content {
	switch (piece.type) {
		case 'thought':
			return {
				...content,
				thoughts: ((content.thoughts ?? '') + piece.text).slice(0, maxText),
			};
		case 'grounding':
			return { ...content, grounding: withMore(content.grounding, piece) };
		case 'call':
		case 'signature':
			// The chat declares no functions: a call has nothing to show.
			return content;
		case 'text':
		case 'code':
		case 'codeResult':
		case 'file':
			return {
				...content,
				text: (content.text + markdownOf(piece)).slice(0, maxText),
			};
	}
}

/** What had come of an answer that ended without its end. */
function unanswered(
	answer: RunningAnswer,
	attempts: readonly Attempt[],
	now: number,
): Content & { readonly summary: AnswerSummary } {
	return { ...contentOf(answer), summary: summaryOf(attempts, elapsed(answer.startedAt, now)) };
}

function summaryOf(attempts: readonly Attempt[], ms: number): AnswerSummary {
	return { ...whoAnswered(attempts), ...usageOf(attempts), ...costOf(attempts), ms, attempts: sends(attempts) };
}

/** Who was answering when it was stopped, if anybody was. */
function whoAnswered(attempts: readonly Attempt[]): Pick<AnswerSummary, 'on'> {
	const last = attempts.at(-1);
	return last?.outcome === 'cancelled' ? { on: { key: last.label, model: last.servedModel ?? last.model } } : {};
}

function sends(attempts: readonly Attempt[]): readonly Sent[] {
	return attempts.slice(-maxAttempts).map(({ label, model, outcome, ms }) => ({ label, model, outcome, ms }));
}

/** What all sends have cost: a broken answer costs as well. */
function costOf(attempts: readonly Attempt[]): Pick<AnswerSummary, 'cost'> {
	const known = attempts.flatMap(({ cost }) => cost ?? []);
	return known.length > 0 ? { cost: known.reduce((sum, cost) => sum + cost, 0) } : {};
}

/** A clock that was set back must not make an answer end before it began. */
function elapsed(from: number, to: number): number {
	return Math.max(0, to - from);
}

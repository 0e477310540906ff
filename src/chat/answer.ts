import type { Piece } from '../gemini/gemini';
import type { Attempt, KeyId, Part, PoolFacts, Reason, Usage } from '../pool/pool';

/** An answer while it comes and when it has ended. `text` is Markdown. */
export type Answer = RunningAnswer | ElsewhereAnswer | EndedAnswer;

export type RunningAnswer = { readonly text: string; readonly startedAt: number } & (
	| { readonly is: 'waiting'; readonly step: 'sending' | 'thinking' }
	| { readonly is: 'waiting'; readonly step: 'queued'; readonly wait: Wait }
	/** `wait`: a broken answer waits for its successor; its text stays. */
	| { readonly is: 'streaming'; readonly wait?: Wait }
);

/** It comes in another window: as far as that one has stored it. */
export interface ElsewhereAnswer {
	readonly is: 'elsewhere';
	readonly text: string;
	readonly account: Account;
}

export type EndedAnswer = { readonly text: string; readonly account: Account } &
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
	const { text, startedAt } = answer;
	switch (part.type) {
		case 'output':
			return output(answer, part.value);
		case 'retract':
			return { is: 'streaming', text: '', startedAt };
		case 'switched':
			// The wait is over: another key or model takes it.
			return text === '' ? begin(startedAt) : { is: 'streaming', text, startedAt };
		case 'waiting': {
			const { on, why, inMs, ahead } = part;
			const wait: Wait = {
				key: on.key === undefined ? on.model : labelOf(on.key),
				model: on.model,
				why,
				until: now + inMs,
				ahead,
			};
			return text === ''
				? { is: 'waiting', step: 'queued', wait, text, startedAt }
				: { is: 'streaming', wait, text, startedAt };
		}
		case 'done':
			return {
				is: 'done',
				text,
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
	return { is: 'failed', why, facts, text: answer.text, account: unanswered(answer, trail, now) };
}

/** What had come is kept. */
export function stop(answer: RunningAnswer, trail: readonly Attempt[], now: number): EndedAnswer {
	return { is: 'stopped', text: answer.text, account: unanswered(answer, trail, now) };
}

/** What a running answer is when its window does not come back. */
export function cut(answer: RunningAnswer, now: number): EndedAnswer {
	return { is: 'cut', text: answer.text, account: unanswered(answer, [], now) };
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

function output(answer: RunningAnswer, piece: Piece): RunningAnswer {
	const { text, startedAt } = answer;
	switch (piece.type) {
		case 'text':
			return { is: 'streaming', text: (text + piece.text).slice(0, maxText), startedAt };
		case 'thought':
			return text === '' ? { is: 'waiting', step: 'thinking', text, startedAt } : { is: 'streaming', text, startedAt };
		case 'call':
			// The chat declares no functions: a call has nothing to show.
			return answer;
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

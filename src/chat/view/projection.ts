import type { AnswerView, FooterView, TurnView, WaitView } from '../../webviews/protocol';
import { fallbacks, type Account, type Answer, type Wait } from '../model/answer';
import { bytesOf, bytesOfBase64 } from '../model/attachment';
import type { Turn } from '../model/conversation';
import type { Wording } from '../model/wording';

/** Turns what is stored into what is shown: codes become words, instants become durations from `now` (ms since 1970). */
export function turnView(turn: Turn, words: Wording, now: number): TurnView {
	return {
		id: turn.id,
		question: {
			text: turn.question.text,
			attachments: [
				...turn.question.attachments.map(({ label, text }) => ({ label, bytes: bytesOf(text) })),
				...(turn.question.pictures ?? []).map(({ label, data }) => ({ label, bytes: bytesOfBase64(data) })),
			],
		},
		...(turn.omitted !== undefined && { trimmed: trimmedInWords(turn.omitted, words) }),
		text: turn.answer.text,
		...(turn.answer.thoughts !== undefined && { thoughts: turn.answer.thoughts }),
		...(turn.answer.grounding && { grounding: turn.answer.grounding }),
		answer: answerView(turn.answer, words, now),
	};
}

function trimmedInWords(omitted: number, { t }: Wording): string {
	return omitted === 1
		? t('The conversation has become too long for the model: the first question was not sent along.')
		: t('The conversation has become too long for the model: the first {0} questions were not sent along.', omitted);
}

/** What is said while the next question makes the oldest ones of the conversation go. */
export function fullInWords({ t }: Wording): string {
	return t('This conversation is as long as one can be kept: each new question deletes the oldest.');
}

export function answerView(answer: Answer, words: Wording, now: number): AnswerView {
	switch (answer.is) {
		case 'waiting':
			return answer.step === 'queued'
				? { is: 'waiting', step: 'queued', wait: waitView(answer.wait, words, now) }
				: { is: 'waiting', step: answer.step };
		case 'streaming':
			return answer.wait ? { is: 'streaming', wait: waitView(answer.wait, words, now) } : { is: 'streaming' };
		case 'elsewhere':
			return { is: 'elsewhere', note: words.t('Being answered in another window…') };
		case 'done': {
			const note = noteOn(answer.finished, words);
			return { is: 'done', footer: footerView(answer.account, words), ...(note !== undefined && { note }) };
		}
		case 'failed': {
			const { why: reason, facts, account } = answer;
			const { text, remedy, action, link } = words.sayError({ reason, facts, trail: account.trail });
			return {
				is: 'failed',
				footer: footerView(answer.account, words),
				error: {
					text,
					...(remedy !== undefined && { remedy }),
					...(action && { action: action.title }),
					...(link && { link }),
				},
			};
		}
		case 'stopped':
			return {
				is: 'stopped',
				footer: footerView(answer.account, words),
				note: words.t('Stopped. What had come is kept.'),
			};
		case 'cut':
			return {
				is: 'stopped',
				footer: footerView(answer.account, words),
				note: words.t('Cut off: the window closed while the answer came. What had come is kept.'),
			};
	}
}

function waitView({ key, model, why, until, ahead }: Wait, words: Wording, now: number): WaitView {
	return { key, model, why: words.sayReason(why).brief, inMs: Math.max(0, until - now), ahead };
}

function footerView({ on, usage, ms, trail }: Account, words: Wording): FooterView {
	return {
		...(on && { key: on.key, model: on.model }),
		...(usage && { input: usage.input, output: usage.output + usage.thoughts }),
		ms,
		fallbacks: fallbacks(trail),
		trail: trail.map((sent) => ({
			...sent,
			words: sent.outcome === 'answered' ? words.t('answered') : words.sayReason(sent.outcome).brief,
		})),
	};
}

/** Only an end that a reader cannot see in the text itself is worth a note. */
function noteOn(finished: string, { t }: Wording): string | undefined {
	switch (finished) {
		case 'STOP':
			return undefined;
		case 'MAX_TOKENS':
			return t('The answer reached its length limit.');
		default:
			return t('The service ended the answer early ({0}).', finished);
	}
}

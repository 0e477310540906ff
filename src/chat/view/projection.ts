import { withKey } from '../../localization/keyInWords';
import { maxMessage, oneLine } from '../../ui/safeText';
import type { AnswerView, FooterView, TurnView, WaitView } from '../../webviews/protocol';
import { fallbacks, type AnswerSummary, type Answer, type Wait } from '../model/answer';
import { bytesOf, bytesOfBase64 } from '../model/attachment';
import type { Turn } from '../model/conversation';
import type { FreeQuota } from '../model/freeQuota';
import type { Wording } from '../model/wording';

/** Turns what is stored into what is shown: codes become words, instants become durations from `now` (ms since 1970). */
export function turnView(turn: Turn, words: Wording, now: number): TurnView {
	return {
		id: turn.id,
		question: {
			text: turn.question.text,
			attachments: [
				...turn.question.attachments.map(({ label, text }) => ({
					label: oneLine(label),
					bytes: bytesOf(text),
				})),
				...(turn.question.pictures ?? []).map(({ label, data }, n) => ({
					label: oneLine(label),
					bytes: bytesOfBase64(data),
					picture: pictureId(turn.id, n),
				})),
			],
		},
		...(turn.omitted !== undefined && {
			trimmed: trimmedInWords(turn.omitted, words),
		}),
		text: turn.answer.text,
		...(turn.answer.thoughts !== undefined && {
			thoughts: turn.answer.thoughts,
		}),
		...(turn.answer.grounding && { grounding: turn.answer.grounding }),
		answer: answerView(turn.answer, words, now),
	};
}

/** How a document names a picture of a question. */
export function pictureId(turn: string, n: number): string {
	return `${turn}/${n}`;
}

/** What free keys have left of a model today. */
export function leftInWords({ requests, isWhole }: FreeQuota, words: Wording): string {
	const { t } = words;
	if (requests === 1) return isWhole ? t('1 free request left today') : t('at least 1 free request left today');
	const count = words.describeCount(requests);
	return isWhole ? t('{0} free requests left today', count) : t('at least {0} free requests left today', count);
}

function trimmedInWords(omitted: number, { t }: Wording): string {
	return omitted === 1
		? t('The conversation is too long for the model: the first question was not sent.')
		: t('The conversation is too long for the model: the first {0} questions were not sent.', omitted);
}

/** What is said while the next question makes the oldest ones of the conversation go. */
export function fullInWords({ t }: Wording): string {
	return t('This conversation is as long as one can be kept: each new question deletes the oldest.');
}

export function answerView(answer: Answer, words: Wording, now: number): AnswerView {
	switch (answer.state) {
		case 'waiting':
			return answer.step === 'queued'
				? {
						state: 'waiting',
						step: 'queued',
						wait: waitView(answer.wait, words, now),
					}
				: { state: 'waiting', step: answer.step };
		case 'streaming':
			return answer.wait ? { state: 'streaming', wait: waitView(answer.wait, words, now) } : { state: 'streaming' };
		case 'elsewhere':
			return {
				state: 'elsewhere',
				note: words.t('Being answered in another window…'),
			};
		case 'done': {
			const note = noteOn(answer.finishReason, words);
			return {
				state: 'done',
				footer: footerView(answer.summary, words),
				...(note !== undefined && { note }),
			};
		}
		case 'failed': {
			const { reason, facts, summary } = answer;
			const { text, remedy, action, link } = words.describeError({
				reason,
				facts,
				attempts: summary.attempts,
			});
			return {
				state: 'failed',
				footer: footerView(answer.summary, words),
				error: {
					text: oneLine(withKey(text, { reason, attempts: summary.attempts }), maxMessage),
					...(remedy !== undefined && { remedy }),
					...(action && { action: action.title }),
					...(reason === 'noKeys' && facts.limit === undefined && { noKey: true as const }),
					...(link && { link }),
				},
			};
		}
		case 'stopped':
			return {
				state: 'stopped',
				footer: footerView(answer.summary, words),
				note: hasContent(answer)
					? words.t('Stopped. What had arrived is kept.')
					: words.t('Stopped before an answer arrived.'),
			};
		case 'cut':
			return {
				state: 'stopped',
				footer: footerView(answer.summary, words),
				note: hasContent(answer)
					? words.t('Cut off: the window closed during the answer. What had arrived is kept.')
					: words.t('Cut off: the window closed before an answer arrived.'),
			};
	}
}

function hasContent({ text, thoughts }: Answer): boolean {
	return text !== '' || thoughts !== undefined;
}

function waitView({ key, model, reason, until, ahead }: Wait, words: Wording, now: number): WaitView {
	return {
		key: oneLine(key),
		model: oneLine(model),
		reason: words.describeReason(reason).brief,
		inMs: Math.max(0, until - now),
		ahead,
	};
}

function footerView({ on, usage, cost = 0, ms, attempts }: AnswerSummary, words: Wording): FooterView {
	return {
		...(on && { key: oneLine(on.key), model: oneLine(on.model) }),
		...(usage && { input: usage.input, output: usage.output + usage.thoughts }),
		...(cost > 0 && { cost: words.t('About {0}', words.describeMoney(cost)) }),
		ms,
		fallbacks: fallbacks(attempts),
		attempts: attempts.map((sent) => ({
			...sent,
			label: oneLine(sent.label),
			model: oneLine(sent.model),
			words: sent.outcome === 'answered' ? words.t('answered') : words.describeReason(sent.outcome).brief,
		})),
	};
}

/** Only an end that a reader cannot see in the text itself is worth a note. */
function noteOn(finishReason: string, { t }: Wording): string | undefined {
	switch (finishReason) {
		case 'STOP':
			return undefined;
		case 'MAX_TOKENS':
			return t('The answer reached its length limit.');
		default:
			return t('The service ended the answer early ({0}).', finishReason);
	}
}

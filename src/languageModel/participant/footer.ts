import type { Grounding, Piece } from '../../gemini/gemini';
import type { Translate, Words } from '../../localization/words';
import { answererOf, type KeyId, type StreamPart } from '../../pool/pool';
import { bold, listed, paragraphs, plain, type Markdown } from '../../ui/markdown';

type Done = Extract<StreamPart<Piece>, { type: 'done' }>;

/**
 * Who answered, and how: the line under an answer.
 *
 * @param ms by the wall clock, which may be set back meanwhile
 * @param omitted earlier questions that were not sent along
 */
export function footer(
	{ on, attempts, usage }: Done,
	ms: number,
	words: Words,
	labelOf: (key: KeyId) => string,
	omitted = 0,
): Markdown {
	const { t } = words;
	const { key, model } = answererOf({ on, attempts }, labelOf);
	const cost = attempts.reduce((sum, sent) => sum + (sent.cost ?? 0), 0);
	const others = attempts.filter(({ outcome }) => outcome !== 'answered').length;
	return `\n\n---\n\n${listed(
		plain(model),
		plain(key),
		usage && plain(t('{0} tokens', words.describeCount(usage.input + usage.output + usage.thoughts))),
		cost > 0 ? plain(t('About {0}', words.describeMoney(cost))) : undefined,
		plain(t('{0} s', words.describeCount(Math.round(Math.max(0, ms) / 100) / 10))),
		others === 0
			? undefined
			: plain(others === 1 ? t('1 earlier attempt failed') : t('{0} earlier attempts failed', others)),
		omitted === 0
			? undefined
			: plain(
					omitted === 1
						? t('the first question here was not sent along')
						: t('the first {0} questions here were not sent along', omitted),
				),
	)}` as Markdown;
}

/** What an answer rests on, by title; the editor lists the addresses beside it. */
export function sourcesOf(grounding: Grounding | undefined, t: Translate): string {
	if (!grounding) return '';
	const { queries, sources } = grounding;
	const list = sources.map(({ title }, n) => `${n + 1}. ${plain(title)}`).join('\n') as Markdown;
	const searched = queries.length > 0 ? plain(t('Searched for: {0}', queries.join(' · '))) : undefined;
	return `\n\n${paragraphs(bold(t('Sources')), searched, list)}`;
}

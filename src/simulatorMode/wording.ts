import { l10n } from 'vscode';
import type { Wording } from '../simulator/answer/wording';

/** The simulator's answers, in the language of the window. */
export function wordingOfWindow(): Wording {
	return {
		title: l10n.t('A simulated answer'),
		asked: l10n.t('You asked:'),
		notice: l10n.t('This text comes from the **simulator**, not from Gemini.'),
		mark: (nonce) => l10n.t('Its mark is {0}.', `\`${nonce}\``),
		instructed: l10n.t('A system instruction was given.'),
		points: (model) => [
			l10n.t('The question reached the simulator.'),
			l10n.t('The answer is Markdown, with code and a table.'),
			l10n.t('The model was {0}.', `\`${model}\``),
		],
		table: [
			[l10n.t('Step'), l10n.t('Result')],
			[l10n.t('Question'), l10n.t('received')],
			[l10n.t('Answer'), l10n.t('complete')],
		],
		end: l10n.t('That is all.'),
		short: (question, nonce) => [
			l10n.t('You asked “{0}”, ', question),
			l10n.t('and the simulator answers with {0}.', nonce),
		],
		thought: l10n.t('First I read the question, then I answer it.'),
	};
}

import { createMasker } from '../masking';
import { longestLabel } from './ids';

export { longestLabel } from './ids';

/** What is wrong with a new name for a key, in words; undefined when nothing is. `others` are the names of the other keys. */
export function labelProblem(
	label: string,
	others: readonly string[],
	t: (message: string, ...values: (string | number)[]) => string,
): string | undefined {
	const name = label.trim();
	if (name === '') return t('A key needs a name.');
	if (name.length > longestLabel) return t('A name has at most {0} characters.', longestLabel);
	if (createMasker().mask(name) !== name)
		return t('This looks like a key. A name is shown in many places: choose another one.');
	return others.includes(name) ? t('Another key has this name.') : undefined;
}

import { createMasker } from '../../masking/masking';
import { maxLabelLength } from '../keyring/labels';

/** A name as it is stored: on one line, whatever separated two cells of a table. */
export function nameOf(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}

/** Why a new name for a key is invalid; undefined if it is valid. `others` are the names of the other keys. */
export function labelProblem(
	label: string,
	others: readonly string[],
	t: (message: string, ...values: (string | number)[]) => string,
): string | undefined {
	const name = nameOf(label);
	if (name === '') return t('A key needs a name.');
	return nameProblem(name, t) ?? (others.includes(name) ? t('Another key has this name already.') : undefined);
}

/** Why a name of a key, project or account is invalid; undefined if it is valid. An empty name is valid. */
export function nameProblem(
	text: string,
	t: (message: string, ...values: (string | number)[]) => string,
): string | undefined {
	const name = nameOf(text);
	if (name.length > maxLabelLength) return t('A name has at most {0} characters.', maxLabelLength);
	return createMasker().mask(name) === name
		? undefined
		: t('This looks like a key. A name is shown in many places: choose another one.');
}

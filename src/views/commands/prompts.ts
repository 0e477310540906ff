import { numberFor, numberIn } from '../../localization/numberIn';
import { nameOf, nameProblem } from '../../keys/commands/labelProblem';
import { askText } from '../../ui/inputBox';
import { pickOne } from '../../ui/quickPick';
import type { Translate, Words } from '../../localization/words';

/** One line of a pick, with what choosing it means. */
export interface Choice<T> {
	readonly label: string;
	readonly description?: string;
	readonly detail?: string;
	/** Whatever is typed. */
	readonly alwaysShow?: true;
	readonly value: T;
}

/**
 * What a person chose; undefined when the list was closed. The current choice is marked.
 *
 * @param stays where the focus goes elsewhere: the walkthrough takes it as soon as its command has begun.
 */
export async function choose<T>(
	title: string,
	choices: readonly Choice<T>[] | Promise<readonly Choice<T>[]>,
	current?: T,
	stays = false,
): Promise<{ readonly value: T } | undefined> {
	const items = async () =>
		(await choices).map((choice) => ({ ...choice, isCurrent: current !== undefined && choice.value === current }));
	return pickOne(items(), {
		title,
		matchOnDescription: true,
		matchOnDetail: true,
		ignoreFocusOut: stays,
	});
}

/** A name of 1 to 60 characters on one line that looks like no key; an empty answer is undefined as a name. Nothing at all when closed. */
export async function askName(
	title: string,
	prompt: string,
	current: string | undefined,
	t: Translate,
): Promise<{ readonly name: string | undefined } | undefined> {
	const text = await askText({
		title,
		prompt,
		value: current ?? '',
		problem: (typed) => nameProblem(typed, t),
	});
	if (text === undefined) return undefined;
	const name = nameOf(text);
	return { name: name === '' ? undefined : name };
}

export interface NumberRange {
	readonly least: number;
	readonly most: number;
	readonly whole: boolean;
}

/** A number in a range; an empty answer is undefined as a number. Nothing at all when closed. */
export async function askNumber(
	title: string,
	prompt: string,
	current: number | undefined,
	range: NumberRange,
	words: Pick<Words, 't' | 'describeCount'>,
): Promise<{ readonly number: number | undefined } | undefined> {
	const text = await askText({
		title,
		prompt,
		value: numberFor(current),
		problem: (typed) => numberProblem(typed, range, words),
	});
	return text === undefined ? undefined : { number: numberIn(text, range.whole) };
}

function numberProblem(
	text: string,
	{ least, most, whole }: NumberRange,
	{ t, describeCount }: Pick<Words, 't' | 'describeCount'>,
): string | undefined {
	const number = numberIn(text, whole);
	if (number === undefined) return undefined;
	if (number >= least && number <= most && (!whole || Number.isInteger(number))) return undefined;
	return whole
		? t('A whole number from {0} to {1}.', least, describeCount(most))
		: t('A number from {0} to {1}. Write a thousand as 1000.', least, most);
}

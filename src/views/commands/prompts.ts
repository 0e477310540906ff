import { numberFor, numberIn, numberProblem, type NumberRange } from '../../localization/numberIn';
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

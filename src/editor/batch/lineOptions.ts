import * as v from 'valibot';
import type { PromptOptions } from '../../generation/options';
import { promptEntries, promptOptions } from '../../generation/schema';

/** The options that a line asks for, or the field that is wrong: nothing of a line is left out without a word. */
export type LineOptions =
	| { readonly options: PromptOptions }
	| { readonly reason: 'noSuchField' | 'badField'; readonly field: string };

export function optionsIn(fields: Readonly<Record<string, unknown>>): LineOptions {
	const unknown = Object.keys(fields).find((name) => !Object.hasOwn(promptEntries, name));
	if (unknown !== undefined) return { reason: 'noSuchField', field: unknown };
	const read = v.safeParse(promptOptions, fields);
	if (read.success) return { options: read.output };
	const key = read.issues[0].path?.[0]?.key;
	return { reason: 'badField', field: typeof key === 'string' ? key : '' };
}

/** The option that each column of a table stands for, whatever its capitals; others are the person's own. */
export function optionColumns(columns: readonly string[]): ReadonlyMap<string, string> {
	const names = new Map(Object.keys(promptEntries).map((name) => [name.toLowerCase(), name]));
	return new Map(
		columns.flatMap((column) => {
			const option = names.get(column.trim().toLowerCase());
			return option === undefined ? [] : [[column, option] as const];
		}),
	);
}

/** An empty cell says nothing. */
export function optionsInCells(
	row: Readonly<Record<string, string>>,
	columns: ReadonlyMap<string, string>,
): LineOptions {
	const cells = [...columns].flatMap(([column, option]) => {
		const text = (row[column] ?? '').trim();
		return text === '' ? [] : [[option, option === 'system' ? text : valueIn(text)] as const];
	});
	return optionsIn(Object.fromEntries(cells));
}

/**
 * A number, `true`, or a list or object as JSON; else the text itself. A spreadsheet writes TRUE, and 0,7 where that is how people
 * write a fraction.
 */
function valueIn(text: string): unknown {
	const plain = text.replace(/^(-?)(?:(0),(\d+)|(\d+),(\d{1,2}))$/, '$1$2$4.$3$5');
	try {
		return JSON.parse(/^(?:true|false)$/i.test(text) ? text.toLowerCase() : plain);
	} catch {
		return text;
	}
}

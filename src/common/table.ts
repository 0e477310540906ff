import Papa from 'papaparse';

type Row = Readonly<Record<string, string>>;

interface Table {
	readonly columns: readonly string[];
	readonly rows: readonly Row[];
	readonly flaw?: TableFlaw;
}

/** Why part of a table may be in the wrong cell, or in none. `line` from 1; of cells the row, empty ones counted. */
export interface TableFlaw {
	/** `badQuotes`: a quotation mark is never closed, or stands undoubled within a cell. */
	readonly reason: 'tooManyCells' | 'badQuotes';
	readonly line: number;
}

/** A table of any text. `lines`: which of its rows these are, from 1, the header and empty ones counted. */
export type PlainTable = Table & { readonly lines: readonly number[] };

/** What stands between the cells of a table that we write. */
export type Separator = ',' | ';';

/** The rows of any CSV with a header, by column. Detects the separator; skips empty lines. */
export function readPlainTable(text: string): PlainTable {
	const { delimiter, linebreak } = marksOf(text);
	// Two programs can have written one file: each line ends as Windows writes it, or not.
	return read(text, { delimiter, newline: linebreak === '\r' ? '\r' : '\n' }, (cell) => cell.replace(/\r$/, ''));
}

/** What a table that goes with this one has between its cells: the spreadsheet that opens one opens the other. */
export function separatorOf(text: string): Separator {
	return marksOf(text).delimiter === ';' ? ';' : ',';
}

/** The rows of a CSV that `writeTable` wrote. */
export function readTable(text: string, delimiter: Separator = ','): Table {
	const { lines: _, ...table } = read(text, { delimiter }, (cell) => unguarded(cell, delimiter));
	return table;
}

/** A CSV with these columns, in this order. A spreadsheet finds no formula in it. */
export function writeTable(columns: readonly string[], rows: readonly Row[], delimiter: Separator = ','): string {
	const data = rows.map((row) => columns.map((column, at) => cellFor(row[column] ?? '', at, delimiter)));
	const fields = columns.map((column) => guarded(column, delimiter));
	const text = Papa.unparse({ fields, data }, { newline: '\n', delimiter });
	// Without rows, it ends the header's line itself.
	return data.length === 0 ? text : `${text}\n`;
}

/** Guessed from the lines that are not empty. */
function marksOf(text: string): Papa.ParseMeta {
	return Papa.parse(text, { skipEmptyLines: 'greedy', preview: 1 }).meta;
}

function read(
	text: string,
	marks: { readonly delimiter: string; readonly newline?: '\r' | '\n' },
	cellOf: (cell: string) => string,
): PlainTable {
	const { data, errors } = Papa.parse<readonly string[]>(text, marks);
	const written = data
		.map((cells, at) => ({ cells, line: at + 1 }))
		.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
	const [header = [], ...rest] = written.map(({ cells }) => cells.map(cellOf));
	const lines = written.slice(1).map(({ line }) => line);
	const columns = uniqueNames(header);
	// Only existing cells: a long header over many short lines would make a huge table. And not with Papa's own header option,
	// which loses the cells of a column named `__proto__`.
	const rows = rest.map((cells) =>
		Object.fromEntries(
			cells.flatMap((cell, n): [string, string][] => (columns[n] === undefined ? [] : [[columns[n], cell]])),
		),
	);
	const flaw = quoteFlaw(text, errors) ?? cellFlaw(rest, lines, columns.length);
	return { columns, rows, lines, ...(flaw && { flaw }) };
}

function quoteFlaw(text: string, errors: readonly Papa.ParseError[]): TableFlaw | undefined {
	const error = errors.find(({ type }) => type === 'Quotes');
	return error && { reason: 'badQuotes', line: text.slice(0, error.index).split(/\r\n?|\n/).length };
}

/** A cell without a column: most often a text with a separator that is not in quotes. */
function cellFlaw(
	rows: readonly (readonly string[])[],
	lines: readonly number[],
	columns: number,
): TableFlaw | undefined {
	const line = lines[rows.findIndex((cells) => cells.slice(columns).some((cell) => cell.trim() !== ''))];
	return line === undefined ? undefined : { reason: 'tooManyCells', line };
}

/** The names of columns, with a number added to repeated ones. */
function uniqueNames(names: readonly string[]): readonly string[] {
	const taken = new Set<string>();
	const next = new Map<string, number>();
	for (const name of names) {
		let n = next.get(name) ?? 0;
		const numbered = (): string => (n === 0 ? name : `${name}_${n}`);
		while (taken.has(numbered())) n += 1;
		taken.add(numbered());
		next.set(name, n + 1);
	}
	return [...taken];
}

/**
 * A spreadsheet runs a cell that begins with one of these as a formula, and a model or an untrusted file can be made to write
 * one. Full-width signs count too. A spreadsheet that splits at another sign than we do begins a cell after each of those, and
 * after a line end, because our quotes are then in the middle of its cell and do not count.
 */
const signs = '=+\\-@\uff1d\uff0b\uff0d\uff20';
const begins = {
	plain: new RegExp(`^(?=[ '"]*[\\t\\r${signs}])`),
	guarded: new RegExp(`^'(?=[ '"]*[\\t\\r${signs}])`),
};
const inside = { ',': insideWith(';\\t\\r\\n'), ';': insideWith(',;\\t\\r\\n') };

function insideWith(ends: string): typeof begins {
	return {
		plain: new RegExp(`([${ends}])(?=[ '"]*[${signs}])`, 'g'),
		guarded: new RegExp(`([${ends}])'(?=[ '"]*[${signs}])`, 'g'),
	};
}

/** A negative number alone, with a point or a comma. */
const negative = /^-\d+(?:[.,]\d+)?(?:e-?\d+)?$/i;

/** A number is no formula; at the begin of a line it would be the begin of one for a spreadsheet that separates elsewhere. */
function cellFor(cell: string, column: number, separator: Separator): string {
	return column > 0 && negative.test(cell) ? cell : guarded(cell, separator);
}

function guarded(cell: string, separator: Separator): string {
	return cell.replace(inside[separator].plain, "$1'").replace(begins.plain, "'");
}

function unguarded(cell: string, separator: Separator): string {
	return cell.replace(begins.guarded, '').replace(inside[separator].guarded, '$1');
}

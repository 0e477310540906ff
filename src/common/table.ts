import Papa from 'papaparse';

type Row = Readonly<Record<string, string>>;

interface Table {
	readonly columns: readonly string[];
	readonly rows: readonly Row[];
}

/** The rows of a CSV with a header, by column, as anybody writes it; the separator is found out. Empty lines do not count. */
export function readPlainTable(text: string): Table {
	return read(text, undefined, (cell) => cell);
}

/** The rows of a CSV that `writeTable` wrote. */
export function readTable(text: string): Table {
	return read(text, ',', unguarded);
}

/** A CSV with these columns, in this order. No cell of it, nor a part of one, is a formula to a spreadsheet. */
export function writeTable(columns: readonly string[], rows: readonly Row[]): string {
	const data = rows.map((row) => columns.map((column) => guarded(row[column] ?? '')));
	return `${Papa.unparse({ fields: columns.map(guarded), data }, { newline: '\n' })}\n`;
}

function read(text: string, delimiter: string | undefined, cellOf: (cell: string) => string): Table {
	const { data } = Papa.parse<readonly string[]>(text, {
		skipEmptyLines: 'greedy',
		...(delimiter !== undefined && { delimiter }),
	});
	const [header = [], ...lines] = data.map((cells) => cells.map(cellOf));
	const columns = uniqueNames(header);
	// Only the cells that are there: a long header over many short lines would make a table of their product. And not by Papa's
	// own names, which lose the cells of a column called `__proto__`.
	const rows = lines.map((cells) =>
		Object.fromEntries(
			cells.flatMap((cell, n): [string, string][] => (columns[n] === undefined ? [] : [[columns[n], cell]])),
		),
	);
	return { columns, rows };
}

/** The names of columns, told apart by a number where two are the same. */
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
 * A spreadsheet would run what begins so as a formula, and a model or a stranger's file can be made to write one. It takes
 * the full-width signs for the others. Where it separates at semicolons or tabs it begins a cell after each, and after a
 * line end too: it does not take our quotes, which stand in the middle of its cell, for quotes.
 */
const signs = '=+\\-@\uff1d\uff0b\uff0d\uff20';
const begins = {
	plain: new RegExp(`^(?=[ '"]*[\\t\\r${signs}])`),
	guarded: new RegExp(`^'(?=[ '"]*[\\t\\r${signs}])`),
};
const inside = {
	plain: new RegExp(`([;\\t\\r\\n])(?=[ '"]*[${signs}])`, 'g'),
	guarded: new RegExp(`([;\\t\\r\\n])'(?=[ '"]*[${signs}])`, 'g'),
};

function guarded(cell: string): string {
	return cell.replace(inside.plain, "$1'").replace(begins.plain, "'");
}

function unguarded(cell: string): string {
	return cell.replace(begins.guarded, '').replace(inside.guarded, '$1');
}

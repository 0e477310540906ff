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
	const { data, meta } = Papa.parse<Record<string, unknown>>(text, {
		...{ header: true, skipEmptyLines: 'greedy' as const },
		...(delimiter !== undefined && { delimiter }),
	});
	const fields = meta.fields ?? [];
	const rows = data.map((row) =>
		Object.fromEntries(
			fields.map((field) => {
				const cell = row[field];
				return [cellOf(field), cellOf(typeof cell === 'string' ? cell : '')];
			}),
		),
	);
	return { columns: fields.map(cellOf), rows };
}

/**
 * A spreadsheet would run what begins so as a formula, and a model or a stranger's file can be made to write one. It takes
 * the full-width signs for the others. Where it separates at semicolons or tabs it begins a cell after each, and after a
 * line end too: it does not take our quotes, which stand in the middle of its cell, for quotes.
 */
const signs = '=+\\-@\uff1d\uff0b\uff0d\uff20';
const begins = { plain: new RegExp(`^(?=[ ']*[\\t\\r${signs}])`), guarded: new RegExp(`^'(?=[ ']*[\\t\\r${signs}])`) };
const inside = {
	plain: new RegExp(`([;\\t\\r\\n])(?=[ ']*[${signs}])`, 'g'),
	guarded: new RegExp(`([;\\t\\r\\n])'(?=[ ']*[${signs}])`, 'g'),
};

function guarded(cell: string): string {
	return cell.replace(inside.plain, "$1'").replace(begins.plain, "'");
}

function unguarded(cell: string): string {
	return cell.replace(begins.guarded, '').replace(inside.guarded, '$1');
}

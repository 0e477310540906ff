import Papa from 'papaparse';

type Row = Readonly<Record<string, string>>;

/** The rows of a CSV with a header, by column; the separator is found out. Empty lines do not count. */
export function readTable(text: string): { readonly columns: readonly string[]; readonly rows: readonly Row[] } {
	const { data, meta } = Papa.parse<Record<string, unknown>>(text, { header: true, skipEmptyLines: 'greedy' });
	const columns = meta.fields ?? [];
	const rows = data.map((row) =>
		Object.fromEntries(
			columns.map((column) => [column, unguarded(typeof row[column] === 'string' ? row[column] : '')]),
		),
	);
	return { columns, rows };
}

/** A CSV with these columns, in this order. */
export function writeTable(columns: readonly string[], rows: readonly Row[]): string {
	const data = rows.map((row) => columns.map((column) => guarded(row[column] ?? '')));
	return `${Papa.unparse({ fields: [...columns], data }, { newline: '\n' })}\n`;
}

/** A spreadsheet would run a cell that begins so as a formula, and a model can be made to write one. */
const formula = /^'*[=+\-@\t\r]/;

function guarded(cell: string): string {
	return formula.test(cell) ? `'${cell}` : cell;
}

function unguarded(cell: string): string {
	return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
}

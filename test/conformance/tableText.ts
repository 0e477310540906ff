import type { Difference } from './server/verdict';

/** What came of one client in one scenario. */
export type Cell =
	| { readonly state: 'passed' }
	| { readonly state: 'failed'; readonly differences: readonly Difference[] }
	/** It cannot take part. */
	| { readonly state: 'apart'; readonly reason: string };

export interface Row {
	readonly file: string;
	readonly scenario: string;
	readonly cells: ReadonlyMap<string, Cell>;
}

const begin = '<!-- Made by `npm run conformance -- table --write`: -->';
const end = '<!-- Until here. -->';

/** The document with its generated part made anew. */
export function withTable(
	document: string,
	clients: readonly { readonly name: string; readonly what: string }[],
	rows: readonly Row[],
): string {
	const [before] = document.split(begin);
	const [, after = ''] = document.split(end);
	const names = clients.map(({ name }) => name);
	const cells = (name: string): readonly Cell[] => rows.flatMap(({ cells }) => cells.get(name) ?? []);
	const count = (name: string, state: Cell['state']): string =>
		String(cells(name).filter((cell) => cell.state === state).length);
	const sums = table(
		['', ...names],
		[
			['passed', ...names.map((name) => count(name, 'passed'))],
			['failed', ...names.map((name) => count(name, 'failed'))],
			['n/a', ...names.map((name) => count(name, 'apart'))],
		],
	);
	const files = [...new Set(rows.map(({ file }) => file))].map((file) => {
		const lines = rows
			.filter((row) => row.file === file)
			.map((row) => [row.scenario, ...names.map((name) => inWords(row.cells.get(name)))]);
		return `### ${file}\n\n${table(['scenario', ...names], lines)}`;
	});
	const legend = clients.map(({ name, what }) => `- **${name}**: ${what}.`).join('\n');
	return `${before}${begin}\n\n${[legend, sums, ...files].join('\n\n')}\n\n${end}${after}`;
}

function inWords(cell: Cell | undefined): string {
	switch (cell?.state) {
		case 'passed':
			return '✔';
		case 'failed':
			return `✖ ${cell.differences[0]?.kind ?? ''}`;
		case 'apart':
			return `n/a: ${cell.reason}`;
		case undefined:
			return '';
	}
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
	const row = (cells: readonly string[]): string =>
		`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
	return [row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n');
}

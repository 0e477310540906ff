/** A block of code that has begun in a Markdown text. */
interface Fence {
	/** What stands before the mark: the spaces, list marks and quotation marks around it. */
	readonly before: string;
	readonly mark: string;
	/** The list that it stands in, by the columns that a line of it begins with at least; 0 where it is in none. */
	readonly list: number;
}

/** Bounded: a line of millions of marks would be more than an expression can go back over. */
const opening = /^((?:\s|>|[-*+]\s|\d{1,9}[.)]\s){0,1000})(`{3,}(?!`)|~{3,}(?!~))(.*)$/;
const listItem = /^( {0,3}(?:[-*+]|\d{1,9}[.)]))(?:\s|$)/;

/** What ends the block of code that a Markdown text leaves open: whatever follows would be code, too. Empty where there is none. */
export function openFenceIn(text: string): string {
	let open: Fence | undefined;
	let list = 0;
	for (const line of text.split(/\r?\n/)) {
		if (open && leaves(line, open)) open = undefined;
		if (open) {
			if (closes(line, open)) open = undefined;
			continue;
		}
		list = listAt(line, list);
		open = openedBy(line, list);
	}
	if (open === undefined || open.before.includes('>')) return '';
	return open.before.replace(/\S/g, ' ') + open.mark;
}

/** The list that goes on or begins with a line. */
function listAt(line: string, list: number): number {
	const indent = line.search(/\S/);
	if (indent === -1 || (list > 0 && indent >= list)) return list;
	const [, marked = ''] = listItem.exec(line) ?? [];
	return marked === '' ? 0 : marked.length + 1;
}

function openedBy(line: string, list: number): Fence | undefined {
	const [, before, mark, info] = opening.exec(line) ?? [];
	if (before === undefined || mark === undefined || info === undefined) return undefined;
	// Inline code at the start of a line, or code by its indent.
	if ((mark.startsWith('`') && info.includes('`')) || (list === 0 && /^\s{4}/.test(before))) return undefined;
	return { before, mark, list };
}

/** A quotation ends with the first line that is not quoted, a list with the first one that stands before its items' text. */
function leaves(line: string, { before, list }: Fence): boolean {
	if (before.includes('>')) return !/^\s*>/.test(line);
	const indent = line.search(/\S/);
	return indent !== -1 && indent < list;
}

function closes(line: string, { before, mark, list }: Fence): boolean {
	const isInside = list > 0 || before.includes('>');
	const [, run] = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(isInside ? line.replace(/^[\s>]*/, '') : line) ?? [];
	return run?.startsWith(mark) === true;
}

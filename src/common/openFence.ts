/** A block of code that has begun in a Markdown text. */
interface Fence {
	/** What stands before the mark: the spaces, list marks and quotation marks around it. */
	readonly before: string;
	readonly mark: string;
	/** It stands in an item of a list, or in a quotation, and ends with it. */
	readonly isInside: boolean;
}

const opening = /^((?:\s|>|[-*+]\s|\d{1,9}[.)]\s)*)(`{3,}(?!`)|~{3,}(?!~))(.*)$/;
const listItem = /^\s{0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;

/** What ends the block of code that a Markdown text leaves open: whatever follows would be code, too. Empty where there is none. */
export function openFenceIn(text: string): string {
	let open: Fence | undefined;
	let inList = false;
	for (const line of text.split(/\r?\n/)) {
		const isBlank = line.trim() === '';
		if (open?.isInside === true && !isBlank && !/^[\s>]/.test(line)) open = undefined;
		if (open) {
			if (closes(line, open)) open = undefined;
			continue;
		}
		inList = listItem.test(line) || (inList && (isBlank || /^\s/.test(line)));
		open = openedBy(line, inList);
	}
	if (open === undefined || open.before.includes('>')) return '';
	return open.before.replace(/\S/g, ' ') + open.mark;
}

function openedBy(line: string, inList: boolean): Fence | undefined {
	const [, before, mark, info] = opening.exec(line) ?? [];
	if (before === undefined || mark === undefined || info === undefined) return undefined;
	const isInside = inList || before.trim() !== '';
	// Inline code at the start of a line, or code by its indent.
	if ((mark.startsWith('`') && info.includes('`')) || (!isInside && before.length > 3)) return undefined;
	return { before, mark, isInside };
}

function closes(line: string, { mark, isInside }: Fence): boolean {
	const [, run] = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(isInside ? line.replace(/^[\s>]*/, '') : line) ?? [];
	return run?.startsWith(mark) === true;
}

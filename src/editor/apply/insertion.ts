import { reindent } from './reindent';

/** The line of a document that holds the cursor. */
export interface CursorLine {
	readonly before: string;
	readonly after: string;
}

/** What is written at the cursor. `fromLineStart`: in place of the white space before it, too. */
export interface Insertion {
	readonly text: string;
	readonly fromLineStart: boolean;
}

/**
 * Code of an answer as it goes to a cursor: lines of its own never run together with what stands on that line. A single
 * line that goes into the middle of another one, or to its end, belongs to that one.
 */
export function insertionAt({ before, after }: CursorLine, code: string): Insertion {
	const indent = /^\s*/.exec(before + after)?.[0] ?? '';
	const fit = (atLineStart: boolean): string => reindent(code, { indent, atLineStart, replaced: '' });
	if (before.trim() === '') {
		return after.trim() === ''
			? { text: fit(before === ''), fromLineStart: false }
			: { text: `${fit(true)}\n${indent}`, fromLineStart: true };
	}
	const inline = fit(false);
	if (!inline.includes('\n')) return { text: inline, fromLineStart: false };
	return { text: `\n${fit(true)}${after.trim() === '' ? '' : `\n${indent}`}`, fromLineStart: false };
}

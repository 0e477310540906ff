// Ours, not dotenv (18.0.10), which keeps one of two values of a name, drops lines without a name, and takes the square of the
// number of empty lines: test/fuzz/README.md.
/** A variable's value, or a line without a name. */
export interface Assignment {
	readonly name?: string;
	readonly value: string;
}

/** A name, `=` or `:`, a value. */
const assignment = /^(?:export\s+|set\s+|\$env:)?["']?([A-Za-z_][\w.-]{0,99})["']?\s*[=:]([^]*)$/i;
/** Lines that a quoted value may span. */
const maxLines = 100;
/** What follows a value on its line is read where it is another assignment or holds a key: else it is a remark. */
const readable = /^(?!#).*(?:=|AIza|AQ\.)/;
/** Assignments that are read after each other on one line. */
const maxOnLine = 100;

/**
 * The assignments of `.env` text, and its other lines unchanged. Drops comments; understands `export`, quotes (also around
 * several lines) and all line ends.
 */
export function* assignmentsIn(text: string): Iterable<Assignment> {
	const lines = text.split(/\r\n|\n|\r/);
	let onLine = 0;
	let restAt = -1;
	for (let at = 0; at < lines.length; at += 1) {
		if (at !== restAt) onLine = 0;
		const line = (lines[at] ?? '').trim();
		if (line === '' || line.startsWith('#') || line.startsWith('//')) {
			continue;
		}
		const [, name, after] = assignment.exec(line) ?? [];
		const rest = after?.trimStart();
		if (name === undefined || rest === undefined || isPadding(name, rest)) {
			yield { value: withoutComment(line) };
			continue;
		}
		const quote = /^["'`]/.exec(rest)?.[0];
		if (quote === undefined) {
			yield { name, value: withoutComment(rest) };
			continue;
		}
		const more = rest.includes(quote, 1) ? 0 : linesToQuote(lines, at, quote);
		const value = [rest.slice(1), ...lines.slice(at + 1, at + 1 + more)].join('\n');
		at += more;
		const end = value.indexOf(quote);
		yield { name, value: end === -1 ? value : value.slice(0, end) };
		const left = end === -1 ? '' : value.slice(end + 1).replace(/^[\s;&]{1,20}/, '');
		// The loop reads the rest of this line as the next one.
		if (readable.test(left) && ++onLine < maxOnLine) {
			restAt = at;
			lines[at--] = left;
		}
	}
}

/** A long word followed only by `=` is a token with padding, unless it looks like a variable's name. */
function isPadding(name: string, rest: string): boolean {
	const isMixed = /[a-z]/.test(name) && /[A-Z]/.test(name) && /\d/.test(name);
	return name.length >= 20 && ((rest === '' && isMixed) || /^=+$/.test(rest));
}

/** How many lines follow until the quote closes; 0 if another assignment or the end comes first. */
function linesToQuote(lines: readonly string[], from: number, quote: string): number {
	for (let more = 1; more <= maxLines; more += 1) {
		const line = lines[from + more];
		if (line === undefined || assignment.test(line.trim())) {
			return 0;
		}
		if (line.includes(quote)) {
			return more;
		}
	}
	return 0;
}

function withoutComment(value: string): string {
	const at = value.search(/(?<!\S)#/);
	return (at === -1 ? value : value.slice(0, at)).trim();
}

/** More values than any conversation has, or any list of tokens that becomes vectors. */
const maxMarks = 500_000;

/**
 * Whether a JSON text has more values than are read: 32 MB of empty objects would take gigabytes of memory, and block all other
 * requests for minutes.
 */
export function hasTooManyValues(text: string): boolean {
	let marks = 0;
	for (let at = 0; at < text.length; at++) {
		const sign = text[at];
		if (sign === '"') at = endOfString(text, at);
		else if ((sign === ',' || sign === '{' || sign === '[') && ++marks > maxMarks) return true;
	}
	return false;
}

/** Where the closing quote is, or the end of the text. */
function endOfString(text: string, start: number): number {
	for (let at = start; ;) {
		at = text.indexOf('"', at + 1);
		if (at < 0) return text.length;
		let slashes = 0;
		while (text[at - 1 - slashes] === '\\') slashes++;
		if (slashes % 2 === 0) return at;
	}
}

import { unseen } from '../common/invisible';
import type { Span } from './span';

/** Layers of escapes that are undone: JSON within JSON within a URL has three. */
const maxDepth = 4;
/** UTF-16 units that may separate two characters of a secret unnoticed: a line break with its indentation. */
const maxGap = 64;
/** Blanks before a line break, as in Markdown's hard break. More of them are a table's padding. */
const blanks = '[ \\t]{0,8}';

const skipped = `(?:[${unseen}]|${blanks}[\\r\\n\\u2028\\u2029][ \\t]*)+`;
const escaped = [
	// JSON, JavaScript, Markdown (which escapes any punctuation), and a line continuation.
	'\\\\(?:u\\{0{0,4}[0-9a-f]{1,6}\\}|u[0-9a-f]{4}|x[0-9a-f]{2}|\\r?\\n|[bfnrv0]|[!-/:-@[-`{-~])',
	// URLs: characters beyond ASCII have several bytes.
	'%(?:u[0-9a-f]{4}|[c-f][0-9a-f](?:%[89ab][0-9a-f]){1,3}|[0-9a-f]{2})',
	// HTML, which Markdown understands too.
	'&(?:#x0{0,4}[0-9a-f]{1,6}|#0{0,4}[0-9]{1,7}|amp|lt|gt|quot|apos|lowbar|UnderBar|period);',
];
/** A text without any of these needs no further reading. */
const quick = new RegExp(`[\\\\%&\\r\\n\\u2028\\u2029${unseen}]`, 'iu');
/** The first group is skipped; any other match is an escape. */
const token = new RegExp(`(${skipped})|${escaped.join('|')}`, 'giu');
/** The same for the escapes of one family alone. */
const familyTokens = escaped.map((family) => new RegExp(`(${skipped})|${family}`, 'giu'));
/** Readings of one secret. A secret without escapes has one. */
const maxSecretReadings = 64;
/** Blanks, the first part of an escape, or half a character at the end of a text. */
const unfinished =
	/[ \t]{0,8}(?:\\(?:u\{?[0-9a-f]{0,10}|x[0-9a-f]?|\r)?|%(?:u?[0-9a-f]{0,3}|[c-f][0-9a-f](?:%[89ab][0-9a-f]){0,2}(?:%[89ab]?)?)|&(?:#x?[0-9a-f]{0,10}|[a-z]{0,8})|[\ud800-\udbff])?$/i;
const maxUnfinished = 32;

const named: Readonly<Record<string, string>> = {
	'&amp;': '&',
	'&lt;': '<',
	'&gt;': '>',
	'&quot;': '"',
	'&apos;': "'",
	'&lowbar;': '_',
	'&underbar;': '_',
	'&period;': '.',
};

/** A place where a reading differs from its source. Offsets in UTF-16 units. */
interface Token extends Span {
	/** Its place in the source. */
	readonly from: Span;
}

/** A text with layers of escapes undone, and without invisible characters. */
export class Reading {
	private constructor(
		readonly text: string,
		private readonly tokens: readonly Token[],
		private readonly of: Reading | undefined,
	) {}

	/** The text itself, and a reading for each further layer that changes it. */
	static readonly all = (text: string): readonly Reading[] => {
		const readings = [new Reading(text, [], undefined)];
		for (let last = readings[0]; last && readings.length <= maxDepth;) {
			last = last.next();
			if (last) readings.push(last);
		}
		return readings;
	};

	/**
	 * What a secret itself can read as. If it contains escapes, unescaping the text around it undoes them too: all of them, or
	 * one family before another, because the families around it differ in depth.
	 */
	static readonly ofSecret = (secret: string): ReadonlySet<string> => {
		const texts = new Set([secret]);
		// The loop adds to `texts` while it runs; each reading is shorter than its source.
		for (const text of texts) {
			for (const pattern of [token, ...familyTokens]) {
				const next = new Reading(text, [], undefined).next(pattern);
				if (next && texts.size < maxSecretReadings) texts.add(next.text);
			}
		}
		return texts;
	};

	/** The span in the original text of a part of this reading. */
	origin({ start, end }: Span): Span {
		if (!this.of) return { start, end };
		return this.of.origin({
			start: this.startBelow(start),
			end: end > start ? this.endBelow(end) : this.startBelow(end),
		});
	}

	/** Where an unfinished escape or trailing blanks begin, whose meaning more text could change; else the end. */
	get complete(): number {
		const from = Math.max(0, this.text.length - maxUnfinished);
		const at = unfinished.exec(this.text.slice(from))?.index;
		return at === undefined ? this.text.length : from + at;
	}

	private next(pattern = token): Reading | undefined {
		const { text } = this;
		if (!quick.test(text)) return undefined;
		const pieces: string[] = [];
		const tokens: Token[] = [];
		let from = 0;
		let length = 0;
		for (const match of text.matchAll(pattern)) {
			const [found] = match;
			const read = match[1] === undefined ? unescaped(found) : found.length > maxGap ? undefined : '';
			if (read === undefined) continue;
			const before = text.slice(from, match.index);
			pieces.push(before, read);
			const start = length + before.length;
			length = start + read.length;
			from = match.index + found.length;
			tokens.push({ start, end: length, from: { start: match.index, end: from } });
		}
		return tokens.length === 0 ? undefined : new Reading(pieces.join('') + text.slice(from), tokens, this);
	}

	private startBelow(at: number): number {
		const token = this.lastUpTo(at);
		if (!token) return at;
		return at < token.end ? token.from.start : token.from.end + at - token.end;
	}

	private endBelow(end: number): number {
		const token = this.lastUpTo(end - 1);
		if (!token) return end;
		return end <= token.end ? token.from.end : token.from.end + end - token.end;
	}

	/** The last token that begins at or before `at`. */
	private lastUpTo(at: number): Token | undefined {
		let low = 0;
		let high = this.tokens.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((this.tokens[middle]?.start ?? 0) <= at) low = middle + 1;
			else high = middle;
		}
		return this.tokens[low - 1];
	}
}

/** The character that an escape stands for; undefined if it is not valid. */
function unescaped(escape: string): string | undefined {
	switch (escape[0]) {
		case '%':
			return /^%u/i.test(escape) ? character(escape.slice(2), 16) : ofBytes(escape);
		case '&': {
			const number = /^&#(x?)(.+);$/i.exec(escape);
			return number ? character(number[2] ?? '', number[1] === '' ? 10 : 16) : named[escape.toLowerCase()];
		}
		default: {
			const rest = escape.slice(1);
			const digits = /^[ux]\{?([0-9a-f]{2,})\}?$/i.exec(rest)?.[1];
			if (digits !== undefined) return character(digits, 16);
			if (/^[bfv0]$/.test(rest)) return '';
			return rest === 'n' ? '\n' : rest === 'r' ? '\r' : /^\s/.test(rest) ? '' : rest;
		}
	}
}

function character(digits: string, radix: 10 | 16): string | undefined {
	const code = Number.parseInt(digits, radix);
	return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

function ofBytes(escape: string): string | undefined {
	try {
		return decodeURIComponent(escape);
	} catch {
		return undefined;
	}
}

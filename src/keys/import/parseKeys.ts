import { jsonIn } from '../../common/json';
import { assignmentsIn } from './dotenv';
import { cleaned, kindOf, parseSecret, type Refusal, type Secret, type SecretKind } from '../keyring/secret';
import { maskKey } from '../../masking/masking';

/** A key found in a text. */
export interface ParsedKey {
	readonly secret: Secret;
	readonly kind: SecretKind;
	/** The variable or property that held it, if that makes a useful label. */
	readonly name?: string;
	/** How often it was repeated in the text. */
	readonly repeats: number;
}

/** A part of the text that was meant as a key but cannot be one, and why. */
export type RefusedText = Refusal & {
	/** Safe to show. */
	readonly mask: string;
};

export interface ParsedKeys {
	readonly recognised: readonly ParsedKey[];
	readonly refused: readonly RefusedText[];
	/** Whether the text exceeded `parseLimits`. */
	readonly cut: boolean;
}

/** How much of a text is read. */
export const parseLimits = { characters: 1_000_000, keys: 1_000 };

/** The usual variables for Gemini keys; a number or a word may follow. */
const keyVariable = /^(?:GEMINI_API_KEYS?|GOOGLE_API_KEY)(?:_\w+)?$/i;
/** Names that would make a poor label. */
const plainName = /^(?:(?:GEMINI_|GOOGLE_)?(?:API_?)?KEYS?|https?)$/i;
/** A name that contains a key, from the line before or a swapped assignment. As a label it would show the key. */
const keyInName = /AIza[\w-]{30}|AQ\.[\w.-]{30}/;
/** What precedes a token in a header. */
const scheme = /^(?:bearer|basic)$/i;
const wholeKey = /^(?:AIza[\w-]{35}|AQ\.[\w.-]{40,100})$/;
/** Whole keys within a word, beside brackets, a name, markup or a full stop. */
const within = /(?<![\w.\p{L}\p{N}-])(?:AIza[\w-]{35}|AQ\.[\w.-]{39,99}[\w-])(?![\w\p{L}\p{M}\p{N}-])/gu;
/** Whole keys anywhere in a text: in a command line, a URL, code. */
const shapes = /(?<![\w.-])(?:AIza[\w-]{35}|AQ\.[\w.-]{40,100})(?![^\s"'`&,;)}\]\\])/g;

/**
 * Finds the keys in a pasted text: one key, several in a list or on lines, `.env` text, JSON. In JSON and in variables of
 * other names only a value that looks like a Gemini key counts. Words beside keys are ignored.
 *
 * @param isForKeys the text comes from where there are only keys: one of no known kind is none the less one
 */
export function parseKeys(text: string, isForKeys = false): ParsedKeys {
	const collected = new KeyCollector(isForKeys);
	const whole = unwrapped(text.slice(0, parseLimits.characters));
	const single = parseSecret(whole);
	const json = parsedJson(whole);
	if (!single.ok && single.reason === 'otherService' && single.service === 'Google service account') {
		collected.refuse({
			mask: '{…}',
			reason: single.reason,
			service: single.service,
		});
	} else if (json !== undefined) {
		collected.json(json);
	} else {
		for (const { name, value } of assignmentsIn(whole)) {
			// A list can say behind a colon whose key it is.
			if (name !== undefined && wholeKey.test(name)) collected.tokens(name);
			collected.tokens(value, name);
		}
		if (collected.empty) {
			collected.shapes(whole);
		}
	}
	return collected.result(text.length > parseLimits.characters);
}

/** Where an assignment begins in a text whose line breaks a one-line box has turned into spaces. */
const assigned = /(?<!\b(?:export|set)|[ \t])[ \t]+(?=(?:(?:export|set)[ \t]+|\$env:)?[A-Za-z_][\w.-]{0,99}=)/gi;

/** Where a word with a key in it begins in such a text. */
const keyed = /(?<![ \t])[ \t]+(?=[^\s#]{0,60}?(?:AIza[\w-]{35}(?![\w-])|AQ\.[\w.-]{40}))/g;

/**
 * Restores the line breaks of a text from a one-line box, so that a comment ends with its line: between assignments, and
 * before a key that would be part of the comment.
 */
export function withLineBreaks(text: string): string {
	if (/[\r\n]/.test(text)) return text;
	return text.replace(assigned, '\n').replace(/(?<!\S)#.*/g, (comment) => comment.replace(keyed, '\n'));
}

/** The first part of a key at the end of a line, and the first word of the next line. */
const wrapped = /(?<![\w.-])(AIza[\w-]{0,34}|AQ\.[\w.-]{0,39})(?:\r\n|\n|\r)[ \t]*([\w.-]+)(?=["'`]?\s|["'`]?$)/g;

/** Joins keys that a mail or a terminal has wrapped over two lines. */
function unwrapped(text: string): string {
	return text.replace(wrapped, (both, first: string, second: string) =>
		kindOf(second) === 'unknown' && wholeKey.test(first + second) ? first + second : both,
	);
}

/** Reasons shown at the same time. */
const maxReasons = 3;

/** The refusals that explain best why a text holds no key: each reason once, other services first. */
export function mainRefusals(refused: readonly RefusedText[]): readonly RefusedText[] {
	const byReason = new Map<string, RefusedText>();
	for (const one of [...refused.filter(({ reason }) => reason === 'otherService'), ...refused]) {
		const reason = one.reason === 'otherService' ? one.service : one.reason;
		if (!byReason.has(reason)) byReason.set(reason, one);
	}
	return [...byReason.values()].slice(0, maxReasons);
}

/** Collects keys in order, each once. */
class KeyCollector {
	private readonly found = new Map<string, ParsedKey>();
	private readonly refused = new Map<string, RefusedText>();
	/** Keys of other services in variables that are not for Gemini: reported only if there is nothing else to report. */
	private readonly foreign = new Map<string, RefusedText>();
	/** Keys of no known kind that nothing names as one. */
	private readonly doubtful = new Set<string>();
	/** No room for another key. */
	private full = false;
	/** No room for another refusal; the search for keys continues. */
	private overflowed = false;

	constructor(private readonly isForKeys: boolean) {}

	/** Reads each part of a value: separated by white space, commas, semicolons or bars. */
	tokens(value: string, name?: string): void {
		const pieces = value
			.split(/[\s,;|]+/)
			.map(cleaned)
			.flatMap(keysWithin)
			.filter((piece) => piece !== '' && !scheme.test(piece));
		const isForGemini = name === undefined || keyVariable.test(name);
		const hasKey = pieces.some((piece) => kindOf(piece) !== 'unknown');
		for (const piece of pieces) {
			if (this.full) {
				return;
			}
			if (looksLikeKey(piece) || (isForGemini && !(hasKey && isWord(piece)))) {
				this.take(piece, name);
			} else if (!hasKey && this.foreign.size < parseLimits.keys) {
				const parsed = parseSecret(piece);
				if (!parsed.ok && parsed.reason === 'otherService') {
					this.foreign.set(piece, {
						...refusalOf(parsed),
						mask: maskKey(piece),
					});
				}
			}
		}
	}

	get empty(): boolean {
		return this.found.size === 0;
	}

	/** Reads whatever looks like a key. If there is any, the text around it is not reported as refused. */
	shapes(text: string): void {
		const matches = text.match(shapes) ?? [];
		if (matches.length > 0) {
			this.refused.clear();
			this.overflowed = false;
			matches.slice(0, parseLimits.keys).forEach((match) => this.take(match, undefined));
		}
	}

	/** Reads the strings of parsed JSON: all of a list; of an object those named like, or looking like, a Gemini key. */
	json(value: unknown, name?: string, depth = 0): void {
		if (typeof value === 'string') {
			this.tokens(value, name);
		} else if (Array.isArray(value) && depth < 8) {
			value.forEach((item) => this.json(item, name, depth + 1));
		} else if (typeof value === 'object' && value !== null && depth < 8) {
			Object.entries(value).forEach(([key, item]) => this.json(item, key, depth + 1));
		}
	}

	refuse(refused: RefusedText): void {
		if (this.refused.size < parseLimits.keys) {
			this.refused.set(JSON.stringify(refused), refused);
		} else {
			this.overflowed = true;
		}
	}

	result(cut: boolean): ParsedKeys {
		const all = [...this.found];
		// Beside a known kind, an id or a long word is none.
		const hasKnown = all.some(([, { kind }]) => kind === 'AQ' || kind === 'AIza');
		return {
			recognised: all.filter(([value]) => !hasKnown || !this.doubtful.has(value)).map(([, key]) => key),
			refused: [...(this.refused.size + this.found.size > 0 ? this.refused : this.foreign).values()],
			cut: cut || this.full || this.overflowed,
		};
	}

	private take(piece: string, name: string | undefined): void {
		const parsed = parseSecret(piece);
		if (!parsed.ok) {
			this.refuse({ ...refusalOf(parsed), mask: maskKey(piece) });
			return;
		}
		const value = parsed.secret.reveal();
		const before = this.found.get(value);
		if (before) {
			this.found.set(value, { ...before, repeats: before.repeats + 1 });
		} else if (this.found.size < parseLimits.keys) {
			const isNamed = this.isForKeys || name !== undefined;
			if (parsed.kind === 'unknown' && !isNamed && !isMixed(value)) this.doubtful.add(value);
			const isUsefulName = name !== undefined && !plainName.test(name) && !keyInName.test(name);
			const label = isUsefulName ? { name: name.slice(0, 60) } : {};
			this.found.set(value, {
				secret: parsed.secret,
				kind: parsed.kind,
				repeats: 0,
				...label,
			});
		} else {
			this.full = true;
		}
	}
}

function refusalOf({ ok: _, ...refusal }: { readonly ok: false } & Refusal): Refusal {
	return refusal;
}

/** The keys in a piece that has other characters than a key's; else the piece itself. */
function keysWithin(piece: string): readonly string[] {
	return (/^[\w.-]*[\w-]$/.test(piece) ? null : piece.match(within)) ?? [piece];
}

/** As random characters are. */
function isMixed(value: string): boolean {
	return /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value) && !value.includes('/');
}

function looksLikeKey(piece: string): boolean {
	const kind = kindOf(piece);
	return kind === 'AQ' || kind === 'AIza';
}

/** A word, an address or a list number beside a key. */
function isWord(piece: string): boolean {
	if (piece.includes('://')) {
		return true;
	}
	return kindOf(piece) === 'unknown' && piece.length < 20 && /^(?:\D*|\W*\d{1,4}\W*)$/.test(piece);
}

function parsedJson(text: string): unknown {
	return /^\s*[[{]/.test(text) ? jsonIn(text) : undefined;
}

import type { Span } from './span';

/** Shorter ones would redact ordinary words. */
const shortest = 5;
/** A cut-off secret is known by so many of its first characters. */
const headLength = 12;
/** From this length on a secret's head alone is telling. Shorter ones are the simulator's, which differ in their ends. */
const cutFrom = 20;
/** Far above the keys that a keyring takes; the oldest go first. */
const mostForms = 20_000;

/**
 * Finds secrets that were learnt, and their cut-off beginnings, in one pass over a text whatever their number:
 * a table over the first characters turns almost every position away at once.
 */
export class KnownSecrets {
	/** Insertion order is age. */
	private readonly forms = new Set<string>();
	private readonly heads = new Set<string>();
	private readonly lengths = new Set<number>();
	private readonly gate = new Uint8Array(1 << 16);

	learn(secret: string): void {
		if (secret.length < shortest) {
			return;
		}
		for (const form of formsOf(secret)) {
			this.forms.delete(form);
			this.forms.add(form);
			this.lengths.add(form.length);
			this.gate[slot(form, 0)] = 1;
			if (form.length >= cutFrom) {
				this.heads.add(form.slice(0, headLength));
			}
		}
		for (const oldest of this.forms) {
			if (this.forms.size <= mostForms) {
				break;
			}
			this.forms.delete(oldest);
		}
	}

	*find(text: string): Iterable<Span> {
		if (this.forms.size === 0) {
			return;
		}
		let wordEnd = 0;
		for (let start = 0; start + shortest <= text.length; start += 1) {
			if (this.gate[slot(text, start)] !== 1) {
				continue;
			}
			let end = this.wholeAt(text, start);
			if (this.heads.has(text.slice(start, start + headLength))) {
				wordEnd = wordEnd > start ? wordEnd : endOfWord(text, start);
				end = Math.max(end, wordEnd, start + headLength);
			}
			if (end > start) {
				yield { start, end };
			}
		}
	}

	/** The end of the longest secret that stands whole at `start`, or `start`. */
	private wholeAt(text: string, start: number): number {
		let longest = 0;
		for (const length of this.lengths) {
			if (length > longest && this.forms.has(text.slice(start, start + length))) {
				longest = length;
			}
		}
		return start + longest;
	}
}

/** Mixes the first five characters into a place of the table. */
function slot(text: string, at: number): number {
	let mixed = 0;
	for (let i = at; i < at + shortest; i += 1) {
		mixed = (mixed * 31 + text.charCodeAt(i)) & 0xffff;
	}
	return mixed;
}

function endOfWord(text: string, start: number): number {
	const word = /[\w.%-]*/y;
	word.lastIndex = start;
	return start + (word.exec(text)?.[0].length ?? 0);
}

/** A secret as itself, in a URL, in JSON, in JSON within JSON, and each of the plain ones in HTML. Most keys look the same in all of them. */
function formsOf(secret: string): ReadonlySet<string> {
	const url = encodeURIComponent(secret.replace(/\p{Surrogate}/gu, ''));
	const json = JSON.stringify(secret).slice(1, -1);
	return new Set([
		secret,
		url,
		url.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
		json,
		JSON.stringify(json).slice(1, -1),
		html(secret),
		html(json),
	]);
}

function html(text: string): string {
	return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

// Not jsonrepair (3.15.0): it takes quadratic time, throws on deep brackets and on text around the body, and turns bare words
// into strings (test/fuzz/README.md).
/**
 * Reads almost-JSON: cut off in the middle, printed by Python (`{'code': 429, 'ok': None}`), or with trailing commas. Error
 * bodies arrive like that through exceptions of other clients, through proxies, and because only a bounded part of a body is
 * read. Takes linear time; nesting and the number of values are bounded.
 */
export function readLooseJson(text: string): unknown {
	return new Reader(text).value(0);
}

const maxDepth = 24;
const maxValues = 5000;
const booleans = new Map([
	['true', true],
	['True', true],
	['false', false],
	['False', false],
]);
const escapes = new Map([
	['n', '\n'],
	['r', '\r'],
	['t', '\t'],
	['b', '\b'],
	['f', '\f'],
]);

class Reader {
	private at = 0;
	private values = 0;

	constructor(private readonly text: string) {}

	/** Undefined at the end of the text, and where no value begins. */
	value(depth: number): unknown {
		this.skip();
		const first = this.text[this.at];
		if (first === undefined || depth > maxDepth || ++this.values > maxValues) {
			this.at = this.text.length;
			return undefined;
		}
		if (first === '{') {
			return this.object(depth);
		}
		if (first === '[') {
			return this.array(depth);
		}
		return first === '"' || first === "'" ? this.string(first) : this.word();
	}

	private object(depth: number): unknown {
		const fields = new Map<string, unknown>();
		this.at++;
		while (!this.ends('}')) {
			const before = this.at;
			const name = this.value(depth + 1);
			this.skip();
			if (this.text[this.at] === ':') {
				this.at++;
				const value = this.value(depth + 1);
				if (typeof name === 'string') {
					fields.set(name, value);
				}
			}
			this.at = Math.max(this.at, before + 1);
		}
		return Object.fromEntries(fields);
	}

	private array(depth: number): unknown {
		const items: unknown[] = [];
		this.at++;
		while (!this.ends(']')) {
			const before = this.at;
			items.push(this.value(depth + 1));
			this.at = Math.max(this.at, before + 1);
		}
		return items;
	}

	private string(quote: string): string {
		const read: string[] = [];
		let from = ++this.at;
		for (; this.at < this.text.length && this.text[this.at] !== quote; this.at++) {
			if (this.text[this.at] === '\\') {
				read.push(this.text.slice(from, this.at), this.escape());
				from = this.at + 1;
			}
		}
		read.push(this.text.slice(from, this.at));
		this.at++;
		return read.join('');
	}

	/** Leaves `at` on the last character of the escape. */
	private escape(): string {
		const letter = this.text[++this.at] ?? '';
		if (letter === 'u') {
			const code = this.text.slice(this.at + 1, this.at + 5);
			if (/^[\da-f]{4}$/i.test(code)) {
				this.at += 4;
				return String.fromCharCode(parseInt(code, 16));
			}
		}
		return escapes.get(letter) ?? letter;
	}

	private word(): unknown {
		const word = /[^\s,:{}[\]"']{1,64}/y;
		word.lastIndex = this.at;
		const read = word.exec(this.text)?.[0] ?? '';
		this.at += read.length;
		return booleans.get(read) ?? (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(read) ? Number(read) : undefined);
	}

	/** Skips to the next item; true (and past the bracket) when there is none. */
	private ends(bracket: string): boolean {
		this.skip();
		const here = this.text[this.at];
		if (here === bracket) {
			this.at++;
		}
		return here === undefined || here === bracket;
	}

	private skip(): void {
		const space = /[\s,]*/y;
		space.lastIndex = this.at;
		this.at += space.exec(this.text)?.[0].length ?? 0;
	}
}

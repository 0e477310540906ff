/** A value to set in a JSON text; objects on the way to it are made where they are missing or null, lists are not. */
export interface JsonEdit {
	readonly path: readonly (string | number)[];
	/** JSON; absent: the member goes from its object. */
	readonly value?: string;
}

/** The edits below one value. */
interface Node {
	value?: string;
	isGone?: true;
	readonly below: Map<string, Node>;
}

/**
 * Sets values in a JSON text and leaves every other byte as it is: numbers that JavaScript cannot hold, order, white space.
 * A name that an object has twice is set twice, so that no two readers differ. `text` has been parsed before.
 */
export function withEdits(text: string, edits: readonly JsonEdit[]): string {
	if (edits.length === 0) return text;
	const root: Node = { below: new Map() };
	for (const { path, value } of edits) {
		let node = root;
		for (const step of path) {
			const next = node.below.get(String(step)) ?? { below: new Map<string, Node>() };
			node.below.set(String(step), next);
			node = next;
		}
		if (value === undefined) node.isGone = true;
		else node.value = value;
	}
	return new Editor(text).run(root);
}

class Editor {
	private at = 0;
	/** How far the text has been copied. */
	private copied = 0;
	private readonly pieces: string[] = [];

	constructor(private readonly text: string) {}

	run(root: Node): string {
		this.edit(root);
		this.pieces.push(this.text.slice(this.copied));
		return this.pieces.join('');
	}

	/** Copies or edits the value that begins here. */
	private edit(node: Node): void {
		this.skipSpace();
		if (node.value !== undefined) {
			const start = this.at;
			this.skipValue();
			this.put(start, node.value, this.at);
		} else if (this.text[this.at] === '{') {
			this.editObject(node);
		} else if (this.text[this.at] === '[') {
			this.editList(node);
		} else {
			this.skipValue();
		}
	}

	private editObject(node: Node): void {
		this.at++;
		const missing = new Map([...node.below].filter(([, { isGone }]) => isGone === undefined));
		let isEmpty = true;
		/** The end of what stays so far. */
		let end = this.at;
		this.skipSpace();
		while (this.text[this.at] !== '}') {
			const begin = this.at;
			this.skipString();
			const name: unknown = JSON.parse(this.text.slice(begin, this.at));
			this.skipSpace();
			// The colon.
			this.at++;
			const below = node.below.get(String(name));
			missing.delete(String(name));
			const isGone = below?.isGone === true;
			if (below && !isGone) this.editMember(below);
			else this.skipValue();
			const behind = this.at;
			this.endItem();
			// Removed with the comma before it or, if nothing stays before it, with the one after it.
			const cut = isGone && isEmpty ? this.at : behind;
			if (isGone) this.put(end, '', cut);
			isEmpty &&= isGone;
			end = cut;
		}
		if (missing.size > 0) this.put(this.at, (isEmpty ? '' : ',') + membersOf(missing), this.at);
		this.at++;
	}

	/** Many clients write null for an absent field. */
	private editMember(node: Node): void {
		this.skipSpace();
		const start = this.at;
		this.edit(node);
		const isNull = node.value === undefined && this.text.startsWith('null', start);
		if (isNull) this.put(start, `{${membersOf(node.below)}}`, start + 'null'.length);
	}

	private editList(node: Node): void {
		this.at++;
		this.skipSpace();
		for (let index = 0; this.text[this.at] !== ']'; index++) {
			const below = node.below.get(String(index));
			if (below) this.edit(below);
			else this.skipValue();
			this.endItem();
		}
		this.at++;
	}

	private put(start: number, value: string, end: number): void {
		this.pieces.push(this.text.slice(this.copied, start), value);
		this.copied = end;
	}

	/** To the next item, or to what closes the list. */
	private endItem(): void {
		this.skipSpace();
		if (this.text[this.at] === ',') {
			this.at++;
			this.skipSpace();
		}
	}

	private skipValue(): void {
		this.skipSpace();
		for (let depth = 0; this.at < this.text.length;) {
			const character = this.text[this.at];
			if (character === '"') this.skipString();
			else {
				if (depth === 0 && (character === ',' || character === '}' || character === ']')) return;
				if (character === '{' || character === '[') depth++;
				if (character === '}' || character === ']') depth--;
				this.at++;
				if (depth > 0 || (character !== '}' && character !== ']')) continue;
			}
			if (depth === 0) return;
		}
	}

	/** Jumps from quote to quote: a picture has millions of characters. */
	private skipString(): void {
		for (;;) {
			this.at = this.text.indexOf('"', this.at + 1);
			if (this.at < 0) throw new SyntaxError('A string does not end');
			let slashes = 0;
			while (this.text[this.at - 1 - slashes] === '\\') slashes++;
			if (slashes % 2 === 0) break;
		}
		this.at++;
	}

	private skipSpace(): void {
		for (; ; this.at++) {
			const sign = this.text[this.at];
			if (sign !== ' ' && sign !== '\n' && sign !== '\r' && sign !== '\t') return;
		}
	}
}

function membersOf(nodes: ReadonlyMap<string, Node>): string {
	return [...nodes]
		.map(([name, node]) => `${JSON.stringify(name)}:${node.value ?? `{${membersOf(node.below)}}`}`)
		.join(',');
}

/** Characters. The largest object holds an image and stays below this. */
const maxChunk = 32 * 1024 * 1024;

/** Splits JSON into its outermost objects, or the objects of a list, however the text is chunked. */
export class JsonChunks {
	/** Pieces of the unfinished object, joined only once, so that a long one does not take quadratic time. */
	private pieces: string[] = [];
	private size = 0;
	private depth = 0;
	private inString = false;
	private isEscaped = false;

	/** Whether an object is unfinished. */
	get isWithin(): boolean {
		return this.depth > 0;
	}

	/** Returns the objects that `text` completed. Throws a SyntaxError if one exceeds 32 Mi characters. */
	push(text: string): string[] {
		const chunks: string[] = [];
		let begin = 0;
		for (let at = 0; at < text.length; at++) {
			const character = text[at];
			if (this.inString) {
				if (this.isEscaped) this.isEscaped = false;
				else if (character === '\\') this.isEscaped = true;
				else if (character === '"') this.inString = false;
			} else if (character === '"') {
				this.inString = true;
			} else if (character === '{') {
				if (this.depth++ === 0) begin = at;
			} else if (character === '}' && this.depth > 0 && --this.depth === 0) {
				chunks.push(this.pieces.join('') + text.slice(begin, at + 1));
				this.pieces = [];
				this.size = 0;
			}
		}
		if (this.depth > 0) this.keep(text.slice(begin));
		return chunks;
	}

	private keep(piece: string): void {
		this.size += piece.length;
		if (this.size > maxChunk) throw new SyntaxError('An object of the answer is larger than 32 Mi characters');
		this.pieces.push(piece);
	}
}

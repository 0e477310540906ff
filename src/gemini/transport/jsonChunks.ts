/** Splits JSON into its outermost objects, or the objects of a list, however the text is chunked. */
export class JsonChunks {
	/** Pieces of the unfinished object, joined only once, so that a long one does not take quadratic time. */
	private pieces: string[] = [];
	private depth = 0;
	private inString = false;
	private isEscaped = false;

	/** Whether an object is unfinished. */
	get isWithin(): boolean {
		return this.depth > 0;
	}

	/** Returns the objects that `text` completed. How large one may grow is for the caller, who bounds the whole stream. */
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
			}
		}
		if (this.depth > 0) this.pieces.push(text.slice(begin));
		return chunks;
	}
}

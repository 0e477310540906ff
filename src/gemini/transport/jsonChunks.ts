/** Characters. An answer can hold an image in one object; none is larger than this. */
const maxChunk = 32 * 1024 * 1024;

/** Cuts JSON into its outermost objects, those of a list one by one, however its characters are chunked. */
export class JsonChunks {
	/** The beginning of the object that has not ended yet, in pieces: joined once, or a long one would cost its square. */
	private pieces: string[] = [];
	private size = 0;
	private depth = 0;
	private inString = false;
	private isEscaped = false;

	/** Whether an object has begun and not ended. */
	get isWithin(): boolean {
		return this.depth > 0;
	}

	/** Takes more; returns the objects that it completed. Throws a SyntaxError where one grows beyond 32 Mi characters. */
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

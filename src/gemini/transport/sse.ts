// Ours, not eventsource-parser (4.1.3), which makes an error with its stack of each stray line (eighty times our time), and
// drops an event that the end of the body cuts: test/fuzz/README.md.
/** One server-sent event: its name (`message` where none was given) and its data. */
export interface ServerEvent {
	readonly name: string;
	readonly data: string;
}

/** Characters. An answer can hold an image in one event; no event is larger than this. */
const maxEvent = 32 * 1024 * 1024;
const maxStray = 65_536;

/**
 * Cuts a text/event-stream into events, however its bytes are chunked and its lines end. Unlike the SDK's reader it
 * keeps named events, among them `event: error`.
 */
export class EventReader {
	/** Pieces of the line that has not ended yet: joined once, or a long line would cost its square. */
	private pieces: string[] = [];
	private size = 0;
	private endedWithCr = false;
	private name: string | undefined;
	private data: string[] = [];
	/** Lines, each with its end: joined when they are asked for, or many lines would cost the square of their number. */
	private stray: string[] = [];
	private strayLeft = maxStray;

	/** Lines that are no part of the format: what a proxy or a plain error body sends instead. At most 64 KiB are kept. */
	get strayText(): string {
		return this.stray.join('');
	}

	/**
	 * Takes more of the stream; returns the events that it completed.
	 * Throws a SyntaxError where one event grows beyond 32 Mi characters.
	 */
	push(text: string): ServerEvent[] {
		const events: ServerEvent[] = [];
		// The second half of a CRLF that two chunks share.
		const fresh = this.endedWithCr && text.startsWith('\n') ? text.slice(1) : text;
		this.endedWithCr = text.endsWith('\r') || (this.endedWithCr && text === '');
		const lines = fresh.split(/\r\n|\n|\r/);
		const begun = lines.pop() ?? '';
		for (const line of lines) {
			this.count(line);
			const event = this.endLine(this.joined(line));
			if (event !== undefined) {
				events.push(event);
			}
		}
		this.count(begun);
		this.pieces.push(begun);
		return events;
	}

	/** The stream is over. Returns the event that had begun but was not ended by a blank line. */
	end(): ServerEvent | undefined {
		return this.endLine(this.joined('')) ?? this.endEvent();
	}

	private count(piece: string): void {
		this.size += piece.length;
		if (this.size > maxEvent) {
			throw new SyntaxError('An event of the stream is larger than 32 Mi characters');
		}
	}

	/** The line that ends so. */
	private joined(end: string): string {
		if (this.pieces.length === 0) return end;
		const line = this.pieces.join('') + end;
		this.pieces = [];
		return line;
	}

	private endLine(line: string): ServerEvent | undefined {
		if (line === '') {
			return this.endEvent();
		}
		const colon = line.indexOf(':');
		const value = colon === -1 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
		switch (colon === -1 ? line : line.slice(0, colon)) {
			case 'data':
				this.data.push(value);
				return undefined;
			case 'event':
				this.name = value.trim();
				return undefined;
			// Nothing of ours; the last is a comment.
			case 'id':
			case 'retry':
			case '':
				return undefined;
			default:
				this.keepStray(line);
				return undefined;
		}
	}

	private keepStray(line: string): void {
		if (this.strayLeft === 0) return;
		const kept = `${line.slice(0, this.strayLeft)}\n`.slice(0, this.strayLeft);
		this.stray.push(kept);
		this.strayLeft -= kept.length;
	}

	private endEvent(): ServerEvent | undefined {
		const begun = this.name !== undefined || this.data.length > 0;
		const event = { name: this.name ?? 'message', data: this.data.join('\n') };
		this.name = undefined;
		this.data = [];
		this.size = 0;
		return begun ? event : undefined;
	}
}

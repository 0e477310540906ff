// Not eventsource-parser (4.1.3): it creates an error with a stack for each stray line, which takes eighty times as long, and
// drops an event that is cut off by the end of the body (test/fuzz/README.md).
/** One server-sent event: its name (`message` by default) and its data. */
export interface ServerEvent {
	readonly name: string;
	readonly data: string;
}

/** Characters. */
const maxStray = 65_536;

/**
 * Splits a text/event-stream into events, whatever its chunks and line ends. Unlike the SDK's reader, it keeps named events,
 * such as `event: error`.
 */
export class EventReader {
	/** Pieces of the unfinished line, joined only once, so that a long line does not take quadratic time. */
	private pieces: string[] = [];
	private endedWithCr = false;
	private name: string | undefined;
	private data: string[] = [];
	/** Lines with their ends, joined only when needed, so that many lines do not take quadratic time. */
	private stray: string[] = [];
	private strayLeft = maxStray;

	/** Lines that do not belong to the format, as from a proxy or a plain error body. At most 64 KiB are kept. */
	get strayText(): string {
		return this.stray.join('');
	}

	/** Returns the events that `text` completed. How large one may grow is for the caller, who bounds the whole stream. */
	push(text: string): ServerEvent[] {
		const events: ServerEvent[] = [];
		// The second half of a CRLF that two chunks share.
		const fresh = this.endedWithCr && text.startsWith('\n') ? text.slice(1) : text;
		this.endedWithCr = text.endsWith('\r') || (this.endedWithCr && text === '');
		const lines = fresh.split(/\r\n|\n|\r/);
		const begun = lines.pop() ?? '';
		for (const line of lines) {
			const event = this.endLine(this.joined(line));
			if (event !== undefined) {
				events.push(event);
			}
		}
		this.pieces.push(begun);
		return events;
	}

	/** Call at the end of the stream. Returns the last event if no blank line ended it. */
	end(): ServerEvent | undefined {
		return this.endLine(this.joined('')) ?? this.endEvent();
	}

	/** The whole line, given its end. */
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
			// Unused; the last is a comment.
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
		return begun ? event : undefined;
	}
}

/** Checks a stream that comes in pieces. */
export interface StreamCheck {
	/** The error that ended the stream, if any. */
	refused(): Error | undefined;
	/** Returns the data of the events that `text` completed, up to the first error. */
	pass(text: string): readonly string[];
	/** Call at the end of the body. */
	end(): readonly string[];
}

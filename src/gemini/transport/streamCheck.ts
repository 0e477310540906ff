/** Something that takes a stream in pieces and gives out the events in it. */
export interface StreamCheck {
	/** Why nothing is passed on any more. */
	refused(): Error | undefined;
	/** Returns the data of the events that `text` completed, up to the first error. */
	pass(text: string): readonly string[];
	/** The body is over. */
	end(): readonly string[];
}

/** Questions that are being written anew, by their turns. */
export type Edits = Readonly<Record<string, string>>;

export function without(edits: Edits, turn: string): Edits {
	const { [turn]: _, ...others } = edits;
	return others;
}

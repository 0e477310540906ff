/** Questions that are being written anew, by their turns. */
export type Edits = Readonly<Record<string, string>>;

export function without(edits: Edits, turn: string): Edits {
	const { [turn]: _, ...others } = edits;
	return others;
}

/** Selects the box of a question that is being edited: after a refusal the person goes on there. */
export function editOf(turn: string): string {
	return `[data-role="edit"][data-turn="${turn}"]`;
}

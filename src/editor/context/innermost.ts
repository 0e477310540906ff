interface Place {
	readonly line: number;
	readonly character: number;
}

interface Node<P> {
	readonly range: { contains(place: P): boolean };
	readonly children: readonly this[];
}

/** The deepest symbol around a place. */
export function innermost<P extends Place, S extends Node<P>>(symbols: readonly S[], place: P): S | undefined {
	const around = symbols.find((symbol) => symbol.range.contains(place));
	return around && (innermost<P, S>(around.children, place) ?? around);
}

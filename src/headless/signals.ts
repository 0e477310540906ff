/**
 * Hears signals, and does with each what is to be done at that time. The listeners stay: a signal that has just come is lost
 * where one takes another's place.
 */
export class Signals {
	/** @param codes by signal the exit code that shells use for an end by it */
	constructor(
		codes: Readonly<Partial<Record<NodeJS.Signals, number>>>,
		private act: (code: number) => void,
	) {
		for (const [signal, code] of Object.entries(codes)) process.on(signal, () => this.act(code));
	}

	/** From now on. */
	become(act: () => void): void {
		this.act = act;
	}
}

interface Standing {
	/** Orders arrivals. */
	readonly order: number;
	readonly isWaiting: boolean;
}

/** So many may stand in it before it keeps places of those that have left. */
const small = 128;

/** Those that wait, in order. One that leaves costs next to nothing: places are closed up many at a time. */
export class Line<E extends Standing> {
	private all: E[] = [];
	private gone = 0;

	get length(): number {
		return this.all.length - this.gone;
	}

	add(entry: E): void {
		let at = this.all.length;
		while (at > 0 && (this.all[at - 1]?.order ?? 0) >= entry.order) at--;
		// Whoever goes through the entries must not lose its place.
		if (at < this.all.length) this.all = this.all.toSpliced(at, 0, entry);
		else this.all.push(entry);
	}

	/** Call when one has ceased to wait. */
	left(): void {
		this.gone++;
		if (this.gone * 2 < this.all.length && this.all.length > small) return;
		this.all = this.all.filter(({ isWaiting }) => isWaiting);
		this.gone = 0;
	}

	/** Some may have left. Those that come later are at the end. */
	entries(): readonly E[] {
		return this.all;
	}
}

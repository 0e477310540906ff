interface InLine {
	readonly order: number;
	readonly isWaiting: boolean;
}

/** So many places of requests that have left may stay in a line, and one of eight: each look at the line passes them again. */
const minGone = 128;
const goneShare = 1 / 8;

/** Requests that wait, in order of arrival. One that leaves costs next to nothing: places are closed up many at a time. */
export class Line<E extends InLine> {
	private all: E[] = [];
	private gone = 0;

	get length(): number {
		return this.all.length - this.gone;
	}

	add(entry: E): void {
		const at = this.placeOf(entry.order);
		// Whoever goes through the entries must not lose its place.
		if (at < this.all.length) this.all = this.all.toSpliced(at, 0, entry);
		else this.all.push(entry);
	}

	/** Call when one has ceased to wait. */
	left(): void {
		this.gone++;
		if (this.length > 0 && this.gone <= Math.max(minGone, this.all.length * goneShare)) return;
		this.all = this.all.filter(({ isWaiting }) => isWaiting);
		this.gone = 0;
	}

	/** Some may have left. Those that come later are at the end. */
	entries(): readonly E[] {
		return this.all;
	}

	private placeOf(order: number): number {
		let low = 0;
		for (let high = this.all.length; low < high;) {
			const middle = (low + high) >>> 1;
			if ((this.all[middle]?.order ?? Infinity) < order) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}

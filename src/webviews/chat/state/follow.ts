/** px from the end within which a reader who moves down counts as being there again. */
const near = 32;

/** px that rounding leaves between the end and a log that stands there. */
const rounding = 2;

/**
 * Keeps the end of the log in view as it grows, for a reader who is there; somebody further up is left alone.
 * Only the reader's own scrolling changes that.
 */
export class Follow {
	private following = true;
	private wanted: number | undefined;
	private lastTop = 0;
	private wasEmpty = false;

	constructor(
		private readonly log: HTMLElement,
		private readonly onChange: (following: boolean) => void,
	) {
		log.addEventListener('scroll', () => this.scrolled(), { passive: true });
		// A growing input box takes room from the log.
		new ResizeObserver(() => this.settle()).observe(log);
	}

	get atEnd(): boolean {
		return this.following;
	}

	get top(): number {
		return this.log.scrollTop;
	}

	/** Goes back to a place of reading as soon as enough has been drawn. */
	restore(scrollTop: number): void {
		this.following = false;
		this.wanted = scrollTop;
		this.settle();
	}

	toEnd(): void {
		this.wanted = undefined;
		this.set(true);
		this.settle();
	}

	/** After something was drawn. */
	settle(): void {
		// What the reader has done since comes first: its event may come later than this.
		this.scrolled();
		const { log } = this;
		const isEmpty = log.querySelector('.turn') === null;
		if (this.following) {
			// What an empty log says is read from its top.
			if (!isEmpty) this.scrollTo(log.scrollHeight);
			else if (!this.wasEmpty) this.scrollTo(0);
		} else if (this.wanted !== undefined) {
			const { wanted } = this;
			// As far as has been drawn.
			this.scrollTo(wanted);
			if (log.scrollHeight - log.clientHeight < wanted) return;
			this.wanted = undefined;
			this.onChange(this.following);
		}
		this.wasEmpty = isEmpty;
	}

	private scrollTo(top: number): void {
		this.log.scrollTop = top;
		this.lastTop = this.log.scrollTop;
	}

	/**
	 * Where nothing has moved since, this class has scrolled, or the log has grown: only moving up means that the reader left
	 * the end. That may be a few pixels at a time, from a touch pad or a smooth wheel; a text that became shorter moves up as
	 * well, but to the end.
	 */
	private scrolled(): void {
		const { scrollTop, scrollHeight, clientHeight } = this.log;
		if (scrollTop === this.lastTop) return;
		const up = scrollTop < this.lastTop;
		this.lastTop = scrollTop;
		const left = scrollHeight - clientHeight - scrollTop;
		if (left <= (up ? rounding : near)) {
			if (this.wanted === undefined) this.set(true);
		} else if (up) {
			this.wanted = undefined;
			this.set(false);
		}
	}

	private set(following: boolean): void {
		this.following = following;
		this.onChange(following);
	}
}

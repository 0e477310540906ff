import { rangesOf } from './textRanges';

/** What the bar shows of a search. */
export interface FindState {
	readonly isOpen: boolean;
	/** From 1; 0 where there is none. */
	readonly current: number;
	readonly count: number;
}

/** Names in the style sheet (`::highlight`). */
const all = 'found';
const one = 'found-current';

/** Finds a text in the conversation. Matches are painted by the browser's own highlights: the page itself stays as it is. */
export class Find {
	private state: FindState = { isOpen: false, current: 0, count: 0 };
	private sought = '';
	private ranges: readonly Range[] = [];
	private readonly observer = new MutationObserver(() => this.look());

	constructor(
		private readonly log: () => HTMLElement,
		private readonly changed: () => void,
	) {}

	get shown(): FindState {
		return this.state;
	}

	open(): void {
		this.set({ ...this.state, isOpen: true });
		// An answer goes on growing, and code is coloured after it was drawn.
		this.observer.observe(this.log(), {
			childList: true,
			characterData: true,
			subtree: true,
		});
		this.look();
	}

	close(): void {
		this.observer.disconnect();
		this.ranges = [];
		this.paint();
		this.set({ isOpen: false, current: 0, count: 0 });
	}

	seek(text: string): void {
		this.sought = text;
		this.look();
		this.go(0);
	}

	/** To the next match or the one before, round at the ends; 0 stays. */
	go(by: 1 | -1 | 0): void {
		const { length } = this.ranges;
		if (length === 0) return;
		const at = (Math.max(0, this.state.current - 1) + by + length) % length;
		this.set({ isOpen: true, current: at + 1, count: length });
		this.paint();
		const place = this.ranges[at]?.startContainer.parentElement;
		const folded = place?.closest('details');
		if (folded) folded.open = true;
		place?.scrollIntoView({ block: 'center', inline: 'nearest' });
	}

	private look(): void {
		if (!this.state.isOpen) return;
		this.ranges = rangesOf(this.log(), this.sought);
		const { length } = this.ranges;
		this.set({
			isOpen: true,
			current: Math.min(Math.max(1, this.state.current), length),
			count: length,
		});
		this.paint();
	}

	private paint(): void {
		const current = this.ranges[this.state.current - 1];
		CSS.highlights.set(all, new Highlight(...this.ranges.filter((range) => range !== current)));
		CSS.highlights.set(one, current ? new Highlight(current) : new Highlight());
	}

	private set(state: FindState): void {
		const { isOpen, current, count } = this.state;
		if (isOpen === state.isOpen && current === state.current && count === state.count) return;
		this.state = state;
		this.changed();
	}
}

/** Anything with an end: what VS Code, the pool and our own classes all hand out. */
export interface Disposable {
	dispose(): void;
}

/**
 * Owns disposables and ends them together, last first. What arrives after the end is disposed at once,
 * so a registration that finishes late cannot leak.
 */
export class DisposableStore implements Disposable {
	private readonly items: Disposable[] = [];
	private ended = false;

	/** Takes ownership of `item` and returns it. */
	add<T extends Disposable>(item: T): T {
		if (this.ended) {
			item.dispose();
		} else {
			this.items.push(item);
		}
		return item;
	}

	dispose(): void {
		this.ended = true;
		for (const item of this.items.splice(0).reverse()) {
			item.dispose();
		}
	}
}

/** Anything that must be disposed: VS Code's own objects and ours. */
export interface Disposable {
	dispose(): void;
}

/**
 * Owns disposables and disposes them together, last first. What is added after that is disposed at once, so that a late
 * registration cannot leak.
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

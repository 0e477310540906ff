import type { Disposable } from './dispose';

/** Tells listeners about a value. A listener that throws keeps nobody else from hearing. */
export class Emitter<T> implements Disposable {
	private readonly listeners = new Set<{ readonly hear: (value: T) => void }>();

	/** `report` hears what a listener threw. */
	constructor(private readonly report: (error: unknown) => void = () => undefined) {}

	/** Registers a listener until the returned object is disposed. */
	readonly event = (hear: (value: T) => void): Disposable => {
		const listener = { hear };
		this.listeners.add(listener);
		return { dispose: () => void this.listeners.delete(listener) };
	};

	fire(value: T): void {
		for (const listener of [...this.listeners]) {
			try {
				listener.hear(value);
			} catch (error) {
				this.report(error);
			}
		}
	}

	dispose(): void {
		this.listeners.clear();
	}
}

import type { Disposable } from './dispose';

/** Passes values to listeners. If one throws, the others still receive the value. */
export class Emitter<T> implements Disposable {
	private readonly registrations = new Set<{ readonly listener: (value: T) => void }>();

	/** @param report receives what a listener threw */
	constructor(private readonly report: (error: unknown) => void = () => undefined) {}

	/** Registers a listener until the returned object is disposed. */
	readonly event = (listener: (value: T) => void): Disposable => {
		const registration = { listener };
		this.registrations.add(registration);
		return { dispose: () => void this.registrations.delete(registration) };
	};

	fire(value: T): void {
		for (const { listener } of [...this.registrations]) {
			try {
				listener(value);
			} catch (error) {
				this.report(error);
			}
		}
	}

	dispose(): void {
		this.registrations.clear();
	}
}

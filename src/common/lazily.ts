/** What is read at its first use. Where reading failed, the next use tries again. */
export interface Lazy<T> {
	(): Promise<T>;
	/** Undefined where nobody has used it. */
	started(): Promise<T> | undefined;
}

export function lazily<T>(load: () => Promise<T>): Lazy<T> {
	let started: Promise<T> | undefined;
	const read = async (): Promise<T> => {
		const reading = (started ??= load());
		try {
			return await reading;
		} catch (error) {
			started = undefined;
			throw error;
		}
	};
	return Object.assign(read, { started: () => started });
}

/** What is made at its first use, and once. */
export function once<T>(make: () => T): () => T {
	let made: { readonly value: T } | undefined;
	return () => (made ??= { value: make() }).value;
}

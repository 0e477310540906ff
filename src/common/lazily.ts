/** What is read at its first use. Where reading failed, the next use tries again. */
export interface Lazy<T> {
	(): Promise<T>;
	/** Undefined where nobody has used it. */
	begun(): Promise<T> | undefined;
}

export function lazily<T>(load: () => Promise<T>): Lazy<T> {
	let begun: Promise<T> | undefined;
	const read = async (): Promise<T> => {
		const reading = (begun ??= load());
		try {
			return await reading;
		} catch (error) {
			begun = undefined;
			throw error;
		}
	};
	return Object.assign(read, { begun: () => begun });
}

/** What is made at its first use, and once. */
export function once<T>(make: () => T): () => T {
	let made: { readonly value: T } | undefined;
	return () => (made ??= { value: make() }).value;
}

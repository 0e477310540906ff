/** A value that is loaded on first use. If loading fails, the next use retries. */
export interface Lazy<T> {
	(): Promise<T>;
	/** Undefined until the first use. */
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

/** Makes something of each text once; a text that comes again gets the same. */
export function onceEach<T>(make: (text: string) => T): (text: string) => T {
	const made = new Map<string, T>();
	return (text) => {
		const known = made.get(text) ?? make(text);
		made.set(text, known);
		return known;
	};
}

/** Makes a value on first use, and only once. */
export function once<T>(make: () => T): () => T {
	let made: { readonly value: T } | undefined;
	return () => (made ??= { value: make() }).value;
}

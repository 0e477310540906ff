export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a text of JSON holds; undefined where it is none. */
export function jsonIn(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** The object that a text of JSON holds, if it holds one. */
export function objectIn(text: string): Json | undefined {
	const value = jsonIn(text);
	return isObject(value) ? value : undefined;
}

/** Reading JSON of others: whatever is not as expected counts as missing. */
export function fieldsOf(value: unknown): Json {
	return isObject(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The same fields in their order, some of them under another name. */
export function renamed(doc: Json, names: Readonly<Record<string, string>>): Json {
	return Object.fromEntries(Object.entries(doc).map(([name, value]) => [names[name] ?? name, value]));
}

/** The object with one of its fields replaced, where that is an object too. */
export function within(doc: Json, name: string, step: (value: Json) => Json): Json {
	const value = doc[name];
	return isObject(value) ? { ...doc, [name]: step(value) } : doc;
}

/** The request was refused; the message is worded as the service words it. */
export class InvalidRequest extends Error {}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asRecord(value: unknown): Record<string, unknown> {
	return isRecord(value) ? value : {};
}

/** The service takes one message in the place of a list of them; its own samples write it so. */
export function asList(value: unknown): readonly unknown[] {
	return isRecord(value) ? [value] : Array.isArray(value) ? value : [];
}

/** A message's fields by their names in JSON: the service takes them as its own definitions spell them, too. */
export function asMessage(value: unknown): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(asRecord(value)).map(([name, one]) => [
			name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
			one,
		]),
	);
}

/**
 * The same value with half characters replaced. A text that was cut in an emoji ends with one: it is no Unicode, and a service
 * that reads the JSON strictly refuses the whole request.
 */
export function wellFormed<T>(value: T): T {
	return mended(value) as T;
}

function mended(value: unknown): unknown {
	if (typeof value === 'string') return text(value);
	if (Array.isArray(value)) return value.map(mended);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, one]) => [text(name), mended(one)]));
}

/** A text without any surrogate, as base64 is, is looked through in no time. */
function text(value: string): string {
	return /[\ud800-\udfff]/.test(value) ? value.replace(/\p{Surrogate}/gu, '\ufffd') : value;
}

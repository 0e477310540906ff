import { fastDigest } from './fastDigest';
import { isObject, jsonIn } from './json';

/** Characters of a call that are read: two that differ beyond are taken for the same. */
const maxLength = 100_000;

/** The same for the same tool with the same arguments, in whatever order. */
export function callDigest(name: string, args: unknown): string {
	return fastDigest(`${name} ${canonical(args)}`.slice(0, maxLength));
}

/** JSON with the fields in order. What is nested too deeply to be written is known by its tool alone. */
function canonical(args: unknown): string {
	try {
		return JSON.stringify(parsed(args), (_, value: unknown) =>
			isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
		);
	} catch {
		return '';
	}
}

/** OpenAI's clients send arguments as a text of JSON. */
function parsed(args: unknown): unknown {
	const value = typeof args === 'string' ? jsonIn(args) : (args ?? null);
	return value === undefined ? args : value;
}

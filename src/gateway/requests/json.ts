import { isObject } from '../../common/json';

/** Reading JSON of others: whatever is not as expected counts as missing. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
	return isObject(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}

/** As Google reads a list: one thing may stand in its place. */
export function oneOrMore(value: unknown): readonly unknown[] {
	return isObject(value) ? [value] : listOf(value);
}

export function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}

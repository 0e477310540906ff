import { isFields } from '../errors/details';

/** Of a body, or of one that an array wraps. */
export function hasError(body: unknown): boolean {
	const bodies: readonly unknown[] = Array.isArray(body) ? body : [body];
	return bodies.some((one) => isFields(one) && one['error'] !== undefined && one['error'] !== null);
}

/** Undefined where it is no JSON. */
export function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

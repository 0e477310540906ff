import { isObject } from '../../common/json';

/** Whether a body, or one wrapped in an array, has an error. */
export function hasError(body: unknown): boolean {
	const bodies: readonly unknown[] = Array.isArray(body) ? body : [body];
	return bodies.some((one) => isObject(one) && one['error'] !== undefined && one['error'] !== null);
}

/** The parts of `node:assert/strict` that tests in a page use. */

class AssertionError extends Error {
	override readonly name = 'AssertionError';
}

function fail(message: string | undefined, otherwise: string): never {
	throw new AssertionError(message === undefined ? otherwise : `${message}: ${otherwise}`);
}

export function ok(value: unknown, message?: string): asserts value {
	if (!value) fail(message, `${show(value)} is not true`);
}

export function equal(actual: unknown, expected: unknown, message?: string): void {
	if (!Object.is(actual, expected)) fail(message, `${show(actual)} is not ${show(expected)}`);
}

export function deepEqual(actual: unknown, expected: unknown, message?: string): void {
	if (!same(actual, expected)) fail(message, `${show(actual)} is not ${show(expected)}`);
}

export function match(text: string, pattern: RegExp, message?: string): void {
	if (!pattern.test(text)) fail(message, `${show(text)} does not match ${String(pattern)}`);
}

export async function rejects(
	promise: Promise<unknown>,
	pattern?: RegExp | ((error: unknown) => boolean),
): Promise<void> {
	let error: unknown;
	try {
		await promise;
	} catch (thrown) {
		error = thrown;
		if (pattern instanceof RegExp && !pattern.test(String(error))) fail(undefined, `${String(error)} does not match`);
		if (typeof pattern === 'function' && !pattern(error)) fail(undefined, `${String(error)} is another error`);
		return;
	}
	fail(undefined, 'nothing was thrown');
}

/** As Node has it: same prototypes, same own keys, whatever their order; maps by their entries. */
function same(a: unknown, b: unknown): boolean {
	if (Object.is(a, b)) return true;
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
	if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
	if (a instanceof Map && b instanceof Map) {
		return a.size === b.size && [...a].every(([key, value]) => b.has(key) && same(value, b.get(key)));
	}
	const [mine, yours] = [Object.keys(a), Object.keys(b)];
	return (
		mine.length === yours.length &&
		mine.every((key) => Object.hasOwn(b, key) && same(Reflect.get(a, key), Reflect.get(b, key)))
	);
}

function show(value: unknown): string {
	return value === undefined
		? 'undefined'
		: JSON.stringify(value, (_, one: unknown) => (one instanceof Map ? [...one] : one));
}

const assert = { ok, equal, deepEqual, match, rejects };

// `node:assert/strict` has it so, and this stands in for it.
// oxlint-disable-next-line import/no-default-export
export default assert;

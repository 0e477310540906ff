/**
 * Whether a value is one that a setting takes, by the manifest's own words (the part of JSON Schema that it uses), so that
 * the editor and the code judge alike, and the bounds stand in one place. A rule without a known type takes nothing.
 */
export function accepts(rule: unknown, value: unknown): boolean {
	if (rule === true) return true;
	if (!isRecord(rule)) return false;
	if (Array.isArray(rule['oneOf'])) return rule['oneOf'].filter((one) => accepts(one, value)).length === 1;
	if (Array.isArray(rule['enum']) && !rule['enum'].includes(value)) return false;
	switch (rule['type']) {
		case 'boolean':
			return typeof value === 'boolean';
		case 'integer':
			return Number.isSafeInteger(value) && isWithin(rule, Number(value));
		case 'number':
			return Number.isFinite(value) && isWithin(rule, Number(value));
		case 'string':
			return (
				typeof value === 'string' &&
				isWithin({ minimum: rule['minLength'], maximum: rule['maxLength'] }, value.length) &&
				fits(rule['pattern'], value)
			);
		case 'array':
			return (
				Array.isArray(value) &&
				isAtMost(rule['maxItems'], value.length) &&
				value.every((item) => accepts(rule['items'], item))
			);
		case 'object':
			return (
				isRecord(value) &&
				isAtMost(rule['maxProperties'], Object.keys(value).length) &&
				(!Array.isArray(rule['required']) || rule['required'].every((name) => Object.hasOwn(value, String(name)))) &&
				fieldsFit(rule, value)
			);
		default:
			return false;
	}
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWithin({ minimum, maximum }: Readonly<Record<string, unknown>>, value: number): boolean {
	return (typeof minimum !== 'number' || value >= minimum) && isAtMost(maximum, value);
}

function isAtMost(most: unknown, value: number): boolean {
	return typeof most !== 'number' || value <= most;
}

function fits(pattern: unknown, value: string): boolean {
	return typeof pattern !== 'string' || new RegExp(pattern, 'u').test(value);
}

/** Every field is named by the rule, or fits what it says of all others. */
function fieldsFit(
	{ properties, additionalProperties }: Readonly<Record<string, unknown>>,
	value: Readonly<Record<string, unknown>>,
): boolean {
	const named = isRecord(properties) ? properties : {};
	return Object.entries(value).every(([name, field]) =>
		accepts(Object.hasOwn(named, name) ? named[name] : additionalProperties, field),
	);
}

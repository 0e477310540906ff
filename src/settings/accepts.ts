import { isObject } from '../common/json';

/**
 * Whether a setting accepts a value, by the JSON Schema in the manifest (the part of it that we use): so the editor and the
 * code agree, and the bounds are in one place. What is stored of keys and projects is read by the same. A rule without a known
 * type accepts nothing.
 */
export function accepts(rule: unknown, value: unknown): boolean {
	if (rule === true) return true;
	if (!isObject(rule)) return false;
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
				isObject(value) &&
				isAtMost(rule['maxProperties'], Object.keys(value).length) &&
				(rule['propertyNames'] === undefined ||
					Object.keys(value).every((name) => accepts(rule['propertyNames'], name))) &&
				(!Array.isArray(rule['required']) || rule['required'].every((name) => Object.hasOwn(value, String(name)))) &&
				fieldsFit(rule, value)
			);
		default:
			return false;
	}
}

/** What a rule accepts of an object: without the fields that it does not, or that are too many. Undefined: nothing. */
export function acceptedOf(rule: unknown, value: unknown): unknown {
	if (accepts(rule, value)) return value;
	if (!isObject(rule) || rule['type'] !== 'object' || !isObject(value)) return undefined;
	const fields = Object.entries(value).map(
		([name, field]) => [name, acceptedOf(fieldRule(rule, name), field)] as const,
	);
	const max = Number(rule['maxProperties'] ?? Infinity);
	const rest = Object.fromEntries(fields.filter(([, field]) => field !== undefined).slice(0, max));
	return accepts(rule, rest) ? rest : undefined;
}

function isWithin({ minimum, maximum }: Readonly<Record<string, unknown>>, value: number): boolean {
	return (typeof minimum !== 'number' || value >= minimum) && isAtMost(maximum, value);
}

function isAtMost(max: unknown, value: number): boolean {
	return typeof max !== 'number' || value <= max;
}

function fits(pattern: unknown, value: string): boolean {
	return typeof pattern !== 'string' || new RegExp(pattern, 'u').test(value);
}

function fieldsFit(rule: Readonly<Record<string, unknown>>, value: Readonly<Record<string, unknown>>): boolean {
	return Object.entries(value).every(([name, field]) => accepts(fieldRule(rule, name), field));
}

/** A field's own rule, or the rule for all other fields. */
function fieldRule({ properties, additionalProperties }: Readonly<Record<string, unknown>>, name: string): unknown {
	return isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
}

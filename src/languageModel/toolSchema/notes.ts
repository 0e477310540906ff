import { asText, numberOf, type SchemaNode } from './schemaNode';

/** Formats that the service knows; of another one it would refuse the whole request. */
const knownFormats: ReadonlySet<unknown> = new Set(['date-time', 'int32', 'int64', 'float', 'double']);

type Note = readonly [keyword: string, inWords: (value: unknown) => string | undefined];

const withValue =
	(text: string) =>
	(value: unknown): string =>
		`${text} ${asText(value)}.`;
const atLeast = (what: string) => (value: unknown) =>
	numberOf(value) === undefined ? undefined : `At least ${asText(value)} ${what}.`;
const atMost = (what: string) => (value: unknown) =>
	numberOf(value) === undefined ? undefined : `At most ${asText(value)} ${what}.`;

/** Keywords that the service does not take, and what they say. */
const notes: readonly Note[] = [
	['default', withValue('Default:')],
	['examples', withValue('Examples:')],
	['example', withValue('Example:')],
	['enum', (value) => (Array.isArray(value) && value.length === 0 ? 'One of [].' : undefined)],
	['minLength', atLeast('characters')],
	['maxLength', atMost('characters')],
	['pattern', withValue('Matches the regular expression')],
	['format', (value) => (knownFormats.has(value) ? undefined : withValue('Format:')(value))],
	['multipleOf', withValue('A multiple of')],
	['uniqueItems', (value) => (value === true ? 'No item twice.' : undefined)],
	['contains', withValue('At least one item matches')],
	['minContains', withValue('So many items do:')],
	['maxContains', withValue('At most so many items do:')],
	['minProperties', atLeast('properties')],
	['maxProperties', atMost('properties')],
	['patternProperties', withValue('Properties whose name matches, with their schema:')],
	['propertyNames', withValue('Names of properties match')],
	['dependentRequired', withValue('A property that needs others:')],
	['dependentSchemas', withValue('With a property, this holds as well:')],
	['dependencies', withValue('With a property, this holds as well:')],
	['unevaluatedProperties', (value) => (value === false ? 'No other properties.' : undefined)],
	['unevaluatedItems', (value) => (value === false ? 'No other items.' : undefined)],
	['not', withValue('Must not match')],
	['if', withValue('If it matches')],
	['then', withValue('then it also matches')],
	['else', withValue('otherwise it also matches')],
	['contentEncoding', withValue('Encoding:')],
	['contentMediaType', withValue('Media type:')],
	['deprecated', (value) => (value === true ? 'Deprecated.' : undefined)],
];

/** What the service's schemas cannot say of a node, in words, to stand in its description. */
export function notesOn(node: SchemaNode): readonly string[] {
	return notes.flatMap(([keyword, inWords]) => (node[keyword] === undefined ? [] : (inWords(node[keyword]) ?? [])));
}

export function keptFormat({ format }: SchemaNode): string | undefined {
	return typeof format === 'string' && knownFormats.has(format) ? format : undefined;
}

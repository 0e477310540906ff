import { numberOf, type SchemaNode } from './schemaNode';

/** The inclusive bounds of a number, which are all that the service takes. */
export function boundsOf(node: SchemaNode, isInteger: boolean): SchemaNode {
	const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = node;
	const least = numberOf(minimum);
	const most = numberOf(maximum);
	// Older drafts have a flag beside the bound.
	const more = numberOf(above) ?? (above === true ? least : undefined);
	const less = numberOf(below) ?? (below === true ? most : undefined);
	const lowest = chosen(Math.max, least, more !== undefined && isInteger ? Math.floor(more) + 1 : more);
	const highest = chosen(Math.min, most, less !== undefined && isInteger ? Math.ceil(less) - 1 : less);
	return { ...(lowest !== undefined && { minimum: lowest }), ...(highest !== undefined && { maximum: highest }) };
}

function chosen(
	choose: (...values: number[]) => number,
	...values: readonly (number | undefined)[]
): number | undefined {
	const known = values.filter((value) => value !== undefined);
	return known.length === 0 ? undefined : choose(...known);
}

/** How often each key occurs. */
export function tally(keys: readonly string[]): Readonly<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
	return counts;
}

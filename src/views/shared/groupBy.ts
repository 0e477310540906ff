/** Groups in the order of their first members. */
export function groupBy<T, K>(all: readonly T[], of: (one: T) => K): ReadonlyMap<K, readonly T[]> {
	const groups = new Map<K, T[]>();
	for (const one of all) {
		const group = groups.get(of(one));
		if (group) group.push(one);
		else groups.set(of(one), [one]);
	}
	return groups;
}

import type { KeyId, Reason, Snapshot, Wall } from '../pool/pool';

/** What somebody must be told of, in the order in which it is found. */
export type Happening =
	/** Two or more keys are enabled, and at most one is usable. */
	| { readonly is: 'almostExhausted'; readonly usable: number; readonly total: number; readonly model: string }
	/** Keys are enabled, and none is usable. `back`: when the first one is, as far as is known. */
	| { readonly is: 'allExhausted'; readonly total: number; readonly model: string; readonly back?: Wall }
	/** An episode of one of the two has ended. */
	| { readonly is: 'recovered'; readonly usable: number; readonly total: number; readonly model: string }
	/** A key was benched. */
	| { readonly is: 'keyNeedsAttention'; readonly key: KeyId; readonly label: string; readonly why: Reason }
	/** `by`: the label of the key that made it pause. */
	| { readonly is: 'poolPaused'; readonly why: Reason; readonly by: string };

/** What has been found so far, from which the next step goes on. */
export interface Watched {
	/** Of an episode: the worst that was found. */
	readonly supply: 'fine' | 'almost' | 'exhausted';
	readonly benched: ReadonlySet<KeyId>;
	readonly paused: boolean;
}

export const nothingWatched: Watched = { supply: 'fine', benched: new Set(), paused: false };

/**
 * What is new in a snapshot. An episode of scarcity begins once at each of its levels, and ends when two keys are usable, or
 * the only enabled one is. While the pool is paused, or the model is overloaded, no key works, which says nothing about
 * their supply.
 */
export function watch(before: Watched, snapshot: Snapshot): { readonly after: Watched; readonly new: Happening[] } {
	const found: Happening[] = [];
	const benched = new Set<KeyId>();
	for (const { key, standing } of snapshot.keys) {
		if (standing.is !== 'benched') continue;
		benched.add(key.id);
		if (before.benched.has(key.id)) continue;
		found.push({ is: 'keyNeedsAttention', key: key.id, label: key.label, why: standing.why });
	}
	const { paused } = snapshot;
	if (paused && !before.paused) found.push({ is: 'poolPaused', why: paused.why, by: paused.by });
	const supply = paused || isOverloaded(snapshot) ? before.supply : supplyOf(before.supply, snapshot, found);
	return { after: { supply, benched, paused: paused !== undefined }, new: found };
}

function supplyOf(before: Watched['supply'], snapshot: Snapshot, found: Happening[]): Watched['supply'] {
	const { usable, total, model } = snapshot;
	if (total === 0) return 'fine';
	if (usable >= Math.min(2, total)) {
		if (before !== 'fine') found.push({ is: 'recovered', usable, total, model });
		return 'fine';
	}
	if (before === 'fine' && total >= 2) found.push({ is: 'almostExhausted', usable, total, model });
	if (usable > 0) return before === 'exhausted' ? before : 'almost';
	if (before !== 'exhausted') {
		const back = firstBack(snapshot);
		found.push({ is: 'allExhausted', total, model, ...(back === undefined ? {} : { back }) });
	}
	return 'exhausted';
}

function isOverloaded({ keys }: Snapshot): boolean {
	return keys.some(({ standing }) => 'why' in standing && standing.why === 'overloaded');
}

export function firstBack({ keys }: Snapshot): Wall | undefined {
	const ends = keys.flatMap(({ standing }) => (standing.is === 'resting' ? [standing.until] : []));
	return ends.length > 0 ? Math.min(...ends) : undefined;
}

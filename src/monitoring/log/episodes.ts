import type { KeyId, ModelSupply, Reason, Snapshot, EpochMs } from '../../pool/pool';

/** What somebody must be told of, in the order in which it is found. */
export type Incident =
	/** Two or more keys are enabled, and at most one is usable. */
	| { readonly type: 'almostExhausted'; readonly usable: number; readonly total: number; readonly model: string }
	/** Keys are enabled, and none is usable. `back`: when the first one is, as far as is known. */
	| { readonly type: 'allExhausted'; readonly total: number; readonly model: string; readonly back?: EpochMs }
	/** An episode of one of the two has ended. */
	| { readonly type: 'recovered'; readonly usable: number; readonly total: number; readonly model: string }
	/** A key was quarantined. */
	| { readonly type: 'keyNeedsAttention'; readonly key: KeyId; readonly label: string; readonly reason: Reason }
	/** The service counts a project as free that a person marked as paid. `label`: of the key that was told so. */
	| { readonly type: 'tierRevoked'; readonly label: string }
	/** `by`: the label of the key that made it pause. */
	| { readonly type: 'poolPaused'; readonly reason: Reason; readonly by: string };

/** How many keys are left for a model: the worst that was found in an episode. */
export type Level = 'fine' | 'almost' | 'exhausted';

/** What has been found so far, from which the next step goes on. */
export interface Watched {
	/** By model, those of which an episode goes on. */
	readonly supply: ReadonlyMap<string, Level>;
	readonly quarantined: ReadonlySet<KeyId>;
	/** Projects. */
	readonly revoked: ReadonlySet<string>;
	readonly paused: boolean;
}

export const nothingWatched: Watched = { supply: new Map(), quarantined: new Set(), revoked: new Set(), paused: false };

/**
 * What is new in a snapshot. For each model in use an episode of scarcity begins once at each of its levels, and ends when
 * two keys are usable, or the only one that there is. While the pool is paused, or the model is overloaded, no key works,
 * which says nothing about their supply. Of a model that nobody asks for any more nothing is known: its episode is over.
 */
export function watch(before: Watched, snapshot: Snapshot): { readonly after: Watched; readonly new: Incident[] } {
	const found: Incident[] = [];
	const quarantined = new Set<KeyId>();
	const revoked = new Set<string>();
	for (const { key, project, availability, revoked: tier } of snapshot.keys) {
		if (tier && !before.revoked.has(project.id) && !revoked.has(project.id)) {
			const by = snapshot.keys.find((view) => view.key.id === tier.by) ?? { key };
			found.push({ type: 'tierRevoked', label: by.key.label });
		}
		if (tier) revoked.add(project.id);
		if (availability.state !== 'quarantined') continue;
		quarantined.add(key.id);
		if (before.quarantined.has(key.id)) continue;
		found.push({ type: 'keyNeedsAttention', key: key.id, label: key.label, reason: availability.reason });
	}
	const { paused } = snapshot;
	if (paused && !before.paused) found.push({ type: 'poolPaused', reason: paused.reason, by: paused.by });
	const supply = new Map<string, Level>();
	for (const of of snapshot.supplies) {
		const level = before.supply.get(of.model) ?? 'fine';
		const next = paused || of.isOverloaded ? level : supplyOf(level, of, found);
		if (next !== 'fine') supply.set(of.model, next);
	}
	return { after: { supply, quarantined, revoked, paused: paused !== undefined }, new: found };
}

function supplyOf(before: Level, supply: ModelSupply, found: Incident[]): Level {
	const { usable, total, model, back } = supply;
	const level = levelOf(supply);
	if (level === 'fine') {
		if (before !== 'fine' && total > 0) found.push({ type: 'recovered', usable, total, model });
		return level;
	}
	if (before === 'fine' && total >= 2) found.push({ type: 'almostExhausted', usable, total, model });
	if (level === 'almost') return before === 'exhausted' ? before : level;
	if (before !== 'exhausted')
		found.push({ type: 'allExhausted', total, model, ...(back === undefined ? {} : { back }) });
	return level;
}

/** How the keys of one model are now, whatever was before. */
export function levelOf({ usable, total }: Pick<ModelSupply, 'usable' | 'total'>): Level {
	if (total === 0 || usable >= Math.min(2, total)) return 'fine';
	return usable > 0 ? 'almost' : 'exhausted';
}

const order: readonly Level[] = ['exhausted', 'almost', 'fine'];

/** The model in use that is worst off; the default one, which comes first, where none is worse. */
export function worstSupply({ supplies, usable, total, model }: Snapshot): ModelSupply {
	const none: ModelSupply = { model, usable, total, states: {}, isOverloaded: false };
	return supplies.reduce<ModelSupply>(
		(worst, one) => (order.indexOf(levelOf(one)) < order.indexOf(levelOf(worst)) ? one : worst),
		supplies[0] ?? none,
	);
}

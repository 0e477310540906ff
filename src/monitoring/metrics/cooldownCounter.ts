import { isOfModel, type KeyId, type Reason, type Snapshot, type Availability } from '../../pool/pool';

/** Finds the rests and quarantines that began between two snapshots. */
export class CooldownCounter {
	private resting = new Map<string, Reason>();
	private quarantined = new Map<string, Reason>();
	private known: ReadonlySet<KeyId> = new Set();

	/**
	 * The reasons of those that were not so in the snapshot before. What a key has when it is first seen began before: another
	 * window has counted it. Without keys nothing is known: simulator mode hides them.
	 */
	begun({ keys }: Pick<Snapshot, 'keys'>): {
		readonly rests: readonly Reason[];
		readonly quarantines: readonly Reason[];
	} {
		if (keys.length === 0) return { rests: [], quarantines: [] };
		const resting = new Map<string, Reason>();
		const quarantined = new Map<string, Reason>();
		for (const { key, project, availability, models } of keys) {
			const isNew = !this.known.has(key.id);
			if (availability.state === 'quarantined') {
				quarantined.set(key.id, availability.reason);
				if (isNew) this.quarantined.set(key.id, availability.reason);
			}
			for (const one of models) {
				if (!rests(one.availability) || isOfModel(one.availability)) continue;
				const bucket = `${project.id}/${one.model}`;
				resting.set(bucket, one.availability.reason);
				if (isNew) this.resting.set(bucket, one.availability.reason);
			}
		}
		const begun = {
			rests: fresh(this.resting, resting),
			quarantines: fresh(this.quarantined, quarantined),
		};
		this.resting = resting;
		this.quarantined = quarantined;
		this.known = new Set(keys.map(({ key }) => key.id));
		return begun;
	}
}

function fresh(before: ReadonlyMap<string, Reason>, now: ReadonlyMap<string, Reason>): Reason[] {
	return [...now].filter(([id, reason]) => before.get(id) !== reason).map(([, reason]) => reason);
}

/** A probe belongs to the rest before it. */
function rests(
	availability: Availability,
): availability is Extract<Availability, { state: 'coolingDown' | 'halfOpen' | 'unsupported' }> {
	return (
		availability.state === 'coolingDown' || availability.state === 'halfOpen' || availability.state === 'unsupported'
	);
}

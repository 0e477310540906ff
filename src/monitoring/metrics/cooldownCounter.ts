import type { Reason, Snapshot, Availability } from '../../pool/pool';

/** Finds the rests and quarantines that began between two snapshots. */
export class CooldownCounter {
	private resting = new Map<string, Reason>();
	private quarantined = new Map<string, Reason>();

	/** The reasons of those that were not so in the snapshot before. */
	begun({ keys }: Snapshot): { readonly rests: readonly Reason[]; readonly quarantines: readonly Reason[] } {
		const resting = new Map<string, Reason>();
		const quarantined = new Map<string, Reason>();
		for (const { key, project, availability, models } of keys) {
			if (availability.state === 'quarantined') quarantined.set(key.id, availability.reason);
			for (const one of models)
				if (rests(one.availability)) resting.set(`${project.id}/${one.model}`, one.availability.reason);
		}
		const begun = {
			rests: fresh(this.resting, resting),
			quarantines: fresh(this.quarantined, quarantined),
		};
		this.resting = resting;
		this.quarantined = quarantined;
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

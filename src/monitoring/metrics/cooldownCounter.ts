import type { Reason, Snapshot, Standing } from '../../pool/pool';

/** Finds the rests and benches that began between two snapshots. */
export class RestCounter {
	private resting = new Map<string, Reason>();
	private benched = new Map<string, Reason>();

	/** The reasons of those that were not so in the snapshot before. */
	begun({ keys }: Snapshot): { readonly rests: readonly Reason[]; readonly benches: readonly Reason[] } {
		const resting = new Map<string, Reason>();
		const benched = new Map<string, Reason>();
		for (const { key, project, standing, models } of keys) {
			if (standing.is === 'benched') benched.set(key.id, standing.why);
			for (const one of models) if (rests(one.standing)) resting.set(`${project.id}/${one.model}`, one.standing.why);
		}
		const begun = {
			rests: fresh(this.resting, resting),
			benches: fresh(this.benched, benched),
		};
		this.resting = resting;
		this.benched = benched;
		return begun;
	}
}

function fresh(before: ReadonlyMap<string, Reason>, now: ReadonlyMap<string, Reason>): Reason[] {
	return [...now].filter(([id, why]) => before.get(id) !== why).map(([, why]) => why);
}

/** A probe belongs to the rest before it. */
function rests(standing: Standing): standing is Extract<Standing, { is: 'resting' | 'probing' | 'closed' }> {
	return standing.is === 'resting' || standing.is === 'probing' || standing.is === 'closed';
}

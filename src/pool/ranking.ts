import type { Random } from './clock';
import type { BucketId } from './key';
import type { Ledger, Wall } from './ledger';
import type { Options } from './options';
import type { Seek } from './seek';
import type { Slot } from './slot';
import type { Slots } from './slots';
import type { RunningStrategy } from './strategies/registry';
import { mostRanked } from './strategies/strategy';

/** Which keys could take a request, and in which order they are tried: from possibly stale facts, without a promise. */
export class Ranking {
	constructor(
		private readonly ledger: Ledger,
		private readonly slots: Slots,
		private readonly random: Random,
		private readonly options: () => Options,
		private readonly strategy: () => RunningStrategy,
	) {}

	/** Keys that could take the request now, in key order. `likely` in input tokens. */
	usable(seek: Seek, likely: number, denied: ReadonlySet<BucketId>, now: Wall): Slot[] {
		const slots = this.slots.of(seek.model);
		const { all, columns } = slots;
		const docs = this.ledger.replica();
		const needy = seek.paidForSize || seek.needs.paid === true || seek.needs.project !== undefined;
		const aside = slots.placesOf(seek.spentKeys, seek.spentBuckets, denied);
		columns.setAside(aside, true);
		const from: Slot[] = [];
		for (let index = 0; index < all.length; index++) {
			if (columns.isShut(index)) continue;
			const slot = all[index];
			if (!slot) continue;
			if (columns.isStale(index, now)) slot.outlook(docs, now);
			if (columns.hasRoom(index, likely, now) && (!needy || meets(seek, slot))) from.push(slot);
		}
		columns.setAside(aside, false);
		return from;
	}

	/** The best of them, best first: the key to stay on, then by money and strategy. */
	rank(seek: Seek, from: readonly Slot[], now: Wall): readonly Slot[] {
		const preferred = seek.prefer === undefined ? undefined : from.find(({ key }) => key.id === seek.prefer);
		if (preferred) return [preferred, ...this.byMoney(from, now)];
		return this.byMoney(from, now);
	}

	/** Free buckets before paid ones, unless the setting or the strategy has an order of its own. */
	private byMoney(from: readonly Slot[], now: Wall): readonly Slot[] {
		const { paidKeys, strategy: name } = this.options();
		const strategy = this.strategy();
		const ranked = (some: readonly Slot[]): readonly Slot[] => strategy.rank(some, this.random, now);
		if (paidKeys === 'mixed' || name === 'weighted' || name === 'primaryBackup') return ranked(from);
		const free: Slot[] = [];
		const paid: Slot[] = [];
		for (const slot of from) (slot.isPaid ? paid : free).push(slot);
		if (free.length === 0 || paid.length === 0) return ranked(from);
		const [first, second] = paidKeys === 'last' ? [free, paid] : [paid, free];
		const top = ranked(first);
		return top.length < mostRanked ? [...top, ...ranked(second)] : top;
	}
}

/** Apart from quota: enabled, not benched, not spent in this round, and what the request needs. */
export function mayServe(seek: Seek, slot: Slot): boolean {
	const { spentKeys, spentBuckets } = seek;
	if (!slot.key.enabled || slot.record.state.is === 'benched') return false;
	return meets(seek, slot) && !spentBuckets.has(slot.bucketId) && !spentKeys.has(slot.key.id);
}

/** Whether a key that works is one that the request may have. */
function meets({ needs, paidForSize }: Seek, { isPaid, project }: Slot): boolean {
	if ((needs.paid === true || paidForSize) && !isPaid) return false;
	return needs.project === undefined || needs.project === project.id;
}

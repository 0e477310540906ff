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
		const { all, columns } = this.slots.of(seek.model);
		const docs = this.ledger.replica();
		const isPicky = seek.spentKeys.size + seek.spentBuckets.size > 0 || needsOf(seek) || denied.size > 0;
		const from: Slot[] = [];
		for (const slot of all) {
			const { index } = slot;
			if (columns.isShut(index)) continue;
			if (columns.isStale(index, now)) slot.outlook(docs, now);
			if (!columns.hasRoom(index, likely, now)) continue;
			if (!isPicky || (!denied.has(slot.bucketId) && mayServe(seek, slot))) from.push(slot);
		}
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
export function mayServe({ needs, spentKeys, spentBuckets, paidForSize }: Seek, slot: Slot): boolean {
	const { key, project, record } = slot;
	if (!key.enabled || record.state.is === 'benched') return false;
	if ((needs.paid || paidForSize) && !slot.isPaid) return false;
	if (needs.project !== undefined && needs.project !== project.id) return false;
	return !(spentBuckets.size > 0 && spentBuckets.has(slot.bucketId)) && !(spentKeys.size > 0 && spentKeys.has(key.id));
}

/** Whether the request asks for more than a key that works. */
function needsOf({ needs, paidForSize }: Seek): boolean {
	return paidForSize || needs.paid === true || needs.project !== undefined;
}

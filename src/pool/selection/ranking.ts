import type { Random } from '../types/clock';
import type { BucketId } from '../types/key';
import type { Wall } from '../types/stateStore';
import type { Options } from '../types/options';
import type { Seek } from '../types/leaseRequest';
import type { Slot } from './candidate';
import type { ModelSlots, Slots } from './candidates';
import type { RunningStrategy } from './strategies/registry';
import { mostRanked, type Field } from './strategies/strategy';

/** Keys that could take a request now, and the order that money puts them in. */
export interface Usable {
	readonly slots: ModelSlots;
	/** Those that come first; all, where money does not matter. */
	readonly first: Field;
	readonly second: Field;
	readonly count: number;
}

/** Which keys could take a request, and in which order they are tried: from possibly stale facts, without a promise. */
export class Ranking {
	constructor(
		private readonly slots: Slots,
		private readonly random: Random,
		private readonly options: () => Options,
		private readonly strategy: () => RunningStrategy,
	) {}

	/** `likely` in input tokens; `denied` may not be had. Whoever asks calls `release` in the end. */
	usable(seek: Seek, likely: number, denied: ReadonlySet<BucketId>, now: Wall): Usable {
		const slots = this.slots.of(seek.model);
		slots.bringUpToDate(now);
		const { columns: facts, size } = slots;
		const { isPaid, room } = facts;
		const secondIs = this.secondByMoney();
		const places = slots.borrow();
		let first = 0;
		let second = size;
		let place = 0;
		// From one spent key to the next, and to the end.
		for (const spent of [...slots.placesOf(seek.spentKeys, seek.spentBuckets, denied), size]) {
			for (; place < spent; place++) {
				// Written down for both and counted for one or none: a branch that goes either way costs more than the writes.
				places[first] = place;
				places[second] = place;
				const may = (room[place] ?? 0) >= likely ? 1 : 0;
				const isSecond = isPaid[place] === secondIs ? may : 0;
				first += may - isSecond;
				second += isSecond;
			}
			place = spent + 1;
		}
		if (seek.paidForSize || seek.needs.paid === true || seek.needs.project !== undefined) {
			first = keepOnly(seek, slots, places, 0, first);
			second = keepOnly(seek, slots, places, size, second);
		}
		return {
			slots,
			first: { facts, places, start: 0, end: first },
			second: { facts, places, start: size, end: second },
			count: first + second - size,
		};
	}

	/**
	 * The best of those, best first; before the first ones, whatever it costs, the key to stay on. Nobody of the second while
	 * the first are as many as are ranked: they are asked for only when the first were denied.
	 */
	rank({ prefer }: Seek, usable: Usable, which: 'first' | 'second', now: Wall): readonly Slot[] {
		const { slots, first, second } = usable;
		const field = usable[which];
		if (which === 'second' && first.end - first.start >= mostRanked) return [];
		const ranked: Slot[] = [];
		const stay = prefer !== undefined && which === 'first' ? slots.slotOf(prefer) : undefined;
		if (stay && (isIn(first, stay) || isIn(second, stay))) ranked.push(stay);
		if (field.start === field.end) return ranked;
		for (const place of this.strategy().rank(field, this.random, now)) {
			const slot = slots.all[place];
			if (slot) ranked.push(slot);
		}
		return ranked;
	}

	release({ slots, first }: Usable): void {
		slots.giveBack(first.places);
	}

	/** Whether paid buckets (1) come second, or free ones (0), or money has no say (2): a setting, or the strategy's own. */
	private secondByMoney(): 0 | 1 | 2 {
		const { paidKeys, strategy } = this.options();
		if (paidKeys === 'mixed' || strategy === 'weighted' || strategy === 'primaryBackup') return 2;
		return paidKeys === 'last' ? 1 : 0;
	}
}

/** Leaves those that the request may have, and answers where they end. */
function keepOnly(seek: Seek, { all }: ModelSlots, places: Int32Array, start: number, end: number): number {
	let kept = start;
	for (let n = start; n < end; n++) {
		const place = places[n] ?? 0;
		const slot = all[place];
		if (slot && meets(seek, slot)) places[kept++] = place;
	}
	return kept;
}

function isIn({ places, start, end }: Field, { index }: Slot): boolean {
	const at = places.indexOf(index, start);
	return at >= 0 && at < end;
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

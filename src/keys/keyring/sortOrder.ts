// Ours, not fractional-indexing (4.0.0), which throws on the sort orders that earlier versions stored, and has no bound on
// their length: test/fuzz/README.md.
/** A sort order is the digits after a point: compared as plain strings, so that another one fits between any two. */
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Beyond this, all keys get new sort orders. */
const maxLength = 100;

/** For a key that fits nowhere else. Keys with equal sort orders are ordered by id, and spread when one of them moves. */
export const lastSortOrder = 'zzz';

/** What is one, as JSON Schema says it. It never ends in 0, because nothing fits between `a` and `a0`. */
export const sortOrderRule = { type: 'string', maxLength, pattern: '^[0-9A-Za-z]*[1-9A-Za-z]$' };

/**
 * A sort order above `low` and below `high`; an absent bound is the end of the list.
 * Undefined if none of at most `maxLength` digits fits, for instance between equal ones.
 */
export function sortOrderBetween(low: string | undefined, high: string | undefined): string | undefined {
	const floor = low ?? '';
	if (high !== undefined && floor >= high) {
		return undefined;
	}
	let prefix = '';
	let bounded = high !== undefined;
	for (let at = 0; at <= maxLength; at += 1) {
		const from = valueAt(floor, at);
		const to = bounded && high !== undefined ? valueAt(high, at) : digits.length;
		const middle = Math.floor((from + to) / 2);
		if (middle > from) {
			const result = prefix + (digits[middle] ?? '');
			return result.length <= maxLength ? result : undefined;
		}
		prefix += digits[from] ?? '';
		bounded &&= from === to;
	}
	return undefined;
}

/** The next one at the end of the list. It counts up instead of halving, so that long lists keep short sort orders. */
export function sortOrderAfter(last: string | undefined): string | undefined {
	const next = last === undefined ? digits.length ** 2 : numberOf(last) + 1;
	return next < digits.length ** 3 ? serialize(next) : undefined;
}

/** Evenly spread sort orders for `count` keys. */
export function evenSortOrders(count: number): readonly string[] {
	const step = digits.length ** 3 / (count + 1);
	return Array.from({ length: count }, (_, index) => serialize(Math.floor((index + 1) * step)));
}

interface Sorted {
	readonly sortOrder: string;
}

/**
 * The keys that need another sort order for this sequence, each with its new one. As few as possible, so that a move in another
 * window at the same time is not undone. Undefined if there is no room between two of them: then all need a new one.
 */
export function keysToMove<T extends Sorted>(sequence: readonly T[]): readonly T[] | undefined {
	const stays = new Set(longestAscent(sequence));
	const result: T[] = [];
	let low: string | undefined;
	for (const [index, key] of sequence.entries()) {
		if (stays.has(key)) {
			low = key.sortOrder;
			continue;
		}
		const high = sequence.slice(index).find((other) => stays.has(other))?.sortOrder;
		const sortOrder = sortOrderBetween(low, high);
		if (sortOrder === undefined) return undefined;
		result.push({ ...key, sortOrder });
		low = sortOrder;
	}
	return result;
}

interface Link<T> {
	readonly last: T;
	readonly before: Link<T> | undefined;
}

/** The longest subsequence whose sort orders ascend already. */
function longestAscent<T extends Sorted>(sequence: readonly T[]): readonly T[] {
	/** At index n: of all ascents of n + 1 keys, the one whose last sort order is lowest. */
	const tails: Link<T>[] = [];
	for (const key of sequence) {
		let at = tails.findIndex(({ last }) => last.sortOrder >= key.sortOrder);
		if (at === -1) at = tails.length;
		tails[at] = { last: key, before: tails[at - 1] };
	}
	const ascent: T[] = [];
	for (let link = tails.at(-1); link; link = link.before) ascent.push(link.last);
	return ascent;
}

/** A sort order's first three digits. */
function numberOf(sortOrder: string): number {
	return (valueAt(sortOrder, 0) * digits.length + valueAt(sortOrder, 1)) * digits.length + valueAt(sortOrder, 2);
}

function serialize(number: number): string {
	const base = digits.length;
	return [Math.floor(number / base ** 2), Math.floor(number / base) % base, number % base]
		.map((digit) => digits.charAt(digit))
		.join('')
		.replace(/0{1,3}$/, '');
}

function valueAt(sortOrder: string, at: number): number {
	return Math.max(0, digits.indexOf(sortOrder.charAt(at) || '0'));
}

// Ours, not fractional-indexing (4.0.0), which throws on the ranks that earlier versions stored, and has no bound on their
// length: test/fuzz/README.md.
/** Ranks are digits after a point: compared as plain strings, and there is always room for one between two. */
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Longer ranks are a sign to give all keys new ones. */
const longest = 100;

/** Where no other fits; equal ranks are told apart by id, and spread when a key is moved. */
export const lastRank = 'zzz';

/** A rank ends in no 0: nothing fits between `a` and `a0`. */
export function isRank(text: string): boolean {
	return /^[0-9A-Za-z]*[1-9A-Za-z]$/.test(text) && text.length <= longest;
}

/**
 * A rank above `low` and below `high`; an absent one is the end of the order.
 * Undefined where no rank of a bearable length fits, for instance between equal ones.
 */
export function rankBetween(low: string | undefined, high: string | undefined): string | undefined {
	const floor = low ?? '';
	if (high !== undefined && floor >= high) {
		return undefined;
	}
	let rank = '';
	let bounded = high !== undefined;
	for (let at = 0; at <= longest; at += 1) {
		const from = valueAt(floor, at);
		const to = bounded && high !== undefined ? valueAt(high, at) : digits.length;
		const middle = Math.floor((from + to) / 2);
		if (middle > from) {
			const result = rank + (digits[middle] ?? '');
			return result.length <= longest ? result : undefined;
		}
		rank += digits[from] ?? '';
		bounded &&= from === to;
	}
	return undefined;
}

/** The next rank at the end of the order: short ones, so that a long list does not grow long ranks. */
export function rankAfter(last: string | undefined): string | undefined {
	const next = last === undefined ? digits.length ** 2 : numberOf(last) + 1;
	return next < digits.length ** 3 ? serialize(next) : undefined;
}

/** Evenly spread ranks for `count` keys, in order. */
export function evenRanks(count: number): readonly string[] {
	const step = digits.length ** 3 / (count + 1);
	return Array.from({ length: count }, (_, index) => serialize(Math.floor((index + 1) * step)));
}

/** A rank's first three digits. */
function numberOf(rank: string): number {
	return (valueAt(rank, 0) * digits.length + valueAt(rank, 1)) * digits.length + valueAt(rank, 2);
}

function serialize(number: number): string {
	const base = digits.length;
	return [Math.floor(number / base ** 2), Math.floor(number / base) % base, number % base]
		.map((digit) => digits.charAt(digit))
		.join('')
		.replace(/0{1,3}$/, '');
}

function valueAt(rank: string, at: number): number {
	return Math.max(0, digits.indexOf(rank.charAt(at) || '0'));
}

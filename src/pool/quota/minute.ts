import type { Tally, Wall } from '../ledger';

/** Length of the service's short window, in ms. */
export const minuteMs = 60_000;

/** Added to the window, in ms: two requests can reach the service closer together than they were sent. */
const slackMs = 150;

/** Sends at most this far apart are counted together, in ms: at most 150 tallies however busy the bucket. */
const mergeMs = 400;

export interface MinuteUse {
	readonly requests: number;
	readonly input: number;
}

/** When a tally no longer counts. All of it leaves with its last send. */
function leavesAt(tally: Tally): Wall {
	return tally[1] + minuteMs + slackMs;
}

/** What the last minute holds at `now`. */
export function minuteUse(minute: readonly Tally[], now: Wall): MinuteUse {
	let requests = 0;
	let input = 0;
	for (const tally of minute) {
		if (leavesAt(tally) > now) {
			requests += tally[2];
			input += tally[3];
		}
	}
	return { requests, input };
}

/** When the oldest tally that still counts leaves; nothing while the minute is empty. */
export function firstChangeAfter(minute: readonly Tally[], now: Wall): Wall | undefined {
	for (const tally of minute) {
		if (leavesAt(tally) > now) return leavesAt(tally);
	}
	return undefined;
}

/** The earliest time at which at most `requests` and `input` are left in the window. */
export function fallsTo(minute: readonly Tally[], requests: number, input: number, now: Wall): Wall {
	let left = minuteUse(minute, now);
	let at = now;
	for (const tally of minute) {
		if (left.requests <= requests && left.input <= input) break;
		if (leavesAt(tally) <= now) continue;
		left = { requests: left.requests - tally[2], input: left.input - tally[3] };
		at = Math.max(at, leavesAt(tally));
	}
	return at;
}

/** Counts sends at `at`, drops what has left, keeps the order. `at` may lie in the past. */
export function tally(
	minute: readonly Tally[],
	at: Wall,
	requests: number,
	input: number,
	now: Wall,
): readonly Tally[] {
	const kept = minute.filter((one) => leavesAt(one) > now);
	const last = kept.at(-1);
	if (last && at >= last[0] && at - last[0] <= mergeMs) {
		kept[kept.length - 1] = [last[0], Math.max(at, last[1]), last[2] + requests, last[3] + input];
		return kept;
	}
	const next: Tally = [at, at, requests, input];
	const index = kept.findIndex((one) => one[0] > at);
	if (index < 0) kept.push(next);
	else kept.splice(index, 0, next);
	return kept;
}

/** Corrects what a send at `sentAt` counted, once its real cost is known. A send that has left the window stays as it is. */
export function correct(minute: readonly Tally[], sentAt: Wall, requests: number, input: number): readonly Tally[] {
	const index = minute.findLastIndex((one) => one[0] <= sentAt && sentAt <= one[1]);
	const found = minute[index];
	if (!found) return minute;
	const next = [...minute];
	next[index] = [found[0], found[1], Math.max(0, found[2] + requests), Math.max(0, found[3] + input)];
	return next;
}

/** After the clock went backwards, sends of the future count as sent now: cautious, and over in a minute. */
export function pullBack(minute: readonly Tally[], now: Wall): readonly Tally[] {
	return minute.some((one) => one[1] > now)
		? minute.map((one): Tally => [Math.min(one[0], now), Math.min(one[1], now), one[2], one[3]])
		: minute;
}

import type { MinuteCounter, EpochMs } from '../types/stateStore';

/** ms. Sends at most this far apart are counted together, so a minute has at most 150 counters. */
const mergeMs = 400;

/** Counts sends at `at`, which may be in the past; drops expired counters and keeps the order. */
export function countInMinute(
	minute: readonly MinuteCounter[],
	at: EpochMs,
	requests: number,
	input: number,
	now: EpochMs,
): readonly MinuteCounter[] {
	const kept = minute.filter((one) => leavesAt(one) > now);
	const last = kept.at(-1);
	if (last && at >= last[0] && at - last[0] <= mergeMs) {
		kept[kept.length - 1] = [last[0], Math.max(at, last[1]), last[2] + requests, last[3] + input];
		return kept;
	}
	const next: MinuteCounter = [at, at, requests, input];
	const index = kept.findIndex((one) => one[0] > at);
	if (index < 0) kept.push(next);
	else kept.splice(index, 0, next);
	return kept;
}

/** Corrects the count of a send at `sentAt` once its real size is known. An expired counter stays as it is. */
export function correct(
	minute: readonly MinuteCounter[],
	sentAt: EpochMs,
	requests: number,
	input: number,
): readonly MinuteCounter[] {
	const index = minute.findLastIndex((one) => one[0] <= sentAt && sentAt <= one[1]);
	const found = minute[index];
	if (!found) return minute;
	const next = [...minute];
	next[index] = [found[0], found[1], Math.max(0, found[2] + requests), Math.max(0, found[3] + input)];
	return next;
}

/** After the clock was set back, sends in the future count as sent now: cautious, and over in a minute. */
export function pullBack(minute: readonly MinuteCounter[], now: EpochMs): readonly MinuteCounter[] {
	return minute.some((one) => one[1] > now)
		? minute.map((one): MinuteCounter => [Math.min(one[0], now), Math.min(one[1], now), one[2], one[3]])
		: minute;
}

/** ms. Length of the service's short window. */
export const minuteMs = 60_000;

/** ms. Added to the window, because two requests can reach the service closer together than they were sent. */
const slackMs = 150;

export interface MinuteUse {
	readonly requests: number;
	readonly input: number;
}

/** When a counter expires: with its last send. */
export function leavesAt(counter: MinuteCounter): EpochMs {
	return counter[1] + minuteMs + slackMs;
}

/** The latest time of a send that has expired by `at`. */
export function sentToLeaveAt(at: EpochMs): EpochMs {
	return at - minuteMs - slackMs;
}

/** Requests and input tokens of the last minute. */
export function minuteUse(minute: readonly MinuteCounter[], now: EpochMs): MinuteUse {
	let requests = 0;
	let input = 0;
	for (const counter of minute) {
		if (leavesAt(counter) > now) {
			requests += counter[2];
			input += counter[3];
		}
	}
	return { requests, input };
}

/** When the oldest counter expires; undefined while the minute is empty. */
export function firstChangeAfter(minute: readonly MinuteCounter[], now: EpochMs): EpochMs | undefined {
	for (const counter of minute) {
		if (leavesAt(counter) > now) return leavesAt(counter);
	}
	return undefined;
}

/** When the minute holds at most `requests` and `input`, if nothing more is sent. */
export function fallsTo(minute: readonly MinuteCounter[], requests: number, input: number, now: EpochMs): EpochMs {
	let left = minuteUse(minute, now);
	let at = now;
	for (const counter of minute) {
		if (left.requests <= requests && left.input <= input) break;
		if (leavesAt(counter) <= now) continue;
		left = { requests: left.requests - counter[2], input: left.input - counter[3] };
		at = Math.max(at, leavesAt(counter));
	}
	return at;
}

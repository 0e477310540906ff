import type { MinuteCounter, EpochMs } from '../types/stateStore';

/** Length of the service's short window, in ms. */
export const minuteMs = 60_000;

/** Added to the window, in ms: two requests can reach the service closer together than they were sent. */
const slackMs = 150;

export interface MinuteUse {
	readonly requests: number;
	readonly input: number;
}

/** When a tally no longer counts. All of it leaves with its last send. */
export function leavesAt(counter: MinuteCounter): EpochMs {
	return counter[1] + minuteMs + slackMs;
}

/** When a send that no longer counts at `at` was made at the latest. */
export function sentToLeaveAt(at: EpochMs): EpochMs {
	return at - minuteMs - slackMs;
}

/** What the last minute holds at `now`. */
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

/** When the oldest tally that still counts leaves; nothing while the minute is empty. */
export function firstChangeAfter(minute: readonly MinuteCounter[], now: EpochMs): EpochMs | undefined {
	for (const counter of minute) {
		if (leavesAt(counter) > now) return leavesAt(counter);
	}
	return undefined;
}

/** The earliest time at which at most `requests` and `input` are left in the window. */
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

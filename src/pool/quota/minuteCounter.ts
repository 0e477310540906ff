import type { MinuteCounter, EpochMs } from '../types/stateStore';
import { leavesAt } from './minute';

/** Sends at most this far apart are counted together, in ms: at most 150 tallies however busy the bucket. */
const mergeMs = 400;

/** Counts sends at `at`, drops what has left, keeps the order. `at` may lie in the past. */
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

/** Corrects what a send at `sentAt` counted, once its real cost is known. A send that has left the window stays as it is. */
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

/** After the clock went backwards, sends of the future count as sent now: cautious, and over in a minute. */
export function pullBack(minute: readonly MinuteCounter[], now: EpochMs): readonly MinuteCounter[] {
	return minute.some((one) => one[1] > now)
		? minute.map((one): MinuteCounter => [Math.min(one[0], now), Math.min(one[1], now), one[2], one[3]])
		: minute;
}

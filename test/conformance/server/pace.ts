import type { Scenario } from '../scenario';

/** How much faster than a scenario says everything goes, and whose clock follows. */
export interface Pace {
	/** Seconds of the scenario that pass in one real second. */
	readonly scale: number;
	/**
	 * `real`: the client lives in real time, so that delays which the service states are divided by the scale; `fast`: the
	 * client's own clock runs at the scale and begins where the scenario does, so that bodies stay as they are.
	 */
	readonly clock: 'real' | 'fast';
}

/** Noon in Los Angeles; the day there ends in 12 h. */
export const beginning = Date.UTC(2026, 10, 24, 20);

/** s of a scenario, beyond which a client needs a clock that can be set: its calendar would say another day. */
const maxRealTimeSeconds = 3_600;
/** A process needs some ms for a call, which are seconds of the scenario at the most. */
const scales = { least: 20, most: 300 };
/** Real s that a whole scenario should take. */
const longest = 10;
/** Real s between two things that a client does at different times: less, and a busy machine brings them out of order. */
const apart = 0.3;

/** s from the beginning to the last moment that matters to a client. */
function spanOf({ asks = [], expect }: Scenario): number {
	const calls = expect.calls
		.filter((call) => !call.includes(' list '))
		.map((call) => Number(/@(.+)$/.exec(call)?.[1] ?? 0));
	return Math.max(0, ...asks.map(({ at = 0 }) => at), ...calls);
}

/** As fast as the scenario's length asks for and its smallest step bears. */
export function scaleFor(scenario: Scenario): number {
	const { asks = [] } = scenario;
	const moments = [0, ...asks.map(({ at = 0 }) => at)].sort((a, b) => a - b);
	const steps = moments.map((at, n) => at - (moments[n - 1] ?? -Infinity));
	const least = Math.min(
		...[...steps, ...asks.map(({ cancelAfter = Infinity }) => cancelAfter)].filter((step) => step > 0),
	);
	const wanted = Math.max(scales.least, spanOf(scenario) / longest);
	return Math.max(1, Math.floor(Math.min(scales.most, least / apart, wanted)));
}

/** Whether a client that lives in real time cannot be held to this scenario. */
export function needsFastClock(scenario: Scenario): boolean {
	return spanOf(scenario) > maxRealTimeSeconds;
}

/** A body whose stated delays are so many times shorter, in whatever wrapping. */
export function shorten(text: string, scale: number): string {
	const shorter = (before: string, duration: string): string => `${before}${(secondsOf(duration) / scale).toFixed(3)}s`;
	return text
		.replace(/(retryDelay\W{1,8})(\d[\d.]*m?s)/g, (_, before: string, duration: string) => shorter(before, duration))
		.replace(/(retry in )((?:\d[\d.]*(?:ms|h|m|s))+)/gi, (_, before: string, duration: string) =>
			shorter(before, duration),
		);
}

const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600 };

function secondsOf(duration: string): number {
	return [...duration.matchAll(/(\d[\d.]*)(ms|h|m|s)/g)].reduce(
		(sum, [, value, unit = '']) => sum + Number(value) * (units[unit] ?? 0),
		0,
	);
}

import type { MicroDollars } from '../types/pricing';
import type { ClientActivity, RepeatedCall } from '../types/spending';
import type { EpochMs } from '../types/stateStore';

const hourMs = 3_600_000;
/** A client that spends this many times its usual hour is held. */
const tenfold = 10;
/** Hours with spending that must be known before any hour counts as unusual. */
const leastHours = 3;
/** Half a dollar: an hour that costs less holds nobody, however little was usual. */
const leastUnusualCost: MicroDollars = 500_000;
/** The usual hour is the mean of about this many hours in which something was spent. */
const usualHours = 24;
/** One and the same tool call, this often within so many ms, is a loop. */
const loopCalls = 20;
const loopMs = 10 * 60_000;
/** Different tool calls that are remembered of a client, the newest. */
const maxCalls = 64;

export function initialActivity(now: EpochMs): ClientActivity {
	return { hour: { startsAt: hourOf(now), cost: 0 }, usual: { cost: 0, hours: 0 }, calls: [] };
}

/** The client has spent `cost`. Holds it where the hour is ten times as dear as usual. */
export function spent(given: ClientActivity, cost: MicroDollars, now: EpochMs): ClientActivity {
	const activity = inHourOf(given, now);
	const hour = { ...activity.hour, cost: activity.hour.cost + cost };
	const next = { ...activity, hour };
	const isAllowed = (activity.allowedUntil ?? 0) > now;
	return !activity.held && !isAllowed && isUnusual(next)
		? { ...next, held: { since: now, cause: 'tenfoldHour' } }
		: next;
}

/** The client's model has asked for a tool. Holds the client where it has asked for the very same too often. */
export function toolCalled(given: ClientActivity, call: string, now: EpochMs): ClientActivity {
	const recent = given.calls.map((one): RepeatedCall => {
		return { call: one.call, at: one.at.filter((time) => time > now - loopMs && time <= now) };
	});
	const before = recent.find((one) => one.call === call)?.at ?? [];
	const at = [...before, now].slice(-loopCalls);
	const others = recent.filter((one) => one.at.length > 0 && one.call !== call);
	const next = { ...given, calls: [...others, { call, at }].slice(-maxCalls) };
	return !given.held && at.length >= loopCalls ? { ...next, held: { since: now, cause: 'repeatedCall' } } : next;
}

/** A person has looked, and lets it go on: what has held it is forgotten, and this hour holds it no more. */
export function released(given: ClientActivity, now: EpochMs): ClientActivity {
	const { held, ...activity } = given;
	return held ? { ...activity, calls: [], allowedUntil: hourOf(now) + hourMs } : given;
}

function isUnusual({ hour, usual }: ClientActivity): boolean {
	return usual.hours >= leastHours && hour.cost > Math.max(leastUnusualCost, tenfold * usual.cost);
}

/** An hour that is over becomes a part of what is usual; one in which nothing was spent tells nothing. */
function inHourOf(activity: ClientActivity, now: EpochMs): ClientActivity {
	const startsAt = hourOf(now);
	const { hour, usual } = activity;
	if (hour.startsAt === startsAt) return activity;
	// A clock that went backwards: the hour goes on.
	if (hour.startsAt > startsAt) return { ...activity, hour: { ...hour, startsAt } };
	const hours = Math.min(usual.hours + 1, usualHours);
	const mean = { cost: usual.cost + (hour.cost - usual.cost) / hours, hours };
	return { ...activity, hour: { startsAt, cost: 0 }, usual: hour.cost > 0 ? mean : usual };
}

function hourOf(now: EpochMs): EpochMs {
	return now - (now % hourMs);
}

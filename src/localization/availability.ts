import type { Reason, Availability, EpochMs } from '../pool/pool';
import type { Calendar, Moment, Until } from './calendar';
import type { Translate } from './userMessage';

/** What the texts are built with. `brief` is a reason in a few words. */
export interface AvailabilityWording {
	readonly t: Translate;
	readonly calendar: Calendar;
	readonly brief: (reason: Reason) => string;
}

/** Short, to follow a key: "resting 0:42 · minute quota", "until 09:00 · day quota". A countdown changes each second. */
export function describeAvailability(
	availability: Availability,
	now: EpochMs,
	{ t, calendar, brief }: AvailabilityWording,
): string {
	switch (availability.state) {
		case 'usable':
			return t('usable');
		case 'disabled':
			return t('disabled');
		case 'halfOpen':
			return t('trying one call');
		case 'unsupported':
			return brief(availability.reason);
		case 'quarantined':
			return t('needs attention: {0}', brief(availability.reason));
		case 'coolingDown': {
			if (availability.isEndless) return t('your limit is 0');
			const left = availability.until - now;
			const end = calendar.until(availability.until, now);
			if (end.state === 'past') return t('back now');
			const time = end.state === 'countdown' ? t('resting {0}', end.left) : t('until {0}', shortMoment(end, left, t));
			return `${time} · ${quotaName(availability.reason, t) ?? brief(availability.reason)}`;
		}
	}
}

/** The same for a screen reader: it names the time of day, so that it does not change each second. */
export function announceAvailability(availability: Availability, now: EpochMs, wording: AvailabilityWording): string {
	const { t, calendar, brief } = wording;
	if (availability.state !== 'coolingDown' || availability.isEndless)
		return describeAvailability(availability, now, wording);
	if (availability.until <= now) return t('back now');
	const end = calendar.moment(availability.until, now);
	return isDaily(availability, calendar)
		? t('resting until midnight Pacific, {0} here: {1}', moment(end, t), brief(availability.reason))
		: t('resting until {0}: {1}', moment(end, t), brief(availability.reason));
}

/** Within a day, which may have 23 hours, a time of day says which one is meant. */
function shortMoment(end: Until, left: number, t: Translate): string {
	return end.state === 'tomorrow' && left < 23 * 3_600_000 ? end.clock : moment(end, t);
}

/** What is used up, in two words. */
function quotaName(reason: Reason, t: Translate): string | undefined {
	switch (reason) {
		case 'rpm':
			return t('minute quota');
		case 'tpm':
			return t('minute quota, tokens');
		case 'rpd':
			return t('day quota');
		case 'tpd':
			return t('day quota, tokens');
		case 'cap':
			return t('your cap');
		default:
			return undefined;
	}
}

function isDaily({ reason, until }: { readonly reason: Reason; readonly until: EpochMs }, calendar: Calendar): boolean {
	return (reason === 'rpd' || reason === 'tpd' || reason === 'cap') && calendar.isPacificMidnight(until);
}

/** A moment without a preposition: "0:42", "09:00", "09:00 tomorrow", "Mon 09:00". */
export function moment(end: Until, t: Translate): string {
	switch (end.state) {
		case 'past':
			return t('now');
		case 'countdown':
			return end.left;
		case 'today':
			return end.clock;
		case 'tomorrow':
			return t('{0} tomorrow', end.clock);
		case 'otherDay':
			return `${end.day} ${end.clock}`;
	}
}

/** The same of a text that stays on screen, and may be read another day: "09:00", "Mon 09:00". */
export function lasting(end: Moment): string {
	return end.state === 'today' ? end.clock : `${end.day} ${end.clock}`;
}

/** The same within a sentence: "at 09:00", "on Mon at 09:00". */
export function when(end: Moment, t: Translate): string {
	return end.state === 'today' ? t('at {0}', end.clock) : t('on {0} at {1}', end.day, end.clock);
}

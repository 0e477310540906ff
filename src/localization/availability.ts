import type { Reason, Standing, Wall } from '../pool/pool';
import type { Calendar, Until } from './calendar';
import type { Translate } from './userMessage';

/** `brief` is the reason in a few words. */
export interface StandingVoice {
	readonly t: Translate;
	readonly calendar: Calendar;
	readonly brief: (why: Reason) => string;
}

/** Short, to stand beside a key: "resting 0:42", "until midnight Pacific (09:00)". Changes each second in a countdown. */
export function standingInWords(standing: Standing, now: Wall, { t, calendar, brief }: StandingVoice): string {
	switch (standing.is) {
		case 'usable':
			return t('usable');
		case 'disabled':
			return t('disabled');
		case 'probing':
			return t('trying one call');
		case 'closed':
			return brief(standing.why);
		case 'benched':
			return t('needs attention: {0}', brief(standing.why));
		case 'resting': {
			const end = calendar.until(standing.until, now);
			if (end.is === 'past') return t('back now');
			if (isDaily(standing, calendar)) return t('until midnight Pacific ({0})', moment(end, t));
			return end.is === 'countdown' ? t('resting {0}', end.left) : t('until {0}', moment(end, t));
		}
	}
}

/** The same to be read aloud: it names the time of day, so that it stays true and is not repeated each second. */
export function standingAloud(standing: Standing, now: Wall, voice: StandingVoice): string {
	const { t, calendar, brief } = voice;
	if (standing.is !== 'resting') return standingInWords(standing, now, voice);
	if (standing.until <= now) return t('back now');
	const end = calendar.moment(standing.until, now);
	return isDaily(standing, calendar)
		? t('resting until midnight Pacific, {0} here: {1}', moment(end, t), brief(standing.why))
		: t('resting until {0}: {1}', moment(end, t), brief(standing.why));
}

function isDaily({ why, until }: { readonly why: Reason; readonly until: Wall }, calendar: Calendar): boolean {
	return (why === 'rpd' || why === 'cap') && calendar.isPacificMidnight(until);
}

/** A moment without a preposition: "0:42", "09:00", "09:00 tomorrow", "Mon 09:00". */
export function moment(end: Until, t: Translate): string {
	switch (end.is) {
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

/** A moment within a sentence: "in 0:42", "at 09:00", "tomorrow at 09:00". */
export function when(end: Until, t: Translate): string {
	switch (end.is) {
		case 'past':
			return t('now');
		case 'countdown':
			return t('in {0}', end.left);
		case 'today':
			return t('at {0}', end.clock);
		case 'tomorrow':
			return t('tomorrow at {0}', end.clock);
		case 'otherDay':
			return t('on {0} at {1}', end.day, end.clock);
	}
}

import type { PoolFacts, Reason, Standing, StoreTrouble, Wall } from '../pool/pool';
import { createCalendar, type Locale } from './calendar';
import { reasonInWords } from './reasons';
import type { Facts, Said, Translate } from './userMessage';
import { storeTroubleInWords } from './storeErrors';
import { moment, standingAloud, standingInWords, when, type StandingVoice } from './availability';

export type { Facts, HelpfulCommand, Said, Translate } from './userMessage';
export { countdownMs, type Locale } from './calendar';

/** The end of a request without an answer: a `PoolError`, or what was stored of one. */
export interface Ended {
	readonly reason: Reason;
	readonly facts: PoolFacts;
	/** Oldest first. */
	readonly trail: readonly { readonly outcome: 'answered' | Reason }[];
}

/** Codes and facts in the user's language. It knows no editor: `extension.ts` hands in `vscode.l10n.t` and the language. */
export interface Words {
	readonly t: Translate;
	/** A reason with its remedy. */
	readonly sayReason: (why: Reason, facts?: Facts) => Said;
	/** What ended a request: its reason, and where that alone helps nobody the one of its last send. */
	readonly sayError: (error: Ended) => Said;
	/** Short, for a row: may be a countdown that changes each second. */
	readonly sayStanding: (standing: Standing, now: Wall) => string;
	/** To be read aloud, or to stay on screen: names the time of day. */
	readonly speakStanding: (standing: Standing, now: Wall) => string;
	/** The name of a strategy as the settings know it; an unknown one is said as it is. */
	readonly sayStrategy: (name: string) => string;
	/** A time of day, past or to come, with its day where that is not today. */
	readonly sayTime: (at: Wall, now: Wall) => string;
	/** Why this window does not know of the others, or did not. */
	readonly sayStoreTrouble: (trouble: StoreTrouble) => string;
	/** A number with the language's separators. */
	readonly sayCount: (value: number) => string;
}

/** `now` gives ms since 1970. */
export function createWords(t: Translate, locale: Locale, now: () => number): Words {
	let count: Intl.NumberFormat | undefined;
	const calendar = createCalendar(locale);
	const voice = {
		t,
		when: (at: number) => when(calendar.until(at, now()), t),
		count: (value: number) => (count ??= new Intl.NumberFormat([locale.language, 'en'])).format(value),
	};
	const sayReason = (why: Reason, facts: Facts = {}): Said => reasonInWords(why, facts, voice);
	const standings: StandingVoice = { t, calendar, brief: (why) => sayReason(why).brief };

	return {
		t,
		sayReason,
		sayError: (error) => withDemand(withLastStraw(sayReason(error.reason, error.facts), error, sayReason, t), error, t),
		sayStanding: (standing, at) => standingInWords(standing, at, standings),
		speakStanding: (standing, at) => standingAloud(standing, at, standings),
		sayStrategy: (name) => strategyInWords(name, t),
		sayTime: (at, from) => moment(calendar.moment(at, from), t),
		sayStoreTrouble: (trouble) => storeTroubleInWords(trouble, t),
		sayCount: voice.count,
	};
}

/** "Too many tries" or "paused" alone helps nobody: the last reason is what to act on. */
function withLastStraw(said: Said, { reason, trail }: Ended, sayReason: (why: Reason) => Said, t: Translate): Said {
	const last = trail.at(-1);
	if (reason !== 'tooManyTries' && reason !== 'paused') return said;
	if (last === undefined || last.outcome === 'answered') return said;
	return { ...said, text: `${said.text} ${t('Last reason: {0}.', sayReason(last.outcome).brief)}` };
}

/** Free keys that could have answered were left out on purpose: who reads of no usable key must know. */
function withDemand(said: Said, { reason, facts }: Ended, t: Translate): Said {
	if (!facts.paidOnly || reason === 'paidOnly') return said;
	return {
		...said,
		text: `${said.text} ${t('Only keys of paid projects are used here: keypool.paidOnly demands it.')}`,
	};
}

function strategyInWords(name: string, t: Translate): string {
	switch (name) {
		case 'headroom':
			return t('most quota left first');
		case 'roundRobin':
			return t('in turn');
		case 'weighted':
			return t('in turn by weight');
		case 'primaryBackup':
			return t('primary keys first');
		case 'healthScore':
			return t('by health');
		case 'leastRecentlyUsed':
			return t('least recently used first');
		default:
			return name;
	}
}

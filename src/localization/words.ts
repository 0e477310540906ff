import type { PoolFacts, Reason, Availability, StoreErrorReason, EpochMs } from '../pool/pool';
import { createCalendar, type Locale } from './calendar';
import { describeReason } from './reasons';
import type { Facts, UserMessage, Translate } from './userMessage';
import { describeStoreError } from './storeErrors';
import { moment, announceAvailability, describeAvailability, when, type StandingVoice } from './availability';

export type { Facts, HelpfulCommand, UserMessage, Translate } from './userMessage';
export { countdownMs, type Locale } from './calendar';

/** The end of a request without an answer: a `PoolError`, or what was stored of one. */
export interface RequestEnd {
	readonly reason: Reason;
	readonly facts: PoolFacts;
	/** Oldest first. */
	readonly attempts: readonly { readonly outcome: 'answered' | Reason }[];
}

/** Codes and facts in the user's language. It knows no editor: `extension.ts` hands in `vscode.l10n.t` and the language. */
export interface Words {
	readonly t: Translate;
	/** A reason with its remedy. */
	readonly describeReason: (reason: Reason, facts?: Facts) => UserMessage;
	/** What ended a request: its reason, and where that alone helps nobody the one of its last send. */
	readonly describeError: (error: RequestEnd) => UserMessage;
	/** Short, for a row: may be a countdown that changes each second. */
	readonly describeAvailability: (availability: Availability, now: EpochMs) => string;
	/** To be read aloud, or to stay on screen: names the time of day. */
	readonly announceAvailability: (availability: Availability, now: EpochMs) => string;
	/** The name of a strategy as the settings know it; an unknown one is said as it is. */
	readonly describeStrategy: (name: string) => string;
	/** A time of day, past or to come, with its day where that is not today. */
	readonly describeTime: (at: EpochMs, now: EpochMs) => string;
	/** Why this window does not know of the others, or did not. */
	readonly describeStoreError: (trouble: StoreErrorReason) => string;
	/** A number with the language's separators. */
	readonly describeCount: (value: number) => string;
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
	const reasonInWords = (reason: Reason, facts: Facts = {}): UserMessage => describeReason(reason, facts, voice);
	const standings: StandingVoice = { t, calendar, brief: (reason) => reasonInWords(reason).brief };

	return {
		t,
		describeReason: reasonInWords,
		describeError: (error) =>
			withDemand(withLastStraw(reasonInWords(error.reason, error.facts), error, reasonInWords, t), error, t),
		describeAvailability: (availability, at) => describeAvailability(availability, at, standings),
		announceAvailability: (availability, at) => announceAvailability(availability, at, standings),
		describeStrategy: (name) => describeStrategy(name, t),
		describeTime: (at, from) => moment(calendar.moment(at, from), t),
		describeStoreError: (trouble) => describeStoreError(trouble, t),
		describeCount: voice.count,
	};
}

/** "Too many tries" or "paused" alone helps nobody: the last reason is what to act on. */
function withLastStraw(
	serviceMessage: UserMessage,
	{ reason, attempts }: RequestEnd,
	reasonInWords: (reason: Reason) => UserMessage,
	t: Translate,
): UserMessage {
	const last = attempts.at(-1);
	if (reason !== 'tooManyTries' && reason !== 'paused') return serviceMessage;
	if (last === undefined || last.outcome === 'answered') return serviceMessage;
	return {
		...serviceMessage,
		text: `${serviceMessage.text} ${t('Last reason: {0}.', reasonInWords(last.outcome).brief)}`,
	};
}

/** Free keys that could have answered were left out on purpose: who reads of no usable key must know. */
function withDemand(serviceMessage: UserMessage, { reason, facts }: RequestEnd, t: Translate): UserMessage {
	if (!facts.paidOnly || reason === 'paidOnly') return serviceMessage;
	return {
		...serviceMessage,
		text: `${serviceMessage.text} ${t('Only keys of paid projects are used here: keypool.paidOnly demands it.')}`,
	};
}

function describeStrategy(name: string, t: Translate): string {
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

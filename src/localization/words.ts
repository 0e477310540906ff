import type { PoolFacts, Reason, Availability, StoreErrorReason, EpochMs, KeyView, StrategyName } from '../pool/pool';
import { createCalendar, type Locale } from './calendar';
import { createMoney } from './money';
import { paidOnlyInWords } from './paidOnlyInWords';
import { describeReason } from './reasons';
import { atGateway } from './sourceReasons';
import type { Facts, UserMessage, Translate } from './userMessage';
import {
	moment,
	announceAvailability,
	describeAvailability,
	lasting,
	when,
	type AvailabilityWording,
} from './availability';

export type { Facts, HelpfulCommand, UserMessage, Translate } from './userMessage';
export { countdownMs, type Locale } from './calendar';

/** How a request ended without an answer: a `PoolError`, or what was stored of one. */
export interface RequestEnd {
	readonly reason: Reason;
	readonly facts: PoolFacts;
	/** Oldest first. */
	readonly attempts: readonly { readonly outcome: 'answered' | Reason }[];
}

interface Wait {
	readonly reason: Reason;
	readonly inMs: number;
	/** Requests that are served before. */
	readonly ahead: number;
}

/** Reasons, states and times in the user's language. Does not know VS Code: `extension.ts` passes `vscode.l10n.t` and the language. */
export interface Words {
	readonly t: Translate;
	/** A reason with its remedy. */
	readonly describeReason: (reason: Reason, facts?: Facts) => UserMessage;
	/** Why a request ended: its reason and, if that alone does not help, the reason of its last attempt. */
	readonly describeError: (error: RequestEnd) => UserMessage;
	/** Short, for a row. May be a countdown that changes each second. */
	readonly describeAvailability: (availability: Availability, now: EpochMs) => string;
	/** For a screen reader, or to stay on screen: names the time of day. */
	readonly announceAvailability: (availability: Availability, now: EpochMs) => string;
	/** The same of a key: one that could answer is not usable where a demand for paid keys bars it. */
	readonly announceKey: (view: Pick<KeyView, 'availability' | 'isBarred'>, now: EpochMs) => string;
	/** Who is waited for, until when and why. It names a time that stays true without being redrawn. */
	readonly describeWait: (name: string, wait: Wait, now: EpochMs) => string;
	/** @param name as in the settings */
	readonly describeStrategy: (name: StrategyName) => string;
	/** A time of day, past or future, with its day if that is not today. */
	readonly describeTime: (at: EpochMs, now: EpochMs) => string;
	/** The same for a text that stays: it may be read another day, when "tomorrow" is over. */
	readonly describeLastingTime: (at: EpochMs, now: EpochMs) => string;
	/** The same with the name of its zone: those who read it may live in another one. */
	readonly describeZonedTime: (at: EpochMs, now: EpochMs) => string;
	/** Why the windows cannot share their counts, or could not. */
	readonly describeStoreError: (reason: StoreErrorReason) => Promise<string>;
	/** Day and month of the Pacific day that ends then. */
	readonly describePacificDay: (endsAt: EpochMs) => string;
	/** Millionths of a dollar. */
	readonly describeMoney: (microDollars: number) => string;
	/** A number with the separators of the language. */
	readonly describeCount: (value: number) => string;
	/** A team's gateway answers in place of keys. */
	readonly isGatewayUsed: () => boolean;
}

/** A message where it has one place. */
export function inOneText({ text, remedy }: Pick<UserMessage, 'text' | 'remedy'>): string {
	return remedy === undefined ? text : `${text} ${remedy}`;
}

/**
 * @param now ms since 1970
 * @param isGatewayUsed a team's gateway answers in place of keys
 */
export function createWords(
	t: Translate,
	locale: Locale,
	now: () => number,
	isGatewayUsed: () => boolean = () => false,
): Words {
	let count: Intl.NumberFormat | undefined;
	const calendar = createCalendar(locale);
	const reasonWording = {
		t,
		money: createMoney(locale.language),
		when: (at: number) => {
			if (at <= now()) return t('now');
			const time = when(calendar.moment(at, now()), t);
			return locale.isNamed ? `${time} (${calendar.zoneName(at)})` : time;
		},
		count: (value: number) => (count ??= new Intl.NumberFormat([locale.language, 'en'])).format(value),
	};
	const describe = (reason: Reason, facts: Facts = {}): UserMessage => {
		const message = describeReason(reason, facts, reasonWording);
		return isGatewayUsed() ? atGateway(reason, message, facts, reasonWording) : message;
	};
	const availabilityWording: AvailabilityWording = { t, calendar, brief: (reason) => describe(reason).brief };
	const announce = (availability: Availability, at: EpochMs): string =>
		announceAvailability(availability, at, availabilityWording);

	return {
		t,
		describeReason: describe,
		describeError: (error) =>
			withPaidOnlyNote(withLastReason(describe(error.reason, error.facts), error, describe, t), error, t),
		describeAvailability: (availability, at) => describeAvailability(availability, at, availabilityWording),
		announceAvailability: announce,
		announceKey: ({ availability, isBarred }, at) =>
			isBarred && availability.state === 'usable' ? t('paid keys only') : announce(availability, at),
		describeWait: (name, { reason, inMs, ahead }, at) => {
			const until = lasting(calendar.moment(at + inMs, at));
			const { brief } = describe(reason);
			return ahead === 0
				? t('waiting for {0} until {1}: {2}', name, until, brief)
				: t('waiting for {0} until {1}: {2}; {3} ahead', name, until, brief, reasonWording.count(ahead));
		},
		describeStrategy: (name) => describeStrategy(name, t),
		describeTime: (at, from) => moment(calendar.moment(at, from), t),
		describeLastingTime: (at, from) => lasting(calendar.moment(at, from)),
		describeZonedTime: (at, from) => `${lasting(calendar.moment(at, from))} (${calendar.zoneName(at)})`,
		describeStoreError: async (reason) =>
			// Of a version that was replaced the files may be gone.
			reason === 'newer'
				? t(
						'Keypool’s record of quotas was written by a newer version of Keypool. Reload this window or update Keypool; until then this window counts on its own.',
					)
				: (await import('./storeErrors')).describeStoreError(reason, t),
		describePacificDay: (endsAt) => calendar.pacificDay(endsAt),
		describeMoney: reasonWording.money,
		describeCount: reasonWording.count,
		isGatewayUsed,
	};
}

/** "Too many tries" or "paused" alone does not help: the last reason says what to do. */
function withLastReason(
	message: UserMessage,
	{ reason, attempts }: RequestEnd,
	describe: (reason: Reason) => UserMessage,
	t: Translate,
): UserMessage {
	const last = attempts.at(-1);
	if (reason !== 'tooManyTries' && reason !== 'paused') return message;
	if (last === undefined || last.outcome === 'answered') return message;
	return {
		...message,
		text: `${message.text} ${t('Last reason: {0}.', describe(last.outcome).brief)}`,
	};
}

/** Free keys were excluded on purpose: somebody who reads that no key is usable must know. */
function withPaidOnlyNote(message: UserMessage, { reason, facts }: RequestEnd, t: Translate): UserMessage {
	if (!facts.paidOnly || reason === 'paidOnly') return message;
	return {
		...message,
		text: `${message.text} ${paidOnlyInWords({ t })}`,
	};
}

function describeStrategy(name: StrategyName, t: Translate): string {
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
	}
}

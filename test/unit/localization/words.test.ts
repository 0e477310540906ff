import assert from 'node:assert/strict';
import { PoolError, type Attempt, type KeyId, type Reason, type Availability } from '../../../src/pool/pool';
import { createWords } from '../../../src/localization/words';
import { reasonCategory } from '../../../src/monitoring/log/reasonCategory';
import { hour, minute, noon, standings, translate, words } from '../../support/views/snapshots';

const resting = (ms: number, reason: Reason = 'rpm'): Availability => ({
	state: 'coolingDown',
	reason,
	until: noon + ms,
});

describe('availability in words', () => {
	const serviceMessage = (availability: Availability) => words.describeAvailability(availability, noon);

	it('counts a short cooldown down, and never shows 0:00 before it is over', () => {
		assert.equal(serviceMessage(resting(42_000)), 'resting 0:42 · minute quota');
		assert.equal(serviceMessage(resting(1)), 'resting 0:01 · minute quota');
		assert.equal(serviceMessage(resting(60_001)), 'resting 1:01 · minute quota');
		assert.equal(serviceMessage(resting(10 * minute - 1)), 'resting 10:00 · minute quota');
		assert.equal(serviceMessage(resting(0)), 'back now');
	});

	it('names the time of day from ten minutes on, with the day if it is another', () => {
		assert.equal(serviceMessage(resting(10 * minute)), 'until 12:10 · minute quota');
		assert.equal(serviceMessage(resting(21 * hour)), 'until 09:00 · minute quota');
		assert.equal(serviceMessage(resting(26 * hour)), 'until 14:00 tomorrow · minute quota');
		assert.equal(serviceMessage(resting(3 * 24 * hour)), 'until Fri 12:00 · minute quota');
		assert.equal(serviceMessage(resting(30 * 24 * hour)), 'until Dec 24 12:00 · minute quota');
	});

	it('names the year of a day that is more than half a year away: a token may be good for one, a conversation be older', () => {
		const day = 24 * hour;
		assert.equal(words.describeTime(noon + 182 * day, noon), 'May 25 12:00');
		assert.equal(words.describeTime(noon + 365 * day, noon), 'Nov 24, 2027 12:00');
		assert.equal(words.describeTime(noon - 365 * day, noon), 'Nov 24, 2025 12:00');
	});

	it('calls the next day tomorrow across a change of summer time', () => {
		const berlin = createWords(translate, { language: 'en', zone: 'Europe/Berlin' }, () => noon);
		const lateOnSaturday = Date.parse('2026-10-24T23:30:00+02:00');
		const onSunday = Date.parse('2026-10-25T23:00:00+01:00');
		const availability: Availability = { state: 'coolingDown', reason: 'rpm', until: onSunday };
		assert.match(berlin.announceAvailability(availability, lateOnSaturday), /^resting until 23:00 tomorrow: /);
		assert.equal(berlin.describeAvailability(availability, lateOnSaturday), 'until 23:00 tomorrow · minute quota');
	});

	it('names the day of a rest that ends at a later time of the next day, which has 23 hours: it would seem to end today', () => {
		const london = createWords(translate, { language: 'en', zone: 'Europe/London' }, () => noon);
		const now = Date.parse('2026-03-28T07:11:00Z');
		const untilPacificMidnight: Availability = { state: 'coolingDown', reason: 'rpd', until: Date.UTC(2026, 2, 29, 7) };
		assert.equal(london.describeAvailability(untilPacificMidnight, now), 'until 08:00 tomorrow · day quota');
		assert.equal(london.describeAvailability(untilPacificMidnight, now + hour), 'until 08:00 · day quota');
	});

	it('names the zone of a time that somebody in another one may read', () => {
		const ho = createWords(translate, { language: 'en', zone: 'Asia/Ho_Chi_Minh' }, () => noon);
		assert.equal(ho.describeZonedTime(noon + hour, noon), '20:00 (GMT+7)');
		const nowhere = createWords(translate, { language: 'en', zone: 'UTC' }, () => noon);
		assert.equal(nowhere.describeZonedTime(noon + 26 * hour, noon), 'Wed 14:00 (UTC)');
	});

	it('names what is used up, and midnight Pacific only where there is room for it', () => {
		assert.equal(serviceMessage(standings.day), 'until 08:00 · day quota');
		assert.equal(serviceMessage({ ...standings.day, reason: 'cap' }), 'until 08:00 · your cap');
		assert.equal(serviceMessage(resting(hour, 'tpm')), 'until 13:00 · minute quota, tokens');
		assert.equal(serviceMessage(resting(hour, 'tpd')), 'until 13:00 · day quota, tokens');
		assert.equal(serviceMessage(resting(5_000, 'overloaded')), 'resting 0:05 · model overloaded');
	});

	it('says midnight Pacific only for a daily cooldown that ends then, in winter and in summer', () => {
		const aloud = (availability: Availability, now: number): string => words.announceAvailability(availability, now);
		assert.match(aloud(standings.day, noon), /^resting until midnight Pacific, 08:00 tomorrow here: /);
		assert.match(aloud({ ...standings.day, reason: 'tpd' }, noon), /^resting until midnight Pacific, /);
		const summer = Date.UTC(2026, 6, 2, 7);
		const daily: Availability = { state: 'coolingDown', reason: 'rpd', until: summer };
		assert.match(aloud(daily, summer - hour), /^resting until midnight Pacific, 07:00 here: /);
		assert.match(aloud(resting(hour, 'rpd'), noon), /^resting until 13:00: /);
		assert.match(aloud({ ...standings.day, reason: 'rpm' }, noon), /^resting until 08:00 tomorrow: /);
	});

	it('tells what needs attention', () => {
		assert.equal(serviceMessage(standings.leaked), 'needs attention: reported as leaked');
	});

	it('is announced without a countdown, so that a screen reader does not repeat it', () => {
		const aloud = words.announceAvailability(resting(42_000), noon);
		assert.equal(aloud, words.announceAvailability(resting(42_000), noon + 1000));
		assert.match(aloud, /^resting until 12:01: requests per minute used up$/);
	});
});

describe('reasons in words', () => {
	// Found by fuzzing: windows of two versions share the store.
	it('describe one that only a newer version knows as unexpected', () => {
		const newer = 'heardOfTomorrow' as Reason;
		assert.deepEqual(words.describeReason(newer), words.describeReason('unexpected'));
		assert.equal(reasonCategory(newer), reasonCategory('unexpected'));
	});

	it('name the gateway where a team’s answers in place of keys, and offer no key to add or check', () => {
		const isUsed = { value: false };
		const of = createWords(
			translate,
			{ language: 'en', zone: 'UTC' },
			() => noon,
			() => isUsed.value,
		);
		assert.equal(of.describeReason('badKey').action?.command, 'keypool.addKey');
		// That of a company's own authority is no way there, either, on a computer or in a container that lacks it.
		assert.match(of.describeReason('unreachable').text, /certificate is not trusted here/);
		isUsed.value = true;
		const badToken = of.describeReason('badKey');
		assert.match(badToken.text, /does not know this token/);
		assert.equal(badToken.link, undefined);
		assert.equal(badToken.action?.command, 'keypool.useTeamGateway');
		assert.equal(of.describeReason('unreachable').text, 'The gateway cannot be reached now.');
		assert.match(of.describeReason('unreachable').remedy ?? '', /trusts its certificate/);
		const resting = of.describeReason('noUsableKey', { retryAt: noon + hour });
		assert.equal(resting.text, 'The team’s gateway cannot answer right now.');
		assert.equal(resting.remedy, 'It works again by itself at 13:00.');
		for (const reason of [
			'badKey',
			'blocked',
			'serviceDisabled',
			'leaked',
			'region',
			'noKeys',
			'tooManyTries',
		] as const)
			assert.doesNotMatch(of.describeReason(reason).action?.command ?? '', /addKey|checkAllKeys/, reason);
	});

	it('say to a colleague what is wrong at the gateway, in its own words where it has some, and what they can do there', () => {
		const of = createWords(
			translate,
			{ language: 'en', zone: 'UTC' },
			() => noon,
			() => true,
		);
		const away = 'The service cannot be reached: this computer is offline, or nothing answers at the address.';
		const internal = of.describeReason('internal', { serviceMessage: away });
		assert.deepEqual(
			[internal.text, internal.remedy],
			['The team’s gateway cannot answer right now.', `It says: ${away}`],
		);
		for (const reason of ['waitedTooLong', 'capacity'] as const) {
			const { brief, text, remedy } = of.describeReason(reason, { retryAt: noon + hour, serviceMessage: away });
			assert.deepEqual(
				[brief, text, remedy],
				['cannot answer now', 'The team’s gateway cannot answer right now.', 'It works again by itself at 13:00.'],
			);
		}
		// Behind a sign-in page.
		assert.deepEqual(of.describeReason('redirected'), of.describeReason('unreachable'));
		assert.match(of.describeReason('paidOnly').remedy ?? '', /^Ask whoever runs the gateway/);
		const notYours = { model: 'm', serviceMessage: 'This client may not use the model m.' };
		assert.deepEqual(of.describeReason('modelDenied', notYours), of.describeReason('gatewayRefused', notYours));
	});

	it('do not send anybody away until a budget begins anew that their question alone exceeds', () => {
		const shortage = { scope: 'pool', period: 'day', limit: 100_000, used: 0, needed: 500_000 } as const;
		const { text, remedy } = words.describeReason('budget', { shortage });
		assert.match(text, /The budget of \$0\.10 a day does not allow this request: .* it may cost \$0\.50\./);
		assert.match(remedy ?? '', /, or allow the answer fewer tokens\.$/);
		const spent = { ...shortage, limit: 600_000, used: 200_000 };
		assert.match(words.describeReason('budget', { shortage: spent, retryAt: noon + hour }).remedy ?? '', /or wait\.$/);
	});

	it('do not say of keys that are disabled that there is none, nor ask for another one', () => {
		const off = words.describeReason('noKeys', { limit: 2 });
		assert.deepEqual(
			[off.text, off.action?.command, off.link],
			['No key is enabled.', 'keypool.keys.focus', undefined],
		);
		assert.equal(words.describeReason('noKeys').action?.command, 'keypool.addKey');
	});

	it('say when the first key is back, by a day that is still right where the text is read the next morning', () => {
		const { remedy } = words.describeReason('noUsableKey', { retryAt: noon + 21 * hour });
		assert.equal(remedy, 'The first key is back on Wed at 09:00.');
	});

	it('name the day of a time that stays: read in the morning, tomorrow would be a day too late', () => {
		assert.equal(words.describeLastingTime(noon + hour, noon), '13:00');
		assert.equal(words.describeLastingTime(noon + 21 * hour, noon), 'Wed 09:00');
		assert.equal(words.describeLastingTime(noon + 30 * 24 * hour, noon), 'Dec 24 12:00');
		assert.equal(words.describeTime(noon + 21 * hour, noon), '09:00 tomorrow');
	});

	it('name a time of day however near it is: a countdown in a text that stays is wrong after a second', () => {
		const { remedy } = words.describeReason('noUsableKey', { retryAt: noon + 32_000 });
		assert.equal(remedy, 'The first key is back at 12:01.');
		assert.equal(words.describeTime(noon + hour + 50, noon), '13:00');
		assert.equal(words.describeReason('rpm', { retryAt: noon + 300_000 }).remedy, 'It works again by itself at 12:05.');
		assert.equal(words.describeReason('rpm', { retryAt: noon }).remedy, 'It works again by itself now.');
	});

	it('name the zone of a time where colleagues who live in another one read it', () => {
		const of = createWords(translate, { language: 'en', zone: 'UTC', isNamed: true }, () => noon);
		const { remedy } = of.describeReason('noUsableKey', { retryAt: noon + 32_000 });
		assert.equal(remedy, 'The first key is back at 12:01 (UTC).');
	});

	it('say where a conversation chooses its model: one of its own goes before the settings', () => {
		const { remedy } = words.describeReason('noSuchModel', { model: 'gemini-2.5-flash' });
		assert.equal(remedy, 'Choose another model below the chat’s input box, or in the settings.');
	});

	it('say which kind of key to create instead of a retired one', () => {
		assert.match(words.describeReason('badKey', { mask: 'AIza…x7Qz' }).remedy ?? '', /begins with AQ\./);
		assert.doesNotMatch(words.describeReason('badKey', { mask: 'AQ.A…x7Qz' }).remedy ?? '', /AIza/);
	});

	it('include the last reason if the tries are used up', () => {
		const attempt: Attempt = {
			key: 'k' as KeyId,
			model: 'm',
			label: 'Free',
			sentAt: noon,
			ms: 1,
			outcome: 'overloaded',
		};
		assert.match(words.describeError(new PoolError('tooManyTries', [attempt])).text, /Last reason: model overloaded\./);
		const leaked = new PoolError('paused', [{ ...attempt, outcome: 'leaked' }]);
		assert.match(words.describeError(leaked).text, /Last reason: reported as leaked\./);
	});

	it('do not say that nothing was sent where something may have been', () => {
		const words = createWords(
			(text) => text,
			{ language: 'en' },
			() => 0,
		);
		for (const reason of ['noTimeLeft', 'paidOnly'] as const)
			assert.doesNotMatch(words.describeReason(reason).text, /nothing was sent/i);
	});

	it('say how long an answer usually takes only where that is known', () => {
		const words = createWords(translate, { language: 'en' }, () => 0);
		const text = (limit: number): string => words.describeReason('noTimeLeft', { limit }).text;
		assert.equal(text(5), 'An answer usually takes 5 s, and less time than that was left.');
		assert.equal(text(0), 'No key could answer in the time that this request had.');
	});

	it('say with every refusal that only paid keys were used', () => {
		const words = createWords(
			(text) => text,
			{ language: 'en' },
			() => 0,
		);
		const serviceMessage = (reason: 'waitedTooLong' | 'paidOnly') =>
			words.describeError({ reason, facts: { paidOnly: true }, attempts: [] }).text;
		assert.match(
			serviceMessage('waitedTooLong'),
			/No key can answer in time\. Only keys of paid projects are used here/,
		);
		assert.match(serviceMessage('paidOnly'), /none of them is enabled/);
		const { remedy = '' } = words.describeReason('paidOnly');
		for (const said of [serviceMessage('waitedTooLong'), remedy])
			assert.match(said, /[Tt]he setting keypool\.paidOnly or keypool\.paidOnlyInRestrictedMode/);
	});
});

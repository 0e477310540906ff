import type { Attempt, KeyView, ModelView, Reason, Availability, EpochMs } from '../../pool/pool';
import { paidOnlyInWords } from '../../localization/paidOnlyInWords';
import { inOneText, type UserMessage, type Words } from '../../localization/words';
import { fallenInWords, revokedInWords } from '../notices/revokedTier';
import { isClearable, isSameAvailability, limitOfZeroIn } from '../shared/cooldowns';
import { healthInWords } from '../shared/rowPresentation';

/** Why a key stands as it does: what happened, what the pool decided, what a person can do. */
export interface Explanation {
	readonly title: string;
	/** Plain text. */
	readonly paragraphs: readonly string[];
	readonly link?: NonNullable<UserMessage['link']>;
	/** What helps, as a command on the key or without a key. */
	readonly act?: { readonly command: string; readonly onKey: boolean; readonly title: string };
}

/** Characters of what the service said. */
const maxServiceMessage = 300;
/** Limits that fell. */
const maxFallen = 4;

/**
 * @param model absent: the state for the model that the pool speaks of.
 * @param failure the key's last failed call, on that model where one is given.
 * @param isPaused no key takes anything until a person resumes.
 */
export function explain(
	view: KeyView,
	model: ModelView | undefined,
	failure: Attempt | undefined,
	words: Words,
	now: EpochMs,
	isPaused = false,
): Explanation {
	const availability = model?.availability ?? view.availability;
	const reason = 'reason' in availability ? availability.reason : undefined;
	const facts = {
		mask: view.key.mask,
		...(model && { model: model.model }),
		...limitIn(view, model, reason),
		...limitOfZeroIn(availability),
		...(availability.state === 'coolingDown' && !availability.isEndless && { retryAt: availability.until }),
	};
	const message = reason === undefined ? undefined : words.describeReason(reason, facts);
	const { t } = words;
	const { isBarred } = view;
	const paused = words.describeReason('paused');
	const isHeldUp = isPaused && !isBarred && availability.state !== 'quarantined' && availability.state !== 'disabled';
	const subject = model ? t('{0} on {1}', view.key.label, model.model) : view.key.label;
	const paragraphs = [
		revokedInWords(view, words, now),
		view.revoked && quote(view.revoked.serviceMessage, words),
		isBarred ? barred(words) : undefined,
		...happened(availability, failure, message, words, now),
		// A key that is barred takes nothing, now or later.
		isBarred && (availability.state === 'usable' || availability.state === 'coolingDown')
			? undefined
			: isHeldUp
				? inOneText(paused)
				: decided(view, availability, words, now),
		availability.state === 'coolingDown' || availability.state === 'usable' ? undefined : message?.remedy,
		others(view, model, words, now),
		model ? undefined : health(view, words),
		...(model ? [model] : view.models).flatMap((one) => fallenInWords(one, words)).slice(0, maxFallen),
	];
	const isOnlyBarred = isBarred && availability.state === 'usable';
	const act = isOnlyBarred
		? { command: 'keypool.setTier', onKey: true, title: t('Set Tier…') }
		: isHeldUp
			? paused.action && { ...paused.action, onKey: false }
			: actFor(view, availability, message, words);
	return {
		title: t('{0}: {1}', subject, words.announceKey({ availability, isBarred }, now)),
		// What the service said of the tier is what it said of the rest, as a rule.
		paragraphs: [...new Set(paragraphs)].filter((part): part is string => part !== undefined && part !== ''),
		...(message?.link && { link: message.link }),
		...(act && { act }),
	};
}

function happened(
	availability: Availability,
	failure: Attempt | undefined,
	message: UserMessage | undefined,
	words: Words,
	now: EpochMs,
): readonly string[] {
	const { t } = words;
	const reason = message?.text ?? '';
	if (availability.state === 'quarantined') {
		const at = t('It happened at {0}.', words.describeTime(availability.since, now));
		return [`${reason} ${at}`, quote(availability.serviceMessage ?? failure?.serviceMessage, words)];
	}
	const saidThen = 'serviceMessage' in availability ? availability.serviceMessage : undefined;
	if (failure === undefined || failure.outcome === 'answered') return [reason, quote(saidThen, words)];
	const call = t(
		'Its last failed call was at {0}, with {1}: {2}.',
		words.describeTime(failure.sentAt, now),
		failure.model,
		words.describeReason(failure.outcome).brief,
	);
	return [reason, call, quote(failure.serviceMessage ?? saidThen, words)];
}

function barred(words: Words): string {
	return `${paidOnlyInWords(words)} ${words.t('If its project has billing, set its tier to paid.')}`;
}

function quote(serviceMessage: string | undefined, { t }: Words): string {
	if (!serviceMessage) return '';
	const line = serviceMessage.replace(/\s+/g, ' ');
	return t('The service said: {0}', line.length > maxServiceMessage ? `${line.slice(0, maxServiceMessage)}…` : line);
}

function decided(view: KeyView, availability: Availability, words: Words, now: EpochMs): string {
	const { t } = words;
	switch (availability.state) {
		case 'usable':
			return view.isVerified ? t('It takes requests.') : t('Ready, but not verified yet. Check it to be sure.');
		case 'disabled':
			return t('You have disabled it. It takes no requests until you enable it.');
		case 'coolingDown':
			if (availability.isEndless) return '';
			if (availability.reason === 'overloaded') {
				return t(
					'Keypool sends nothing to this model until {0}, with any key. Then it tries again by itself.',
					words.describeTime(availability.until, now),
				);
			}
			return t(
				'Keypool sends it nothing until {0}. Then it tries again by itself.',
				words.describeTime(availability.until, now),
			);
		case 'halfOpen':
			return t('Keypool is trying one call with it. If that is answered, the key takes requests again.');
		case 'unsupported':
			return t(
				'Keypool does not use it for this model. It tries again at {0}.',
				words.describeTime(availability.until, now),
			);
		case 'quarantined':
			return availability.recheckAt === undefined
				? t('Keypool has set it aside and will not try it again by itself.')
				: t(
						'Keypool has set it aside and will check it again at {0}.',
						words.describeTime(availability.recheckAt, now),
					);
	}
}

/** A key that stands well for the one model may rest for another. */
function others(view: KeyView, model: ModelView | undefined, words: Words, now: EpochMs): string | undefined {
	if (model || view.availability.state === 'quarantined' || view.availability.state === 'disabled') return undefined;
	const ofKey = JSON.stringify(view.availability);
	return view.models
		.filter(({ availability }) => availability.state !== 'usable' && JSON.stringify(availability) !== ofKey)
		.slice(0, 3)
		.map((one) => words.t('{0}: {1}', one.model, words.announceAvailability(one.availability, now)))
		.join('\n');
}

function health(view: KeyView, words: Words): string {
	const rule = words.t('Each answer adds 5; each refusal because of the quota or the key itself subtracts 20.');
	return `${healthInWords(view, words)}. ${rule}`;
}

function limitIn(view: KeyView, model: ModelView | undefined, reason: Reason | undefined): { limit?: number } {
	if (reason !== 'rpm' && reason !== 'tpm') return {};
	// A key stands as the model in use does: another one may rest for the same reason, by another limit.
	const from = model ?? view.models.find((one) => isSameAvailability(one.availability, view.availability));
	const limit = from?.limitUsage[reason]?.limit;
	return limit === undefined ? {} : { limit };
}

function actFor(
	view: KeyView,
	availability: Availability,
	message: UserMessage | undefined,
	{ t }: Words,
): Explanation['act'] | undefined {
	switch (availability.state) {
		case 'disabled':
			return { command: 'keypool.enableKey', onKey: true, title: t('Enable') };
		case 'coolingDown':
			return message?.action && !isClearable(availability)
				? { ...message.action, onKey: true }
				: { command: 'keypool.clearRest', onKey: true, title: t('Clear the Rest') };
		case 'usable':
			if (view.revoked) return { command: 'keypool.setTier', onKey: true, title: t('Set Tier…') };
			return view.isVerified ? undefined : { command: 'keypool.checkKey', onKey: true, title: t('Check Now') };
		case 'quarantined':
		case 'unsupported':
			// The service knows such keys and refuses them all the same: a check proves nothing.
			if (
				availability.reason === 'billing' ||
				availability.reason === 'suspended' ||
				availability.reason === 'denied'
			) {
				return { command: 'keypool.useAgain', onKey: true, title: t('Use Again') };
			}
			if (message?.action?.command === 'keypool.checkAllKeys') {
				return { command: 'keypool.checkKey', onKey: true, title: t('Check Now') };
			}
			// Another key in its place keeps all that a person has said of this one.
			if (message?.action?.command === 'keypool.addKey') {
				return { command: 'keypool.replaceKey', onKey: true, title: t('Replace It…') };
			}
			return (
				message?.action && {
					command: message.action.command,
					onKey: false,
					title: message.action.title,
				}
			);
		case 'halfOpen':
			return undefined;
	}
}

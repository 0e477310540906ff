import type {
	CapView,
	KeyView,
	ModelView,
	LimitUsage,
	Availability,
	EpochMs,
	SpendingView,
	SpentView,
} from '../../pool/pool';
import { paidOnlyInWords } from '../../localization/paidOnlyInWords';
import type { Facts, Words } from '../../localization/words';
import {
	bar,
	beside,
	bold,
	icon,
	lines,
	link,
	listed,
	paragraphs,
	plain,
	quoted,
	type Markdown,
} from '../../ui/markdown';
import { fallenInWords, revokedInWords } from '../notices/revokedTier';
import { spentInWords } from '../shared/spending';
import { isSameAvailability, limitOfZeroIn } from '../shared/cooldowns';
import { gatewayHover } from '../shared/gatewayRows';
import type { Row } from '../shared/rows';
import {
	causeOf,
	healthInWords,
	inputTokens,
	requestsInWords,
	availabilityIcon,
	tierInWords,
	unchecked,
} from '../shared/rowPresentation';

/** More models than fit on a hover help nobody. */
const maxModels = 6;

/** The Markdown of a row's hover, made when somebody looks. All foreign text in it is plain. No countdown: it would stand still. */
export function hoverOf(row: Row, words: Words, now: EpochMs): Markdown {
	switch (row.kind) {
		case 'gateway':
		case 'gatewayModel':
		case 'gatewayUse':
			return gatewayHover(row, words, now);
		case 'paused': {
			const { reason, since, serviceMessage } = row.paused;
			const cause = words.describeReason(reason);
			return paragraphs(
				beside(icon('debug-pause'), bold(words.describeReason('paused').text)),
				plain(
					words.t('Since {0}, because of {1}: {2}', words.describeTime(since, now), causeOf(row, words), cause.text),
				),
				serviceSaid(serviceMessage, words),
				plain(words.t('Select this row to resume.')),
			);
		}
		case 'account':
			return paragraphs(
				bold(row.account),
				plain(words.t('Projects of one billing account stop together when its credits run out.')),
			);
		case 'project':
			return paragraphs(
				listed(bold(row.project.label ?? words.t('Shared project')), tier(row.project.tier, words)),
				capBars(row.cap, words),
				spendingInWords(row.spending, words),
				row.keys > 1
					? plain(words.t('Google counts per project: these {0} keys share one quota.', row.keys))
					: undefined,
				revokedTier(row, words, now),
			);
		case 'key':
			return keyHover(row, words, now);
		case 'model':
			return paragraphs(
				listed(bold(row.view.model), plain(row.key.key.label)),
				modelLines(row.view, words),
				state(row.view.availability, row.key.isBarred, words, now),
				reason(row.view.availability, { model: row.view.model }, words, now),
			);
	}
}

/** The quota comes first, as bars: it is what people look for. Each thing is said once. */
function keyHover({ view, sharedBy, isNext }: Extract<Row, { kind: 'key' }>, words: Words, now: EpochMs): Markdown {
	const { t, describeCount } = words;
	const { key, project, availability, isBarred, success, fail } = view;
	const hidden = view.models.length - maxModels;
	return paragraphs(
		listed(bold(key.label), plain(key.mask), tier(project.tier, words)),
		...view.models
			.slice(0, maxModels)
			.map((model) =>
				lines(
					listed(
						bold(model.model),
						isSameAvailability(model.availability, availability)
							? undefined
							: plain(words.announceKey({ availability: model.availability, isBarred }, now)),
					),
					modelLines(model, words),
				),
			),
		hidden > 0 ? plain(hidden === 1 ? t('1 more model') : t('{0} more models', hidden)) : undefined,
		capBars(view.cap, words),
		spendingInWords(view.spending, words),
		state(availability, isBarred, words, now, unchecked(view, t('usable'), words)),
		reason(availability, { mask: key.mask }, words, now),
		revokedTier(view, words, now, 'serviceMessage' in availability ? availability.serviceMessage : undefined),
		isBarred ? plain(paidOnlyInWords(words)) : undefined,
		lines(
			isNext ? plain(t('Next in turn')) : undefined,
			sharedBy > 1 ? plain(t('{0} keys = 1 quota', sharedBy)) : undefined,
			key.role === 'backup' ? plain(t('Backup key')) : undefined,
			key.weight === 1 ? undefined : plain(t('Weight {0}', describeCount(key.weight))),
			plain(view.lastUsed === 0 ? t('Never used') : t('Last used {0}', words.describeTime(view.lastUsed, now))),
			plain(healthInWords(view, words)),
			// What broke off, or failed by the service's own trouble, is neither.
			success + fail === 0
				? undefined
				: plain(t('{0} answered, {1} refused', describeCount(success), describeCount(fail))),
		),
	);
}

/** The state in words. Where a sentence says all of it, that alone. */
function state(
	availability: Availability,
	isBarred: boolean,
	words: Words,
	now: EpochMs,
	usable = words.t('usable'),
): Markdown {
	const sign = icon(availabilityIcon(availability).name);
	switch (availability.state) {
		case 'usable':
			return isBarred
				? beside(icon(availabilityIcon({ state: 'disabled' }).name), plain(words.t('paid keys only')))
				: beside(sign, plain(usable));
		case 'quarantined':
		case 'unsupported':
			return beside(sign, plain(words.describeReason(availability.reason).text));
		default:
			return beside(sign, plain(words.announceAvailability(availability, now)));
	}
}

/** What the state alone does not say: the remedy, the page that helps, what the service said. */
function reason(availability: Availability, facts: Facts, words: Words, now: EpochMs): Markdown | undefined {
	if (availability.state === 'usable' || availability.state === 'disabled') return undefined;
	const known = { ...facts, ...limitOfZeroIn(availability) };
	const { text, remedy, link: page } = words.describeReason(availability.reason, known);
	const quarantined = availability.state === 'quarantined' ? availability : undefined;
	return paragraphs(
		lines(
			availability.state === 'halfOpen' ? plain(text) : undefined,
			remedy === undefined ? undefined : plain(remedy),
			page && link(page.title, page),
		),
		serviceSaid('serviceMessage' in availability ? availability.serviceMessage : undefined, words),
		quarantined?.recheckAt === undefined
			? undefined
			: plain(words.t('Keypool checks it again by itself: {0}', words.describeTime(quarantined.recheckAt, now))),
	);
}

function serviceSaid(serviceMessage: string | undefined, { t }: Words): Markdown | undefined {
	const maxTextLength = 300;
	if (!serviceMessage) return undefined;
	return quoted(
		t(
			'The service said: {0}',
			serviceMessage.length > maxTextLength ? `${serviceMessage.slice(0, maxTextLength)}…` : serviceMessage,
		),
	);
}

function revokedTier(
	of: Pick<KeyView, 'revoked'>,
	words: Words,
	now: EpochMs,
	saidBelow?: string,
): Markdown | undefined {
	const text = revokedInWords(of, words, now);
	const serviceMessage = of.revoked?.serviceMessage;
	if (text === undefined) return undefined;
	return paragraphs(
		beside(icon('warning'), plain(text)),
		serviceSaid(serviceMessage === saidBelow ? undefined : serviceMessage, words),
	);
}

function tier(of: 'free' | 'paid', words: Words): Markdown {
	return plain(tierInWords(of, words));
}

/** What is used of the project's daily cap, over all models. */
function capBars(cap: CapView | undefined, { t, describeCount }: Words): Markdown | undefined {
	if (!cap) return undefined;
	const { rpd, tpd } = cap.limitUsage;
	return lines(
		rpd &&
			beside(
				bar(rpd.used, rpd.limit),
				plain(t('{0} of {1} requests today (your daily cap)', describeCount(rpd.used), describeCount(rpd.limit))),
			),
		tpd &&
			beside(
				bar(tpd.used, tpd.limit),
				plain(t('{0} of {1} tokens today (your daily cap)', describeCount(tpd.used), describeCount(tpd.limit))),
			),
	);
}

/** What the project has cost, against its budget. */
function spendingInWords(spending: SpendingView | undefined, words: Words): Markdown | undefined {
	if (!spending) return undefined;
	const { t } = words;
	const line = (text: string, { cost, limit }: SpentView): Markdown =>
		limit === undefined ? plain(text) : beside(bar(cost, limit), plain(text));
	return lines(
		line(t('Today about {0}', spentInWords(spending.day, words)), spending.day),
		line(t('This month about {0}', spentInWords(spending.month, words)), spending.month),
	);
}

function modelLines(view: ModelView, words: Words): Markdown {
	const { limitUsage, requestsToday, sentToday, tokensToday } = view;
	const { t, describeCount } = words;
	const others = Math.max(0, requestsToday - sentToday);
	// A bar says the same of its limit.
	const counts = [
		others > 0
			? t('Keypool sent {0}, others have probably used {1}', describeCount(sentToday), describeCount(others))
			: limitUsage.rpd
				? undefined
				: requestsInWords(sentToday, words),
		limitUsage.tpd || (others > 0 && tokensToday === 0) ? undefined : inputTokens(tokensToday, words),
	];
	return lines(
		limitLine(limitUsage.rpd, t('requests today'), words),
		limitLine(limitUsage.tpd, t('input tokens today'), words),
		limitLine(limitUsage.rpm, t('requests this minute'), words),
		limitLine(limitUsage.tpm, t('input tokens this minute'), words),
		listed(...counts.map((count) => (count === undefined ? undefined : plain(count)))),
		...fallenInWords(view, words).map(plain),
	);
}

function limitLine(of: LimitUsage | undefined, what: string, { t, describeCount }: Words): Markdown | undefined {
	if (!of) return undefined;
	const { used, limit, source } = of;
	const counted = t('{0} of {1} {2}', describeCount(used), describeCount(limit), what);
	return beside(bar(used, limit), plain(source === 'user' ? t('{0} (your limit)', counted) : counted));
}

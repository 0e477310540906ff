import type {
	KeyView,
	ModelView,
	Project,
	LimitUsage,
	Availability,
	EpochMs,
	SpendingView,
	SpentView,
} from '../../pool/pool';
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
import type { Row } from '../shared/rows';
import { healthInWords, requestsInWords, standingIcon, tierInWords, unchecked } from '../shared/rowPresentation';

/** More models than fit on a hover help nobody. */
const maxModels = 6;

/** The Markdown of a row's hover, made when somebody looks. All foreign text in it is plain. No countdown: it would stand still. */
export function hoverOf(row: Row, words: Words, now: EpochMs): Markdown {
	switch (row.kind) {
		case 'paused': {
			const { reason, since, serviceMessage } = row.paused;
			const cause = words.describeReason(reason);
			return paragraphs(
				beside(icon('debug-pause'), bold(words.describeReason('paused').text)),
				plain(words.t('Since {0}, because of {1}: {2}', words.describeTime(since, now), row.by, cause.text)),
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
				row.keys > 1
					? plain(words.t('Google counts per project: these {0} keys share one quota.', row.keys))
					: undefined,
				revokedTier(row, words, now),
				capInWords(row.project, words),
				spendingInWords(row.spending, words),
			);
		case 'key':
			return keyHover(row, words, now);
		case 'model':
			return paragraphs(
				listed(bold(row.view.model), plain(row.key.key.label)),
				state(words.announceAvailability(row.view.availability, now), row.view.availability),
				reason(row.view.availability, { model: row.view.model }, words, now),
				modelLines(row.view, words),
			);
	}
}

function keyHover(
	{ view, sharedBy, barred, isNext }: Extract<Row, { kind: 'key' }>,
	words: Words,
	now: EpochMs,
): Markdown {
	const { t, describeCount } = words;
	const { key, project, availability, success, fail } = view;
	const answers = success + fail;
	const hidden = view.models.length - maxModels;
	return paragraphs(
		listed(bold(key.label), plain(key.mask), tier(project.tier, words)),
		state(unchecked(view, words.announceAvailability(availability, now), words), availability),
		revokedTier(view, words, now, 'serviceMessage' in availability ? availability.serviceMessage : undefined),
		barred ? plain(t('Only keys of paid projects are used here, because of the setting keypool.paidOnly.')) : undefined,
		reason(availability, { mask: key.mask }, words, now),
		lines(
			isNext ? plain(t('Next in turn')) : undefined,
			sharedBy > 1 ? plain(t('{0} keys = 1 quota', sharedBy)) : undefined,
			key.role === 'backup' ? plain(t('Backup key')) : undefined,
			key.weight === 1 ? undefined : plain(t('Weight {0}', describeCount(key.weight))),
			capInWords(project, words),
			spendingInWords(view.spending, words),
		),
		...view.models
			.slice(0, maxModels)
			.map((model) =>
				lines(
					listed(bold(model.model), plain(words.announceAvailability(model.availability, now))),
					modelLines(model, words),
				),
			),
		hidden > 0 ? plain(hidden === 1 ? t('1 more model') : t('{0} more models', hidden)) : undefined,
		lines(
			plain(view.lastUsed === 0 ? t('Never used') : t('Last used {0}', words.describeTime(view.lastUsed, now))),
			plain(healthInWords(view, words)),
			answers === 0 ? undefined : plain(callsAnswered(success, answers, words)),
		),
	);
}

function state(serviceMessage: string, availability: Availability): Markdown {
	return beside(icon(standingIcon(availability).name), plain(serviceMessage));
}

function reason(availability: Availability, facts: Facts, words: Words, now: EpochMs): Markdown | undefined {
	if (availability.state === 'usable' || availability.state === 'disabled') return undefined;
	const { text, remedy, link: page } = words.describeReason(availability.reason, facts);
	const quarantined = availability.state === 'quarantined' ? availability : undefined;
	return paragraphs(
		lines(plain(text), remedy === undefined ? undefined : plain(remedy), page && link(page.title, page)),
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

function callsAnswered(success: number, answers: number, { t, describeCount }: Words): string {
	const share = Math.floor((100 * success) / answers);
	return answers === 1
		? t('{0} % of 1 call answered', share)
		: t('{0} % of {1} calls answered', share, describeCount(answers));
}

function capInWords({ dailyCap }: Project, { t, describeCount }: Words): Markdown {
	const { requests, tokens } = dailyCap ?? {};
	return lines(
		requests === undefined
			? undefined
			: plain(
					requests === 1 ? t('Your daily cap: 1 request') : t('Your daily cap: {0} requests', describeCount(requests)),
				),
		tokens === undefined
			? undefined
			: plain(tokens === 1 ? t('Your daily cap: 1 token') : t('Your daily cap: {0} tokens', describeCount(tokens))),
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
	const { limitUsage: rooms, requestsToday, tokensToday } = view;
	const { t, describeCount } = words;
	const tokens = tokensToday === 1 ? t('1 token') : t('{0} tokens', describeCount(tokensToday));
	return lines(
		plain(`${requestsInWords(requestsToday, words)}, ${tokens}`),
		room(rooms.rpd, t('requests today'), words),
		room(rooms.tpd, t('input tokens today'), words),
		room(rooms.rpm, t('requests this minute'), words),
		room(rooms.tpm, t('input tokens this minute'), words),
		...fallenInWords(view, words).map(plain),
	);
}

function room(of: LimitUsage | undefined, what: string, { t, describeCount }: Words): Markdown | undefined {
	if (!of) return undefined;
	const { used, limit, source: from } = of;
	const counted = t('{0} of {1} {2}', describeCount(used), describeCount(limit), what);
	return beside(bar(used, limit), plain(from === 'user' ? t('{0} (your limit)', counted) : counted));
}

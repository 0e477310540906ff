import type { KeyView, ModelView, Project, Room, Standing, Wall } from '../../pool/pool';
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
import type { Row } from '../shared/rows';
import { healthInWords, requestsInWords, standingIcon, tierInWords, unchecked } from '../shared/rowPresentation';

/** More models than fit on a hover help nobody. */
const mostModels = 6;

/** The Markdown of a row's hover, made when somebody looks. All foreign text in it is plain. No countdown: it would stand still. */
export function hoverOf(row: Row, words: Words, now: Wall): Markdown {
	switch (row.kind) {
		case 'paused': {
			const { why, since, said } = row.paused;
			const reason = words.sayReason(why);
			return paragraphs(
				beside(icon('debug-pause'), bold(words.sayReason('paused').text)),
				plain(words.t('Since {0}, because of {1}: {2}', words.sayTime(since, now), row.by, reason.text)),
				serviceSaid(said, words),
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
			);
		case 'key':
			return keyHover(row, words, now);
		case 'model':
			return paragraphs(
				listed(bold(row.view.model), plain(row.key.key.label)),
				state(words.speakStanding(row.view.standing, now), row.view.standing),
				why(row.view.standing, { model: row.view.model }, words, now),
				modelLines(row.view, words),
			);
	}
}

function keyHover(
	{ view, sharedBy, barred, isNext }: Extract<Row, { kind: 'key' }>,
	words: Words,
	now: Wall,
): Markdown {
	const { t, sayCount } = words;
	const { key, project, standing, success, fail } = view;
	const answers = success + fail;
	const hidden = view.models.length - mostModels;
	return paragraphs(
		listed(bold(key.label), plain(key.mask), tier(project.tier, words)),
		state(unchecked(view, words.speakStanding(standing, now), words), standing),
		revokedTier(view, words, now, 'said' in standing ? standing.said : undefined),
		barred ? plain(t('Only keys of paid projects are used here: keypool.paidOnly demands it.')) : undefined,
		why(standing, { mask: key.mask }, words, now),
		lines(
			isNext ? plain(t('Next in turn')) : undefined,
			sharedBy > 1 ? plain(t('{0} keys = 1 quota', sharedBy)) : undefined,
			key.role === 'backup' ? plain(t('Backup key')) : undefined,
			key.weight === 1 ? undefined : plain(t('Weight {0}', sayCount(key.weight))),
			capInWords(project, words),
		),
		...view.models
			.slice(0, mostModels)
			.map((model) =>
				lines(listed(bold(model.model), plain(words.speakStanding(model.standing, now))), modelLines(model, words)),
			),
		hidden > 0 ? plain(hidden === 1 ? t('1 more model') : t('{0} more models', hidden)) : undefined,
		lines(
			plain(view.lastUsed === 0 ? t('Never used') : t('Last used {0}', words.sayTime(view.lastUsed, now))),
			plain(healthInWords(view, words)),
			answers === 0
				? undefined
				: plain(t('{0} % of {1} calls answered', Math.floor((100 * success) / answers), sayCount(answers))),
		),
	);
}

function state(said: string, standing: Standing): Markdown {
	return beside(icon(standingIcon(standing).name), plain(said));
}

function why(standing: Standing, facts: Facts, words: Words, now: Wall): Markdown | undefined {
	if (standing.is === 'usable' || standing.is === 'disabled') return undefined;
	const { text, remedy, link: page } = words.sayReason(standing.why, facts);
	const benched = standing.is === 'benched' ? standing : undefined;
	return paragraphs(
		lines(plain(text), remedy === undefined ? undefined : plain(remedy), page && link(page.title, page)),
		serviceSaid('said' in standing ? standing.said : undefined, words),
		benched?.recheckAt === undefined
			? undefined
			: plain(words.t('Keypool checks it again by itself: {0}', words.sayTime(benched.recheckAt, now))),
	);
}

function serviceSaid(said: string | undefined, { t }: Words): Markdown | undefined {
	const most = 300;
	if (!said) return undefined;
	return quoted(t('The service said: {0}', said.length > most ? `${said.slice(0, most)}…` : said));
}

function revokedTier(of: Pick<KeyView, 'revoked'>, words: Words, now: Wall, saidBelow?: string): Markdown | undefined {
	const text = revokedInWords(of, words, now);
	const said = of.revoked?.said;
	if (text === undefined) return undefined;
	return paragraphs(beside(icon('warning'), plain(text)), serviceSaid(said === saidBelow ? undefined : said, words));
}

function tier(of: 'free' | 'paid', words: Words): Markdown {
	return plain(tierInWords(of, words));
}

function capInWords({ dailyCap }: Project, { t, sayCount }: Words): Markdown {
	const { requests, tokens } = dailyCap ?? {};
	return lines(
		requests === undefined ? undefined : plain(t('Your daily cap: {0} requests', sayCount(requests))),
		tokens === undefined ? undefined : plain(t('Your daily cap: {0} input tokens', sayCount(tokens))),
	);
}

function modelLines(view: ModelView, words: Words): Markdown {
	const { rooms, requestsToday, tokensToday } = view;
	const { t, sayCount } = words;
	const tokens = tokensToday === 1 ? t('1 token') : t('{0} tokens', sayCount(tokensToday));
	return lines(
		plain(`${requestsInWords(requestsToday, words)}, ${tokens}`),
		room(rooms.rpd, t('requests today'), words),
		room(rooms.tpd, t('input tokens today'), words),
		room(rooms.rpm, t('requests this minute'), words),
		room(rooms.tpm, t('input tokens this minute'), words),
		...fallenInWords(view, words).map(plain),
	);
}

function room(of: Room | undefined, what: string, { t, sayCount }: Words): Markdown | undefined {
	if (!of) return undefined;
	const { used, limit, from } = of;
	const counted = t('{0} of {1} {2}', sayCount(used), sayCount(limit), what);
	return beside(bar(used, limit), plain(from === 'user' ? t('{0} (your limit)', counted) : counted));
}

import type { Attempt, KeyView, ModelView, Reason, Standing, Wall } from '../../pool/pool';
import type { Said, Words } from '../../localization/words';
import { fallenInWords, revokedInWords } from '../notices/revokedTier';
import { healthInWords } from '../shared/rowPresentation';

/** Why a key stands as it does: what happened, what the pool decided, what a person can do. */
export interface Explanation {
	readonly title: string;
	/** Plain text. */
	readonly paragraphs: readonly string[];
	readonly link?: NonNullable<Said['link']>;
	/** What helps, as a command on the key or without a key. */
	readonly act?: { readonly command: string; readonly onKey: boolean; readonly title: string };
}

/** Characters of what the service said. */
const longestSaid = 300;
/** Limits that fell. */
const mostFallen = 4;

/**
 * @param model absent: the state for the model that the pool speaks of.
 * @param failure the key's last failed call, on that model where one is given.
 * @param isBarred only paid keys may be used, and this is none.
 */
export function explain(
	view: KeyView,
	model: ModelView | undefined,
	failure: Attempt | undefined,
	words: Words,
	now: Wall,
	isBarred = false,
): Explanation {
	const standing = model?.standing ?? view.standing;
	const why = 'why' in standing ? standing.why : undefined;
	const facts = {
		mask: view.key.mask,
		...(model && { model: model.model }),
		...limitIn(view, model, why),
		...(standing.is === 'resting' && { retryAt: standing.until }),
	};
	const said = why === undefined ? undefined : words.sayReason(why, facts);
	const { t } = words;
	const subject = model ? t('{0} on {1}', view.key.label, model.model) : view.key.label;
	const paragraphs = [
		revokedInWords(view, words, now),
		view.revoked && quote(view.revoked.said, words),
		isBarred ? barred(words) : undefined,
		...happened(standing, failure, said, words, now),
		decided(view, standing, words, now),
		standing.is === 'resting' || standing.is === 'usable' ? undefined : said?.remedy,
		others(view, model, words, now),
		model ? undefined : health(view, words),
		...(model ? [model] : view.models).flatMap((one) => fallenInWords(one, words)).slice(0, mostFallen),
	];
	const act = actFor(view, standing, said, words);
	return {
		title: t('{0}: {1}', subject, words.speakStanding(standing, now)),
		// What the service said of the tier is what it said of the rest, as a rule.
		paragraphs: [...new Set(paragraphs)].filter((part): part is string => part !== undefined && part !== ''),
		...(said?.link && { link: said.link }),
		...(act && { act }),
	};
}

function happened(
	standing: Standing,
	failure: Attempt | undefined,
	said: Said | undefined,
	words: Words,
	now: Wall,
): readonly string[] {
	const { t } = words;
	const reason = said?.text ?? '';
	if (standing.is === 'benched') {
		const at = t('It happened at {0}.', words.sayTime(standing.since, now));
		return [`${reason} ${at}`, quote(standing.said ?? failure?.said, words)];
	}
	const saidThen = 'said' in standing ? standing.said : undefined;
	if (failure === undefined || failure.outcome === 'answered') return [reason, quote(saidThen, words)];
	const call = t(
		'Its last call that failed was at {0}, with {1}: {2}.',
		words.sayTime(failure.sentAt, now),
		failure.model,
		words.sayReason(failure.outcome).brief,
	);
	return [reason, call, quote(failure.said ?? saidThen, words)];
}

function barred({ t }: Words): string {
	const demand = t('Only keys of paid projects are used here: keypool.paidOnly demands it.');
	return `${demand} ${t('If its project has billing, set its tier to paid.')}`;
}

function quote(said: string | undefined, { t }: Words): string {
	if (!said) return '';
	const line = said.replace(/\s+/g, ' ');
	return t('The service said: {0}', line.length > longestSaid ? `${line.slice(0, longestSaid)}…` : line);
}

function decided(view: KeyView, standing: Standing, words: Words, now: Wall): string {
	const { t } = words;
	switch (standing.is) {
		case 'usable':
			return view.proven
				? t('It takes requests.')
				: t('It takes requests. Nobody has seen it answer yet: check it to be sure.');
		case 'disabled':
			return t('You have disabled it. It takes no requests until you enable it.');
		case 'resting':
			if (standing.why === 'overloaded') {
				return t(
					'Keypool sends nothing to this model until {0}, with no key. Then it tries again by itself.',
					words.sayTime(standing.until, now),
				);
			}
			return t(
				'Keypool sends it nothing until {0} and uses other keys meanwhile. Then it tries again by itself.',
				words.sayTime(standing.until, now),
			);
		case 'probing':
			return t('Keypool tries one call with it. If that is answered, it takes requests again.');
		case 'closed':
			return t('Keypool does not use it for this model. It tries again at {0}.', words.sayTime(standing.until, now));
		case 'benched':
			return standing.recheckAt === undefined
				? t('Keypool has set it aside and does not try it again by itself.')
				: t(
						'Keypool has set it aside and asks the service about it again at {0}.',
						words.sayTime(standing.recheckAt, now),
					);
	}
}

/** A key that stands well for the one model may rest for another. */
function others(view: KeyView, model: ModelView | undefined, words: Words, now: Wall): string | undefined {
	if (model || view.standing.is === 'benched' || view.standing.is === 'disabled') return undefined;
	const said = JSON.stringify(view.standing);
	return view.models
		.filter(({ standing }) => standing.is !== 'usable' && JSON.stringify(standing) !== said)
		.slice(0, 3)
		.map((one) => words.t('{0}: {1}', one.model, words.speakStanding(one.standing, now)))
		.join('\n');
}

function health(view: KeyView, words: Words): string {
	const rule = words.t('An answer adds 5, a refusal for its quota or for the key itself takes 20.');
	return `${healthInWords(view, words)}. ${rule}`;
}

function limitIn(view: KeyView, model: ModelView | undefined, why: Reason | undefined): { limit?: number } {
	if (why !== 'rpm' && why !== 'tpm' && why !== 'rpd' && why !== 'tpd') return {};
	const from = model ? [model] : view.models.filter(({ standing }) => 'why' in standing && standing.why === why);
	const limit = from[0]?.rooms[why]?.limit;
	return limit === undefined ? {} : { limit };
}

function actFor(
	view: KeyView,
	standing: Standing,
	said: Said | undefined,
	{ t }: Words,
): Explanation['act'] | undefined {
	switch (standing.is) {
		case 'disabled':
			return { command: 'keypool.toggleKey', onKey: true, title: t('Enable') };
		case 'resting':
			return standing.why === 'cap'
				? { command: 'keypool.setDailyCap', onKey: true, title: t('Change the Daily Cap') }
				: { command: 'keypool.clearRest', onKey: true, title: t('Clear the Rest') };
		case 'usable':
			if (view.revoked) return { command: 'keypool.setTier', onKey: true, title: t('Set Tier…') };
			return view.proven ? undefined : { command: 'keypool.checkKey', onKey: true, title: t('Check Now') };
		case 'benched':
		case 'closed':
			// The service knows such keys and refuses them all the same: a check proves nothing.
			if (standing.why === 'billing' || standing.why === 'suspended' || standing.why === 'denied') {
				return { command: 'keypool.useAgain', onKey: true, title: t('Use Again') };
			}
			if (said?.action?.command === 'keypool.checkAllKeys') {
				return { command: 'keypool.checkKey', onKey: true, title: t('Check Now') };
			}
			// Another key in its place keeps all that a person has said of this one.
			if (said?.action?.command === 'keypool.addKey') {
				return { command: 'keypool.replaceKey', onKey: true, title: t('Replace It…') };
			}
			return said?.action && { command: said.action.command, onKey: false, title: said.action.title };
		case 'probing':
			return undefined;
	}
}

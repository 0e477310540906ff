import type { KeyView, ModelView, Project, Availability, EpochMs, SpendingView } from '../../pool/pool';
import type { Words } from '../../localization/words';
import { isClearable } from './cooldowns';
import type { Filter } from './filter';
import { gatewayPresentation } from './gatewayRows';
import type { Row, UsedToday } from './rows';

/** A row as it appears, free of the editor's types. */
export interface RowPresentation {
	readonly label: string;
	readonly description: string;
	/** A codicon and a theme colour. */
	readonly icon: { readonly name: string; readonly color?: string };
	/** Parts joined by `;`, matched by the menus in package.json. */
	readonly contextValue: string;
	/** What a screen reader says. It holds no countdown, so that it is not repeated each second. */
	readonly spoken: string;
	readonly command?: { readonly id: 'keypool.resume'; readonly title: string };
}

/** The key that made the pool pause. Of one that was removed since, or is not in use now, nobody here knows the name. */
export function causeOf({ paused, isGone }: Extract<Row, { kind: 'paused' }>, { t }: Pick<Words, 't'>): string {
	return isGone ? t('a key that is not here') : paused.by;
}

export function rowPresentation(row: Row, words: Words, now: EpochMs): RowPresentation {
	const { t } = words;
	switch (row.kind) {
		case 'gateway':
		case 'gatewayModel':
		case 'gatewayUse':
			return gatewayPresentation(row, words, now);
		case 'paused': {
			const { brief } = words.describeReason(row.paused.reason);
			return {
				label: t('Paused: {0}', brief),
				description: causeOf(row, words),
				icon: { name: 'debug-pause', color: 'list.errorForeground' },
				contextValue: 'paused',
				spoken: t('Keypool is paused because of {0}: {1}. Press Enter to resume.', causeOf(row, words), brief),
				command: { id: 'keypool.resume', title: t('Resume') },
			};
		}
		case 'account': {
			const keys = row.keys === 1 ? t('1 key') : t('{0} keys', row.keys);
			return {
				label: row.account,
				description: keys,
				icon: { name: 'account' },
				contextValue: 'account',
				spoken: t('Billing account {0}: {1}', row.account, keys),
			};
		}
		case 'project': {
			const label = row.project.label ?? t('Shared project');
			const tier = row.revoked ? t('counts as free tier') : tierInWords(row.project.tier, words);
			const shared = t('{0} keys = 1 quota', row.keys);
			return {
				label,
				description: row.keys > 1 ? `${shared} · ${tier}` : tier,
				icon: { name: 'folder' },
				contextValue: `project;${row.project.tier}`,
				spoken:
					row.keys > 1
						? t('Project {0}, {1}: {2} keys share one quota', label, tier, row.keys)
						: t('Project {0}, {1}', label, tier),
			};
		}
		case 'key':
			return keyPresentation(row, words, now);
		case 'model':
			return modelPresentation(row, words, now);
	}
}

function keyPresentation(row: Extract<Row, { kind: 'key' }>, words: Words, now: EpochMs): RowPresentation {
	const { t } = words;
	const { key, project, availability } = row.view;
	const isBarred = row.view.isBarred && availability.state === 'usable';
	const stateInWords = (state: string): string => (isBarred ? t('paid keys only') : unchecked(row.view, state, words));
	const isRevoked = row.view.revoked !== undefined;
	const isUsable = availability.state === 'usable' && !isBarred;
	// Google takes a request still, and the pool sends none.
	const spent = isUsable && isSpent(row.view.spending) ? [t('budget used up')] : [];
	// A row of its project says it above.
	const isPaid = project.tier === 'paid' && !isRevoked && project.label === undefined && row.sharedBy === 1;
	const marks = [
		...(row.isNext ? [t('next in turn')] : []),
		...(isPaid ? [tierInWords('paid', words)] : []),
		...(key.role === 'backup' ? [t('backup')] : []),
	];
	return {
		label: key.label,
		// The state first: a narrow side bar cuts the end off.
		description: [
			isRevoked ? t('not paid') : undefined,
			stateInWords(words.describeAvailability(availability, now)),
			...spent,
			isUsable ? shortlyToday(row.today, words) : undefined,
			...marks,
		]
			.filter((part) => part !== undefined)
			.join(' · '),
		icon: isBarred ? availabilityIcon({ state: 'disabled' }) : icon(row.view),
		contextValue: `key;${context(availability)}`,
		spoken: [
			spokenKey(key.label, stateInWords(words.announceAvailability(availability, now)), t),
			...spent,
			...(isUsable && isCounted(row.today) ? [requestsToday(row.today, words)] : []),
			...marks,
			...(isRevoked ? [t('counts as free tier')] : []),
		].join(', '),
	};
}

function modelPresentation(row: Extract<Row, { kind: 'model' }>, words: Words, now: EpochMs): RowPresentation {
	const { model, availability } = row.view;
	const used = row.view.limitUsage.rpd ?? { used: row.view.sentToday };
	const isUsable = availability.state === 'usable';
	const barred = isUsable && row.key.isBarred ? words.t('paid keys only') : undefined;
	const short = isUsable && !barred ? shortlyToday(used, words) : undefined;
	const today = todayInWords(row.view, words);
	return {
		label: model,
		description: [barred ?? words.describeAvailability(availability, now), short]
			.filter((part) => part !== undefined)
			.join(' · '),
		icon: availabilityIcon(barred ? { state: 'disabled' } : availability),
		contextValue: `model;${context(availability)}`,
		spoken: words.t('Model {0}: {1}, {2}', model, barred ?? words.announceAvailability(availability, now), today),
	};
}

/** A key without a name of its own is called “Key 1”: that it is a key is not said twice. */
function spokenKey(label: string, state: string, t: Words['t']): string {
	const [word = ''] = t('Key {0}', '').split(' ');
	return label.startsWith(`${word} `) ? `${label}: ${state}` : t('Key {0}: {1}', label, state);
}

function context(availability: Availability): string {
	return availability.state === 'coolingDown' && !isClearable(availability) ? 'capped' : availability.state;
}

export function requestsInWords(requests: number, { t, describeCount }: Words): string {
	return requests === 1 ? t('1 request today') : t('{0} requests today', describeCount(requests));
}

/** How well a key has answered of late; quota and key verdicts lower it, the service's own trouble does not. */
export function healthInWords({ score }: Pick<KeyView, 'score'>, { t }: Words): string {
	return t('Health {0} of 100', Math.round(score));
}

/** Nothing is left of a budget of the project's, for however small a request. */
function isSpent(spending: SpendingView | undefined): boolean {
	return [spending?.day, spending?.month].some((of) => of?.limit !== undefined && of.cost >= of.limit);
}

function isCounted({ used, limit }: UsedToday): boolean {
	return used > 0 || limit !== undefined;
}

/** For a row: "12 of 20 today". Undefined where there is nothing to say. */
function shortlyToday(today: UsedToday, { t, describeCount }: Words): string | undefined {
	const { used, limit } = today;
	if (!isCounted(today)) return undefined;
	return limit === undefined
		? t('{0} today', describeCount(used))
		: t('{0} of {1} today', describeCount(used), describeCount(limit));
}

function requestsToday({ used, limit }: UsedToday, words: Words): string {
	const { t, describeCount } = words;
	return limit === undefined
		? requestsInWords(used, words)
		: t('{0} of {1} requests today', describeCount(used), describeCount(limit));
}

/** Requests and tokens of the day, against their limits where those are known. */
function todayInWords({ sentToday, tokensToday, limitUsage: { rpd, tpd } }: ModelView, words: Words): string {
	const { t, describeCount } = words;
	const requests = requestsToday(rpd ?? { used: sentToday }, words);
	if (tpd) return `${requests}, ${t('{0} of {1} input tokens', describeCount(tpd.used), describeCount(tpd.limit))}`;
	return `${requests}, ${inputTokens(tokensToday, words)}`;
}

/** Quotas count the tokens of prompts alone. */
export function inputTokens(tokens: number, { t, describeCount }: Words): string {
	return tokens === 1 ? t('1 input token') : t('{0} input tokens', describeCount(tokens));
}

export function tierInWords(tier: Project['tier'], { t }: Words): string {
	return tier === 'free' ? t('free tier') : t('paid tier');
}

/** Adds to a key's state in words that it has not been checked yet. */
export function unchecked(view: KeyView, state: string, { t }: Words): string {
	return view.availability.state === 'usable' && !view.isVerified ? t('{0}, not checked yet', state) : state;
}

function icon(view: KeyView): RowPresentation['icon'] {
	return view.availability.state === 'usable' && !view.isVerified
		? { name: 'circle-outline', color: 'charts.green' }
		: availabilityIcon(view.availability);
}

/** Shape and colour both differ, for people who do not see the colour. */
export function availabilityIcon({ state }: Availability): RowPresentation['icon'] {
	switch (state) {
		case 'usable':
			return { name: 'pass-filled', color: 'charts.green' };
		case 'coolingDown':
			return { name: 'clock', color: 'charts.yellow' };
		case 'halfOpen':
			return { name: 'sync', color: 'charts.blue' };
		case 'quarantined':
			return { name: 'error', color: 'list.errorForeground' };
		case 'unsupported':
			return { name: 'lock', color: 'disabledForeground' };
		case 'disabled':
			return { name: 'circle-slash', color: 'disabledForeground' };
	}
}

/** Undefined where all keys are shown. */
export function filterInWords(filter: Filter, { t }: Words): string | undefined {
	switch (filter.type) {
		case 'none':
			return undefined;
		case 'text':
			return t('Name contains “{0}”', filter.text);
		case 'state':
			switch (filter.state) {
				case 'usable':
					return t('Usable');
				case 'coolingDown':
					return t('Resting');
				case 'attention':
					return t('Need attention');
				case 'disabled':
					return t('Disabled');
			}
	}
}

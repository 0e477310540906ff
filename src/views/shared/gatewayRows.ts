import { backWhen, oneDollar, type EpochMs, type Snapshot } from '../../pool/pool';
import { paidOnlyInWords } from '../../localization/paidOnlyInWords';
import { inOneText, type Words } from '../../localization/words';
import { bold, lines, paragraphs, plain, type Markdown } from '../../ui/markdown';
import type { GatewayModel, GatewayUse, GatewayView } from './gatewayView';
import type { RowPresentation } from './rowPresentation';
import { spentInWords } from './spending';

/** What the keys tree shows of a team's gateway. */
export type GatewayRow = { readonly id: string; readonly children: readonly string[] } & (
	| { readonly kind: 'gateway'; readonly view: GatewayView; readonly outlook: GatewayOutlook }
	| { readonly kind: 'gatewayModel'; readonly model: GatewayModel }
	| {
			readonly kind: 'gatewayUse';
			readonly of: 'requests' | 'dollars';
			readonly use: GatewayUse;
			readonly endsAt: EpochMs;
	  }
);

/** Whether a question would be answered now, and why not. */
export type GatewayOutlook =
	| { readonly state: 'usable' | 'asked' | 'unreachable' | 'badToken' | 'noGateway' | 'paused' | 'held' | 'barred' }
	| { readonly state: 'resting'; readonly backAt?: EpochMs }
	| { readonly state: 'usedUp'; readonly endsAt: EpochMs };

/** What is known here of the token counts beside what the gateway told. */
export function outlookOf({ told, trouble }: GatewayView, { keys, model, resolvedModel }: Snapshot): GatewayOutlook {
	const { availability, isBarred } = keys[0] ?? {};
	if (trouble === 'badToken' || availability?.state === 'quarantined') return { state: 'badToken' };
	if (trouble !== undefined) return { state: trouble };
	if (told === undefined) return { state: 'asked' };
	if (told.state !== 'open') return { state: told.state };
	if (isBarred === true) return { state: 'barred' };
	// Of what somebody asks it tells by the model's own name.
	const wanted = told.models.filter((one) => [model, resolvedModel].includes(one.model));
	const models = wanted.length > 0 ? wanted : told.models;
	const isUsable = models.length === 0 || models.some((one) => one.isUsable);
	// Free keys answer without money.
	const isBroke = isUsedUp(told.dollars) && (told.keys === 'paid' || !isUsable);
	if (isUsedUp(told.requests) || isBroke) return { state: 'usedUp', endsAt: told.dayEndsAt };
	if (availability?.state === 'coolingDown') return resting(backWhen(availability));
	return isUsable ? { state: 'usable' } : resting(models.flatMap(({ backAt }) => backAt ?? []));
}

/** Until the first of the moments at which it may answer again, if any is known. */
function resting(ends: readonly EpochMs[]): GatewayOutlook {
	const backAt = Math.min(...ends);
	return { state: 'resting', ...(backAt < Infinity && { backAt }) };
}

export function gatewayRows(view: GatewayView, snapshot: Snapshot): readonly GatewayRow[] {
	const { told } = view;
	const below: GatewayRow[] = [];
	if (told) {
		const { requests, dollars, dayEndsAt: endsAt, models } = told;
		for (const model of models) below.push({ kind: 'gatewayModel', id: `gateway/${model.model}`, model, children: [] });
		below.push({ kind: 'gatewayUse', id: 'gateway requests', of: 'requests', use: requests, endsAt, children: [] });
		below.push({ kind: 'gatewayUse', id: 'gateway dollars', of: 'dollars', use: dollars, endsAt, children: [] });
	}
	const children = below.map(({ id }) => id);
	// Another row once there is something below it: the editor would leave one closed that had nothing.
	const id = told ? 'gateway' : 'gateway asked';
	return [{ kind: 'gateway', id, view, outlook: outlookOf(view, snapshot), children }, ...below];
}

export function gatewayPresentation(row: GatewayRow, words: Words, now: EpochMs): RowPresentation {
	const { t } = words;
	switch (row.kind) {
		case 'gateway': {
			const state = outlookInWords(row.outlook, words, now);
			return {
				label: row.view.host,
				description: state,
				icon: outlookIcon(row.outlook),
				contextValue: 'gateway',
				spoken: t('Team gateway {0}: {1}', row.view.host, state),
			};
		}
		case 'gatewayModel': {
			const { model, isUsable, backAt } = row.model;
			const outlook: GatewayOutlook = isUsable
				? { state: 'usable' }
				: { state: 'resting', ...(backAt !== undefined && { backAt }) };
			const state = outlookInWords(outlook, words, now);
			return {
				label: model,
				description: state,
				icon: outlookIcon(outlook),
				contextValue: 'gatewayModel',
				spoken: t('Model {0}: {1}', model, state),
			};
		}
		case 'gatewayUse': {
			const label = row.of === 'requests' ? t('Requests today') : t('Budget today');
			const use = useInWords(row, words, now);
			const isFull = isUsedUp(row.use) && row.endsAt > now;
			return {
				label,
				description: use,
				icon: isFull
					? { name: 'circle-slash', color: 'charts.yellow' }
					: { name: row.of === 'requests' ? 'pulse' : 'credit-card' },
				contextValue: 'gatewayUse',
				spoken: `${label}: ${use}`,
			};
		}
	}
}

export function gatewayHover(row: GatewayRow, words: Words, now: EpochMs): Markdown {
	if (row.kind !== 'gateway') return paragraphs(plain(gatewayPresentation(row, words, now).spoken));
	return gatewayInWords(row.view, row.outlook, words, now);
}

/** All that the gateway tells, for a hover. */
export function gatewayInWords(
	{ host, told }: GatewayView,
	outlook: GatewayOutlook,
	words: Words,
	now: EpochMs,
): Markdown {
	const { t } = words;
	return paragraphs(
		bold(t('Team gateway {0}: {1}', host, outlookInWords(outlook, words, now))),
		outlook.state === 'barred'
			? plain(inOneText({ ...words.describeReason('paidOnly'), text: paidOnlyInWords(words) }))
			: undefined,
		told && lines(...factsOf(told, words, now).map(plain)),
		plain(t('Keypool asks this gateway, and needs no key of your own. Whoever runs it can read what you ask.')),
	);
}

/** What it told, a sentence each. */
function factsOf(told: NonNullable<GatewayView['told']>, words: Words, now: EpochMs): readonly string[] {
	const { t } = words;
	const row = (of: 'requests' | 'dollars') => ({ of, use: told[of], endsAt: told.dayEndsAt });
	return [
		t('Your requests today: {0}', useInWords(row('requests'), words, now)),
		t('Your budget today: {0}', useInWords(row('dollars'), words, now)),
		...(told.keys === 'paid' ? [t('Your token uses paid keys only.')] : []),
		...(told.expiresAt === undefined
			? []
			: [t('Your token is valid until {0}.', words.describeTime(told.expiresAt, now))]),
	];
}

export function outlookInWords(outlook: GatewayOutlook, words: Words, now: EpochMs): string {
	const { t } = words;
	switch (outlook.state) {
		case 'usable':
			return t('usable');
		case 'asked':
			return t('being asked');
		case 'unreachable':
			return t('cannot be reached');
		case 'badToken':
			return t('does not know your token');
		case 'noGateway':
			return t('is no Keypool gateway');
		case 'paused':
			return t('paused by whoever runs it');
		case 'barred':
			return t('paid keys only');
		case 'held':
			return t('has stopped you until somebody there checks it');
		case 'usedUp':
			return t('used up until {0}', words.describeTime(outlook.endsAt, now));
		case 'resting':
			return outlook.backAt === undefined
				? t('cannot answer now')
				: t('rests until {0}', words.describeTime(outlook.backAt, now));
	}
}

/** Shape and colour both differ, for people who do not see the colour. */
function outlookIcon({ state }: GatewayOutlook): RowPresentation['icon'] {
	switch (state) {
		case 'usable':
			return { name: 'pass-filled', color: 'charts.green' };
		case 'asked':
			return { name: 'sync', color: 'charts.blue' };
		case 'resting':
			return { name: 'clock', color: 'charts.yellow' };
		case 'usedUp':
		case 'barred':
			return { name: 'circle-slash', color: 'charts.yellow' };
		default:
			return { name: 'error', color: 'list.errorForeground' };
	}
}

/** What the day has cost there, against the budget of the token. */
export function spentAtGateway(
	{ dollars, dayEndsAt }: NonNullable<GatewayView['told']>,
	words: Words,
	now: EpochMs,
): string {
	const { used, max } = ofToday(dollars, dayEndsAt, now);
	const cost = Math.round(used * oneDollar);
	return spentInWords({ cost, ...(max !== undefined && { limit: Math.round(max * oneDollar) }) }, words);
}

/** What it told last may be of a day that is over, where it cannot be reached since. */
function ofToday(use: GatewayUse, endsAt: EpochMs, now: EpochMs): GatewayUse {
	return endsAt > now ? use : { ...use, used: 0 };
}

function isUsedUp({ used, max }: GatewayUse): boolean {
	return max !== undefined && used >= max;
}

function useInWords(
	{ of, use, endsAt }: Pick<Extract<GatewayRow, { kind: 'gatewayUse' }>, 'of' | 'use' | 'endsAt'>,
	words: Words,
	now: EpochMs,
): string {
	const { t } = words;
	const { used, max } = ofToday(use, endsAt, now);
	const shown = (value: number): string =>
		of === 'requests' ? words.describeCount(value) : words.describeMoney(Math.round(value * oneDollar));
	if (max === undefined) return t('{0}, no limit', shown(used));
	const some = t('{0} of {1}', shown(used), shown(max));
	return used >= max ? `${some}, ${t('used up until {0}', words.describeTime(endsAt, now))}` : some;
}

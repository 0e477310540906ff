import type { Masker } from '../../masking/masking';
import type { KeyView, ModelView, LimitUsage, Snapshot, SpendingView, Availability, EpochMs } from '../../pool/pool';
import type { QuotaView, UseView } from '../../webviews/dashboardProtocol';
import type { Voice } from './voice';

/** Rows that are shown. */
const maxQuotas = 60;
/** Keys that name a project without a name. */
const maxNames = 3;

/** What each project has used of each model. */
export function quotaViews(
	{ keys }: Pick<Snapshot, 'keys'>,
	now: EpochMs,
	voice: Voice,
): { readonly quotas: readonly QuotaView[]; readonly moreQuotas: number } {
	const names = projectNames(keys, voice.mask);
	const caps = keys.filter(({ project }, n) => keys.findIndex((other) => other.project.id === project.id) === n);
	const ofCaps = caps.flatMap((view) => capView(names.get(view.project.id) ?? '', view, now, voice));
	const all = buckets(keys);
	// A thousand keys have many more than are shown: of those nothing is made.
	const byModel = all.slice(0, Math.max(0, maxQuotas - ofCaps.length)).map(({ project, model }) => {
		const own = keys.filter((key) => key.project.id === project);
		const availability = outOfUse(own) ?? model.availability;
		const isBarred = own.some((key) => key.isBarred);
		return quotaView(names.get(project) ?? '', { ...model, availability, isBarred }, now, voice);
	});
	return {
		quotas: [...ofCaps, ...byModel].slice(0, maxQuotas),
		moreQuotas: Math.max(0, ofCaps.length + all.length - maxQuotas),
	};
}

/** What people call each project: its own name, or those of its keys. */
export function projectNames(keys: readonly KeyView[], mask: Masker): ReadonlyMap<string, string> {
	const labels = new Map<string, string[]>();
	for (const { key, project } of keys) labels.set(project.id, [...(labels.get(project.id) ?? []), key.label]);
	return new Map(
		keys.map(({ project }) => {
			const own = labels.get(project.id) ?? [];
			const keys = [...own.slice(0, maxNames), ...(own.length > maxNames ? ['…'] : [])];
			return [project.id, mask(project.label ?? keys.join(', '))];
		}),
	);
}

/** What each project has spent, where that is told. */
export function spendingByProject(keys: readonly KeyView[]): readonly (readonly [project: string, SpendingView])[] {
	return [...new Map(keys.flatMap(({ project, spending }) => (spending ? [[project.id, spending] as const] : [])))];
}

/** Keys of one project see the same buckets: each comes once. */
export function buckets(keys: readonly KeyView[]): readonly { readonly project: string; readonly model: ModelView }[] {
	const seen = new Set<string>();
	return keys.flatMap(({ project, models }) => {
		if (seen.has(project.id)) return [];
		seen.add(project.id);
		return models.map((model) => ({ project: project.id, model }));
	});
}

/** What is wrong with all keys of a project: a quota that no key can use is of no use. */
function outOfUse(keys: readonly KeyView[]): Availability | undefined {
	const isOut = ({ availability }: KeyView): boolean =>
		availability.state === 'quarantined' || availability.state === 'disabled';
	return keys.every(isOut) ? keys[0]?.availability : undefined;
}

function quotaView(
	project: string,
	view: ModelView & Pick<KeyView, 'isBarred'>,
	now: EpochMs,
	{ mask, words }: Voice,
): QuotaView {
	const { limitUsage, requestsThisMinute, tokensThisMinute, requestsToday, sentToday, tokensToday } = view;
	const others = Math.max(0, requestsToday - sentToday);
	// What was sent before the count was set back counts against no limit, and was sent all the same.
	const today = limitUsage.rpd ? requestsToday : Math.max(requestsToday, sentToday);
	const minute = Math.max(0, view.minuteEndsAt - now);
	const day = Math.max(0, view.dayEndsAt - now);
	return {
		project,
		model: mask(view.model),
		availability: words.announceKey(view, now),
		rpm: use(requestsThisMinute, limitUsage.rpm, minute),
		tpm: use(tokensThisMinute, limitUsage.tpm, minute),
		rpd: { ...use(today, limitUsage.rpd, day), ...(others > 0 && { others }) },
		...(limitUsage.tpd && { tpd: use(tokensToday, limitUsage.tpd, day) }),
	};
}

/** What a person allows a day is the nearest of all limits: it comes first. */
function capView(
	project: string,
	{ cap, isBarred }: Pick<KeyView, 'cap' | 'isBarred'>,
	now: EpochMs,
	{ words }: Pick<Voice, 'words'>,
): readonly QuotaView[] {
	if (!cap) return [];
	const { availability, limitUsage, dayEndsAt } = cap;
	const left = Math.max(0, dayEndsAt - now);
	const { rpd, tpd } = limitUsage;
	const uses = { ...(rpd && { rpd: use(rpd.used, rpd, left) }), ...(tpd && { tpd: use(tpd.used, tpd, left) }) };
	return [
		{
			project,
			model: words.t('Daily cap (all models)'),
			availability: words.announceKey({ availability, isBarred }, now),
			...uses,
		},
	];
}

function use(used: number, usage: LimitUsage | undefined, resetsInMs: number): UseView {
	return { used, resetsInMs, ...(usage && { limit: usage.limit, source: usage.source }) };
}

import type { KeyView, Snapshot } from '../../pool/pool';

/** Requests that free projects have left of a model today. */
export interface FreeQuota {
	readonly requests: number;
	/** False where the limit of a project is not known yet: it may have more. */
	readonly isWhole: boolean;
}

/** Undefined where nothing that is left is known, or there is no free project. Keys of one project share what it has. */
export function freeQuota({ keys, aliases }: Pick<Snapshot, 'keys' | 'aliases'>, model: string): FreeQuota | undefined {
	const projects = new Map(keys.filter(isFree).map((view) => [view.project.id, view]));
	const days = [...projects.values()].map((view) => leftOf(view, aliases.get(model) ?? model));
	const known = days.filter((left) => left !== undefined);
	if (known.length === 0) return undefined;
	const requests = known.reduce((sum, left) => sum + left, 0);
	const isWhole = known.length === days.length;
	// "At least 0" is no news.
	return requests > 0 || isWhole ? { requests, isWhole } : undefined;
}

/** What a person allows a day bounds it as well. */
function leftOf({ models, cap }: KeyView, model: string): number | undefined {
	if (cap?.availability.state === 'coolingDown') return 0;
	const day = models.find((one) => one.model === model)?.limitUsage.rpd;
	const own = cap?.limitUsage.rpd;
	if (day === undefined) return undefined;
	return Math.max(0, Math.min(day.limit - day.used, own ? own.limit - own.used : Infinity));
}

function isFree({ project, availability, isBarred }: KeyView): boolean {
	return (
		project.tier === 'free' && !isBarred && availability.state !== 'disabled' && availability.state !== 'quarantined'
	);
}

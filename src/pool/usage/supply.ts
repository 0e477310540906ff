import type { Docs, ModelRecord, EpochMs } from '../types/stateStore';
import { rejectedByOverload, inUseUntil, resolveIn } from '../health/modelRecord';
import type { Availability, CapView, KeyView, ModelSupply } from '../types/availability';

/** Models in a snapshot; the most recently asked for. */
const maxModels = 20;

/** What the supply of keys is computed for. */
export interface SupplyParts {
	readonly model: string;
	readonly isPaused: boolean;
	/** The availability of all otherwise usable keys while the pool is throttled. */
	readonly throttled: Availability | undefined;
	readonly now: EpochMs;
}

/** The supply of keys for the default model and for every other model asked for in the last hour. */
export function suppliesOf(
	keys: readonly KeyView[],
	models: Docs['model'],
	{ model, isPaused, throttled, now }: SupplyParts,
): readonly ModelSupply[] {
	const supply = (
		name: string,
		availabilityOf: (view: KeyView) => Availability,
		isPart: (availability: Availability) => boolean,
	) => {
		const states: Partial<Record<keyof ModelSupply['states'], number>> = {};
		const counted: Availability[] = [];
		for (const view of keys) {
			const availability = availabilityOf(view);
			const state = countedState({ availability, isBarred: view.isBarred });
			states[state] = (states[state] ?? 0) + 1;
			if (view.key.enabled && !view.isBarred && isPart(availability)) counted.push(availability);
		}
		const ends = counted.flatMap(backWhen);
		return {
			model: name,
			usable: isPaused ? 0 : counted.filter(({ state }) => state === 'usable').length,
			total: counted.length,
			states,
			...(ends.length > 0 ? { back: Math.min(...ends) } : {}),
			isOverloaded: counted.some((availability) => 'reason' in availability && availability.reason === 'overloaded'),
		};
	};
	const availabilityFor = ({ availability: forDefault, models: buckets, cap }: KeyView, name: string): Availability => {
		if (forDefault.state === 'quarantined' || forDefault.state === 'disabled') return forDefault;
		const found = buckets.find((one) => one.model === name)?.availability;
		const ofBucket = found && !isOfModel(found) ? found : undefined;
		return withCapView(ofBucket, cap) ?? throttled ?? modelAvailability(models.get(name), now);
	};
	const others = modelsInUse(models, resolveIn(models, model), now).map((name) =>
		supply(
			name,
			(view) => availabilityFor(view, name),
			// A key that is denied the model, or whose tier lacks it, does not belong to the supply.
			({ state }) => state !== 'unsupported',
		),
	);
	const ofDefault = supply(
		model,
		(view) => view.availability,
		() => true,
	);
	return [ofDefault, ...others];
}

/** Models asked for in the last hour, resolved, most recent first; without the default one and missing ones. */
function modelsInUse(models: Docs['model'], without: string, now: EpochMs): readonly string[] {
	const asked = new Map<string, EpochMs>();
	for (const [id, record] of models) {
		if (inUseUntil(record) <= now) continue;
		const resolved = resolveIn(models, id);
		if (resolved === without || (models.get(resolved)?.missingUntil ?? 0) > now) continue;
		asked.set(resolved, Math.max(asked.get(resolved) ?? 0, inUseUntil(record)));
	}
	return [...asked]
		.sort(([a, atA], [b, atB]) => atB - atA || (a < b ? -1 : 1))
		.slice(0, maxModels)
		.map(([model]) => model);
}

/** When time alone changes which models are in use, or the availability of one. */
export function supplyChangesAt(models: Docs['model'], now: EpochMs): EpochMs {
	let next = Infinity;
	for (const record of models.values()) {
		if (inUseUntil(record) <= now) continue;
		const ends = [inUseUntil(record), record.overloadedUntil, record.probe?.expiresAt ?? 0, record.missingUntil ?? 0];
		for (const end of ends) if (end > now) next = Math.min(next, end);
	}
	return next;
}

/** As what a key counts: one that could answer, and may not where only paid ones may be used, is barred. */
export function countedState({
	availability: { state },
	isBarred,
}: Pick<KeyView, 'availability' | 'isBarred'>): keyof ModelSupply['states'] {
	return isBarred && state === 'usable' ? 'barred' : state;
}

/** When a cooldown ends, if one does by itself. */
export function backWhen(availability: Availability): readonly EpochMs[] {
	return availability.state === 'coolingDown' && !availability.isEndless ? [availability.until] : [];
}

/** Why a key cannot serve: it lacks the model, or its bucket cools down, or its project's daily cap is reached, whichever for longer. */
export function withCapView(ofBucket: Availability | undefined, cap: CapView | undefined): Availability | undefined {
	const ofCap = cap?.availability;
	if (ofCap?.state !== 'coolingDown') return ofBucket?.state === 'usable' ? undefined : ofBucket;
	if (ofBucket?.state === 'unsupported') return ofBucket;
	return ofBucket?.state === 'coolingDown' && ofBucket.until >= ofCap.until && !ofCap.isEndless ? ofBucket : ofCap;
}

/** Whether it is what the model itself gives every key, so that no bucket cools down. */
export function isOfModel(availability: Availability): boolean {
	return 'reason' in availability && (availability.reason === 'overloaded' || availability.reason === 'noSuchModel');
}

/** The availability that the model itself gives every key: missing, overloaded or usable. */
export function modelAvailability(record: ModelRecord | undefined, now: EpochMs): Availability {
	if (!record) return { state: 'usable' };
	const { missingUntil = 0, overloadedUntil } = record;
	if (missingUntil > now) return { state: 'unsupported', reason: 'noSuchModel', until: missingUntil };
	const busy = rejectedByOverload(record, now);
	if (!busy) return { state: 'usable' };
	return overloadedUntil > now
		? { state: 'coolingDown', reason: busy.reason, until: overloadedUntil }
		: { state: 'halfOpen', reason: busy.reason };
}

import {
	isFreeOfCost,
	oneDollar,
	type Availability,
	type EpochMs,
	type KeyView,
	type Snapshot,
	type SpendingView,
	type SpentView,
} from '../../pool/pool';
import { originOf, type ClientRecord, type ClientUsage } from '../clients/clientRecord';

/**
 * What a client may know of its gateway, by its token: what it can ask for, how long it would wait, and its own budget.
 * Nothing of a key, and nothing of another client. Durations, because the clocks of two computers differ.
 */
export interface GatewayStatus {
	readonly v: 1;
	/** `paused`: after a sign of abuse, until a person resumes. `held`: this client alone, until a person lets it go on. */
	readonly state: 'open' | 'paused' | 'held';
	readonly client: string;
	readonly owner?: string;
	readonly expiresInMs?: number;
	/** Keys that the client may use, by the tier of their project. */
	readonly keys: 'free' | 'paid' | 'any';
	/** The models that the token names, or else those in use. */
	readonly models: readonly ModelStatus[];
	/** Of the Pacific day. */
	readonly today: {
		readonly requests: number;
		readonly maxRequests?: number;
		/** US dollars spent, without what requests under way reserve. */
		readonly dollars: number;
		readonly maxDollars?: number;
		readonly endsInMs: number;
	};
}

export interface ModelStatus {
	readonly model: string;
	readonly isUsable: boolean;
	/** Until one can answer, where that is known. */
	readonly waitMs?: number;
}

export interface StatusParts {
	readonly client: ClientRecord;
	readonly usage: ClientUsage;
	/** It may be hours old, if nothing has happened since. */
	readonly snapshot: Pick<
		Snapshot,
		'keys' | 'model' | 'aliases' | 'supplies' | 'paused' | 'spending' | 'clients' | 'paidOnly'
	>;
	/** Whether the gateway uses keys of paid projects alone. */
	readonly paidOnly: boolean;
	/** The store's clock. */
	readonly at: EpochMs;
	/** ms since 1970, by the same clock as the end of a token. */
	readonly now: number;
}

/** A whole number, although the store's clock has fractions: programs infer a field's type from the first value they see. */
const msUntil = (end: number, now: number): number => Math.max(0, Math.ceil(end - now));

export function statusFor({ client, usage, snapshot, paidOnly, at, now }: StatusParts): GatewayStatus {
	const { rules, name, owner, expiresAt } = client;
	const own = snapshot.clients.find((one) => one.client === originOf(name));
	const { cost, limit } = own?.spending.day ?? { cost: 0, limit: undefined };
	const { requests, endsAt } = usage.today;
	const isPaidOnly = paidOnly || snapshot.paidOnly;
	const keys = isPaidOnly && rules.keys === 'any' ? 'paid' : rules.keys;
	// A token for free keys has no key where only paid ones are used, and waits for none.
	const usable = isPaidOnly && keys === 'free' ? { ...snapshot, keys: [], supplies: [] } : snapshot;
	const budgets = { all: [snapshot.spending, ...(own ? [own.spending] : [])], dayEndsAt: endsAt };
	const names = rules.models ?? snapshot.supplies.map(({ model }) => model);
	return {
		v: 1,
		state: own?.held ? 'held' : snapshot.paused ? 'paused' : 'open',
		client: name,
		...(owner !== undefined && { owner }),
		...(expiresAt !== undefined && { expiresInMs: msUntil(expiresAt, now) }),
		keys,
		models: names.map((model) => modelStatus(model, keys, budgets, usable, at)),
		today: {
			requests,
			...(rules.requestsPerDay !== undefined && { maxRequests: rules.requestsPerDay }),
			dollars: cost / oneDollar,
			...(limit !== undefined && { maxDollars: limit / oneDollar }),
			endsInMs: msUntil(endsAt, at),
		},
	};
}

/** @param budgets those that a paid key needs beside its project's; free keys need none */
function modelStatus(
	model: string,
	keys: GatewayStatus['keys'],
	budgets: { readonly all: readonly SpendingView[]; readonly dayEndsAt: EpochMs },
	snapshot: StatusParts['snapshot'],
	at: EpochMs,
): ModelStatus {
	const own = (name: string): string => snapshot.aliases.get(name) ?? name;
	const supply = snapshot.supplies.find((one) => own(one.model) === own(model));
	const able = snapshot.keys
		.filter(
			({ key, project }) =>
				key.enabled && (keys === 'any' || (keys === 'paid' ? project.tier === keys : isFreeOfCost(project))),
		)
		.map((view): Pick<Availability, 'state'> & { readonly until?: EpochMs } => {
			const found = availabilityFor(view, own(model), own(snapshot.model));
			if (found.state === 'coolingDown' && found.isEndless) return { state: found.state };
			if (view.project.tier !== 'paid' || (found.state !== 'usable' && found.state !== 'coolingDown')) return found;
			const spendings = [...budgets.all, ...(view.spending ? [view.spending] : [])];
			const ends = spendings.flatMap((one) => usedUpUntil(one, budgets.dayEndsAt));
			if (ends.length === 0) return found;
			return { state: 'coolingDown', until: Math.max(...ends, 'until' in found ? found.until : 0) };
		});
	const isAble = able.some(({ state }) => state === 'usable');
	const isUsable = !snapshot.paused && supply?.usable !== 0 && isAble;
	const ends = able.flatMap((one) => (one.state === 'coolingDown' ? [one.until ?? Infinity] : []));
	// If keys are usable and yet none can answer, the supply says when what holds up all of them ends.
	const back = Math.min(...ends, isAble && supply?.usable === 0 ? (supply.back ?? Infinity) : Infinity);
	return { model, isUsable, ...(!isUsable && back < Infinity && { waitMs: msUntil(back, at) }) };
}

/** When each budget that is used up begins anew; the snapshot can be of another day. */
function usedUpUntil({ day, month }: SpendingView, dayEndsAt: EpochMs): readonly EpochMs[] {
	const isUsedUp = ({ cost, limit = Infinity }: SpentView): boolean => cost >= limit;
	return [...(isUsedUp(day) ? [dayEndsAt] : []), ...(isUsedUp(month) ? [Math.max(dayEndsAt, month.endsAt)] : [])];
}

/** A model that nobody has asked for has no bucket: its first request finds out. */
function availabilityFor({ availability, models }: KeyView, model: string, usual: string): Availability {
	if (model === usual || availability.state === 'quarantined') return availability;
	return models.find((one) => one.model === model)?.availability ?? { state: 'usable' };
}

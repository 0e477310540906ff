import type { Key, KeyId, KeyRecord } from '../../../src/pool/pool';
import { initialKeyRecord } from '../../../src/pool/health/initialRecords';
import type { StrategyName } from '../../../src/pool/types/strategyName';
import { startStrategy } from '../../../src/pool/selection/strategies/registry';
import type { CandidateStats } from '../../../src/pool/selection/strategies/strategy';

export interface CandidatePlan extends Partial<Pick<Key, 'weight' | 'role'>> {
	readonly headroom?: number;
	readonly isDayShort?: boolean;
	readonly place?: number;
	readonly record?: Partial<KeyRecord>;
}

export type CandidatePlans = Readonly<Record<string, CandidatePlan>>;

const zero = (): number => 0;

/** Keys that a strategy chooses among, named and ordered as given. */
export class Candidates {
	readonly order: readonly KeyId[];
	private readonly all: readonly CandidateStats[];

	constructor(plans: CandidatePlans) {
		this.all = Object.entries(plans).map(
			(
				[name, { weight = 1, role = 'primary', headroom = 1, isDayShort = false, record, place }],
				index,
			): CandidateStats => ({
				index,
				key: { id: name as KeyId, role, weight },
				record: { ...initialKeyRecord, ...record },
				status: { headroom, isDayShort },
				place,
			}),
		);
		this.order = this.all.map(({ key }) => key.id);
	}

	/** As `strategy` ranks them, or some of them by name. */
	ranked(
		strategy: ReturnType<typeof startStrategy>,
		{
			random = zero,
			now = 0,
			among = this.order,
		}: { random?: () => number; now?: number; among?: readonly string[] } = {},
	): readonly string[] {
		return strategy.rank(this.input(among), random, now).map(({ key }) => key.id);
	}

	/** The store has granted one, out of all or of some. */
	granted(strategy: ReturnType<typeof startStrategy>, name: string, among: readonly string[] = this.order): void {
		const candidate = this.all.find(({ key }) => key.id === name);
		if (!candidate) throw new Error(`There is no ${name}.`);
		strategy.onGranted(candidate, this.input(among));
	}

	/** Lets a strategy choose `count` times. */
	turns(strategy: ReturnType<typeof startStrategy>, count: number, among: readonly string[] = this.order): string {
		const taken: string[] = [];
		for (let n = 0; n < count; n++) {
			const [best] = this.ranked(strategy, { among });
			if (best === undefined) break;
			this.granted(strategy, best, among);
			taken.push(best);
		}
		return taken.join(' ');
	}

	private input(among: readonly string[]): readonly CandidateStats[] {
		return this.all.filter(({ key }) => among.includes(key.id));
	}
}

/** So many keys, named in order. */
export function many(count: number, plan: (at: number) => CandidatePlan = () => ({})): CandidatePlans {
	return Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${String(at).padStart(2, '0')}`, plan(at)]));
}

/** How a strategy that has just started ranks these. */
export function rank(name: StrategyName, plans: CandidatePlans, random = zero, now = 0): string {
	return new Candidates(plans).ranked(startStrategy(name), { random, now }).join(' ');
}

import type { Key, KeyId, KeyRecord } from '../../../src/pool/pool';
import { Columns } from '../../../src/pool/selection/columns';
import { initialKeyRecord } from '../../../src/pool/health/initialRecords';
import { untouched } from '../../../src/pool/quota/quotaStatus';
import type { StrategyName } from '../../../src/pool/selection/strategies/names';
import { startStrategy } from '../../../src/pool/selection/strategies/registry';
import type { RankingInput } from '../../../src/pool/selection/strategies/strategy';

export interface CandidatePlan extends Partial<Pick<Key, 'weight' | 'role'>> {
	readonly headroom?: number;
	readonly record?: Partial<KeyRecord>;
}

export type CandidatePlans = Readonly<Record<string, CandidatePlan>>;

const zero = (): number => 0;

/** Keys that a strategy chooses among, named and ordered as given. */
export class Candidates {
	readonly order: readonly KeyId[];
	private readonly keys: readonly Pick<Key, 'id' | 'role' | 'weight'>[];
	private readonly facts: Columns;

	constructor(plans: CandidatePlans) {
		const all = Object.entries(plans);
		this.keys = all.map(([name, { weight = 1, role = 'primary' }]) => ({ id: name as KeyId, role, weight }));
		this.order = this.keys.map(({ id }) => id);
		this.facts = new Columns(all.length);
		all.forEach(([, { headroom = 1, record }], index) => {
			const key = this.keys[index];
			if (key) this.facts.setKey(index, key, false);
			this.facts.setRecord(index, false, { ...initialKeyRecord, ...record });
			this.facts.setOutlook(index, { ...untouched, headroom }, 0);
		});
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
		return strategy.rank(this.field(among), random, now).map((place) => this.order[place] ?? '');
	}

	/** The ledger has granted one, out of all or of some. */
	took(strategy: ReturnType<typeof startStrategy>, name: string, among: readonly string[] = this.order): void {
		const index = this.order.indexOf(name as KeyId);
		const key = this.keys[index];
		if (!key) throw new Error(`There is no ${name}.`);
		strategy.onGranted({ index, key }, this.field(among));
	}

	/** Lets a strategy choose `count` times. */
	turns(strategy: ReturnType<typeof startStrategy>, count: number, among: readonly string[] = this.order): string {
		const taken: string[] = [];
		for (let n = 0; n < count; n++) {
			const [best] = this.ranked(strategy, { among });
			if (best === undefined) break;
			this.took(strategy, best, among);
			taken.push(best);
		}
		return taken.join(' ');
	}

	private field(among: readonly string[]): RankingInput {
		const places = Int32Array.from(among, (name) => this.order.indexOf(name as KeyId)).sort();
		return { stats: this.facts, places, start: 0, end: places.length };
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

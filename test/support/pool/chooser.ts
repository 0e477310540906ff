import {
	defaults,
	type Budgets,
	type BucketId,
	type Bucket,
	type LeaseId,
	type PoolRecord,
	type ProjectId,
	type Reason,
	type StateStore,
	type Transaction,
} from '../../../src/pool/pool';
import { BudgetGuard } from '../../../src/pool/budget/budgetGuard';
import { Candidates } from '../../../src/pool/selection/candidates';
import { LeaseAllocator } from '../../../src/pool/selection/leaseAllocator';
import { startStrategy } from '../../../src/pool/selection/strategies/registry';
import { KeySet } from '../../../src/pool/types/keySet';
import type { LeaseGrant, LeaseRequest, Rejection } from '../../../src/pool/types/leaseRequest';
import { VirtualClock } from '../virtualClock';
import { planned, type KeyPlans } from './keyPlan';
import { plainPricing } from './pricing';
import { InMemoryStore, type StoreData } from './inMemoryStore';

/** The engine's choice of a key alone, in virtual time: keys in turn, `m` unless said otherwise, plain prices. */
export class Chooser {
	readonly clock = new VirtualClock();
	readonly store: InMemoryStore;
	readonly candidates: Candidates;
	readonly allocator: LeaseAllocator;
	private leases = 0;

	constructor(
		keys: KeyPlans,
		{
			budgets = {},
			seenThrough = (store) => store,
			kept,
		}: { budgets?: Budgets; seenThrough?: (store: InMemoryStore) => StateStore; kept?: StoreData } = {},
	) {
		this.store = new InMemoryStore(this.clock, kept);
		const store = seenThrough(this.store);
		const random = (): number => 0;
		const strategy = startStrategy('roundRobin');
		const guard = new BudgetGuard(
			() => plainPricing,
			() => budgets,
		);
		this.candidates = new Candidates(store, new KeySet(...planned(keys)), random);
		this.allocator = new LeaseAllocator(
			store,
			this.candidates,
			random,
			() => defaults,
			() => strategy,
			guard,
		);
	}

	setKeys(keys: KeyPlans): void {
		this.candidates.setKeySet(new KeySet(...planned(keys)));
	}

	/** A request of so many tokens, 100 unless said otherwise. */
	request({ tokens = 100, ...more }: Partial<LeaseRequest> & { tokens?: number } = {}): LeaseRequest {
		return {
			...{ model: 'm', size: { bytes: 0, tokens }, needs: {}, lease: `l${++this.leases}` as LeaseId, holder: 'h' },
			...{ client: 'chat', isWatched: false, serviceTier: 'standard', leaseMs: 60_000 },
			...{ excludedBuckets: new Set<BucketId>(), excludedKeys: new Set(), paidForSize: false, preferredKey: undefined },
			...more,
		};
	}

	/** Which key it is, or why none. */
	async choice(more: Parameters<Chooser['request']>[0] = {}): Promise<string> {
		const answer = await this.allocator.allocate(this.request(more));
		return isGrant(answer) ? answer.key : answer.reason;
	}

	async granted(more: Parameters<Chooser['request']>[0] = {}): Promise<LeaseGrant> {
		const answer = await this.allocator.allocate(this.request(more));
		if (!isGrant(answer)) throw new Error(`It was rejected: ${answer.reason}`);
		return answer;
	}

	async rejected(more: Parameters<Chooser['request']>[0] = {}): Promise<Rejection> {
		const answer = await this.allocator.allocate(this.request(more));
		if (isGrant(answer)) throw new Error(`It was granted: ${answer.key}`);
		return answer;
	}

	write(step: (tx: Transaction, now: number) => void): Promise<void> {
		return this.store.transact(step);
	}

	/** Puts something into the bucket of a key that has its own project. */
	inBucket(key: string, more: (now: number) => Partial<Bucket>, model = 'm'): Promise<void> {
		return this.write((tx, now) => {
			const id = `p-${key}/${model}` as BucketId;
			tx.put({ kind: 'bucket', id, doc: { ...tx.bucket(id), ...more(now) } });
		});
	}

	coolDown(key: string, ms: number, reason: Reason = 'rpm'): Promise<void> {
		return this.inBucket(key, (now) => ({
			status: { state: 'coolingDown', reason, since: now, until: now + ms, backoffLevel: 0 },
		}));
	}

	/** The service said of a key's bucket what its limit is; a test of it is due in so many ms. */
	learn(key: string, dimension: 'rpm' | 'tpm' | 'rpd', value: number, dueInMs = 600_000): Promise<void> {
		return this.inBucket(key, (now) => ({
			limits: { [dimension]: { value, source: 'stated', at: now, retestAt: now + dueInMs, retestMs: 600_000 } },
		}));
	}

	pause(): Promise<void> {
		return this.write((tx, now) => {
			const [key] = this.candidates.of('m', now);
			if (key) tx.put({ kind: 'pool', doc: { v: 2, paused: { reason: 'leaked', by: key.key.id, since: now } } });
		});
	}

	/** The projects of these keys were refused without a named quota; the next request may find out whether that is over. */
	throttle(keys: readonly string[], more: Partial<NonNullable<PoolRecord['throttled']>> = {}): Promise<void> {
		const projects = keys.map((key) => `p-${key}` as ProjectId);
		return this.write((tx, now) =>
			tx.put({ kind: 'pool', doc: { v: 2, throttled: { since: now, nextProbeAt: now, projects, ...more } } }),
		);
	}
}

function isGrant(answer: LeaseGrant | Rejection): answer is LeaseGrant {
	return 'lease' in answer;
}

import type { BucketId, KeyId } from './key';
import type { Grant } from './seek';
import { leastBackOffMs, type Verdict } from './verdict';

/** What a request does after a failure. */
export type Next =
	/** Looks for a key again, at once; the ledger knows who rests. */
	| { readonly go: 'on' }
	/** Backs off by itself for `leastMs` at least, then the same key. `n` counts from 0. */
	| { readonly go: 'afterBackOff'; readonly n: number; readonly leastMs: number }
	| { readonly go: 'fail' };

/** Time-outs grow by this when the service said that a request needs longer. */
const morePatience = 2;

/**
 * The course of one request: what is spent in this round, what was backed off from, where it stays. It only decides;
 * it neither sends nor waits.
 */
export class Course {
	/** Sends in this round. */
	sends = 0;
	paidOnly = false;
	prefer: KeyId | undefined;
	/** Factor on the idle time-outs. */
	patience = 1;
	private models: readonly string[];
	/** Until a new round. */
	private readonly refusedBuckets = new Set<BucketId>();
	private readonly refusedKeys = new Set<KeyId>();
	private lookedAgain = false;
	/** For good: too small, left for another key, left for another key on that model. */
	private readonly smallBuckets = new Set<BucketId>();
	private readonly leftKeys = new Set<KeyId>();
	private readonly leftOn = new Map<string, Set<KeyId>>();
	/** Models whose free keys take no request of this size. */
	private readonly tooLargeOn = new Set<string>();
	private readonly gaveUp = new Set<string>();
	private readonly backOffs = new Map<string, number>();
	private readonly triedOther = new Set<string>();

	constructor(models: readonly string[]) {
		this.models = [...new Set(models)];
	}

	/** Models that may still answer: the wanted one first. */
	get open(): readonly string[] {
		return this.models.filter((model) => !this.gaveUp.has(model));
	}

	get wanted(): string {
		return this.models[0] ?? '';
	}

	get spentBuckets(): ReadonlySet<BucketId> {
		return union(this.refusedBuckets, this.smallBuckets);
	}

	/** Not asked for this model. */
	spentKeys(model: string): ReadonlySet<KeyId> {
		return union(union(this.refusedKeys, this.leftKeys), this.leftOn.get(model) ?? none);
	}

	/** Whether anything is spent, so that the request stands for itself alone. */
	get isFresh(): boolean {
		return this.spentBuckets.size + this.refusedKeys.size + this.leftKeys.size + this.leftOn.size === 0;
	}

	/** Whether the request is too large for free keys on this model. */
	paidForSize(model: string): boolean {
		return this.tooLargeOn.has(model);
	}

	tooLarge(model: string): void {
		this.tooLargeOn.add(model);
	}

	useModel(model: string): void {
		this.gaveUp.delete(model);
		this.models = [model, ...this.models.filter((other) => other !== model)];
	}

	/** After a wait for a reset everybody may be asked again. */
	newRound(): void {
		this.sends = 0;
		this.lookedAgain = false;
		this.forgetRefusals();
	}

	/**
	 * Nobody is left in this round: what was refused early in it may be free again by now. Once a round, and where `most`
	 * sends leave room for as many as there were.
	 *
	 * @returns whether there is anybody to ask again
	 */
	lookAgain(most: number): boolean {
		if (this.lookedAgain || this.sends * 2 > most) return false;
		this.lookedAgain = true;
		if (this.refusedBuckets.size + this.refusedKeys.size === 0) return false;
		this.forgetRefusals();
		return true;
	}

	/** Takes a verdict on the call that `grant` allowed. */
	after(verdict: Verdict, grant: Grant): Next {
		this.prefer = undefined;
		switch (verdict.act) {
			case 'rest':
			case 'close':
				this.refusedBuckets.add(grant.bucketId);
				return { go: 'on' };
			case 'bench':
				this.refusedKeys.add(grant.key);
				return verdict.abuse ? { go: 'fail' } : { go: 'on' };
			case 'closeForKey':
				this.leftFor(grant.model).add(grant.key);
				return { go: 'on' };
			case 'skipTier':
				this.smallBuckets.add(grant.bucketId);
				this.tooLarge(grant.model);
				return { go: 'on' };
			case 'backOff':
				return this.backOff(verdict, grant);
			case 'tryOneOther':
				this.paidOnly ||= verdict.paid;
				return this.tryOther(verdict.why, this.leftKeys, grant) ?? { go: 'fail' };
			// The engine's own requests carry no signatures that could be replaced.
			case 'replaceSignatures':
			case 'fail':
				return { go: 'fail' };
		}
	}

	private backOff(verdict: Extract<Verdict, { act: 'backOff' }>, grant: Grant): Next {
		const { why, scope, times, then } = verdict;
		const name = `${why} ${grant.model}`;
		const n = this.backOffs.get(name) ?? 0;
		this.backOffs.set(name, n + 1);
		if (n < times) {
			this.prefer = grant.key;
			if (why === 'deadline') this.patience = morePatience;
			return scope === 'model' ? { go: 'on' } : { go: 'afterBackOff', n, leastMs: leastBackOffMs(verdict, n) };
		}
		switch (then) {
			case 'fallbackModel':
				return this.giveUp(grant.model);
			case 'otherKey':
				return this.tryOther(why, this.leftKeys, grant) ?? { go: 'fail' };
			case 'otherKeyThenModel': {
				const left = this.leftFor(grant.model);
				return this.tryOther(`${why} ${grant.model}`, left, grant) ?? this.giveUp(grant.model);
			}
			case 'fail':
				return { go: 'fail' };
		}
	}

	private forgetRefusals(): void {
		this.refusedBuckets.clear();
		this.refusedKeys.clear();
	}

	/** The keys that are not asked for this model any more. */
	private leftFor(model: string): Set<KeyId> {
		const left = this.leftOn.get(model) ?? new Set();
		this.leftOn.set(model, left);
		return left;
	}

	private giveUp(model: string): Next {
		this.gaveUp.add(model);
		return this.open.length > 0 ? { go: 'on' } : { go: 'fail' };
	}

	/** One other key for the same reason, and no more. The one that is left stays so, whatever rests meanwhile. */
	private tryOther(why: string, left: Set<KeyId>, { key }: Grant): Next | undefined {
		if (this.triedOther.has(why)) return undefined;
		this.triedOther.add(why);
		left.add(key);
		return { go: 'on' };
	}
}

const none: ReadonlySet<never> = new Set();

function union<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): ReadonlySet<T> {
	if (b.size === 0) return a;
	return a.size === 0 ? b : new Set([...a, ...b]);
}

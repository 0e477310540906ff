import type { BucketId, KeyId } from './key';
import type { Grant } from './seek';
import type { Reason, Verdict } from './verdict';

/** What a request does after a failure. */
export type Next =
	/** Looks for a key again, at once; the ledger knows who rests. */
	| { readonly go: 'on' }
	/** Backs off by itself, then the same key. `n` counts from 0. */
	| { readonly go: 'afterBackOff'; readonly n: number }
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
	readonly spentBuckets = new Set<BucketId>();
	readonly spentKeys = new Set<KeyId>();
	paidForSize = false;
	paidOnly = false;
	prefer: KeyId | undefined;
	/** Factor on the idle time-outs. */
	patience = 1;
	private models: readonly string[];
	private readonly gaveUp = new Set<string>();
	private readonly backOffs = new Map<string, number>();
	private readonly triedOther = new Set<Reason>();

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

	useModel(model: string): void {
		this.gaveUp.delete(model);
		this.models = [model, ...this.models.filter((other) => other !== model)];
	}

	/** After a wait for a reset everybody may be asked again. */
	newRound(): void {
		this.sends = 0;
		this.spentBuckets.clear();
		this.spentKeys.clear();
	}

	/** Takes a verdict on the call that `grant` allowed. */
	after(verdict: Verdict, grant: Grant): Next {
		this.prefer = undefined;
		switch (verdict.act) {
			case 'rest':
			case 'close':
				this.spentBuckets.add(grant.bucketId);
				return { go: 'on' };
			case 'bench':
				this.spentKeys.add(grant.key);
				return verdict.abuse ? { go: 'fail' } : { go: 'on' };
			case 'skipTier':
				this.spentBuckets.add(grant.bucketId);
				this.paidForSize = true;
				return { go: 'on' };
			case 'backOff':
				return this.backOff(verdict, grant);
			case 'tryOneOther':
				this.paidOnly ||= verdict.paid;
				return this.tryOther(verdict.why, grant);
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
			return scope === 'model' ? { go: 'on' } : { go: 'afterBackOff', n };
		}
		switch (then) {
			case 'fallbackModel':
				this.gaveUp.add(grant.model);
				return this.open.length > 0 ? { go: 'on' } : { go: 'fail' };
			case 'otherKey':
				return this.tryOther(why, grant);
			case 'fail':
				return { go: 'fail' };
		}
	}

	private tryOther(why: Reason, grant: Grant): Next {
		if (this.triedOther.has(why)) return { go: 'fail' };
		this.triedOther.add(why);
		this.spentKeys.add(grant.key);
		return { go: 'on' };
	}
}

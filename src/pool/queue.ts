import type { Clock, Off, Random } from './clock';
import type { BucketId } from './key';
import type { Ledger } from './ledger';
import type { Choice } from './anyModel';
import type { Denial } from './seek';

/** One request that looks for a key. */
export interface Seeker {
	readonly priority: 'chat' | 'batch';
	/** Requests of the same kind are denied alike; a denied one denies the larger ones of its kind. */
	kind(): string;
	readonly size: number;
	/** Tries once. `held` buckets are kept for requests that are ahead. */
	attempt(held: ReadonlySet<BucketId>): Promise<Choice>;
	/** ms that it may still wait. */
	patienceMs(): number;
	/** It waits; called again when a fact moves. */
	waits(denial: Denial, ahead: number): void;
	/** Takes back a grant that came too late. */
	giveBack(choice: Extract<Choice, { grant: unknown }>): void;
}

/** Nothing can serve, and waiting does not help or takes too long. */
export class Refused extends Error {
	override readonly name = 'Refused';

	constructor(
		readonly denial: Denial,
		/** True where the wait was known to be too long, or has become so. */
		readonly tooLong: boolean,
	) {
		super(denial.why);
	}
}

interface Entry {
	readonly seeker: Seeker;
	denial: Denial | undefined;
	ahead: number;
	resolve(choice: Extract<Choice, { grant: unknown }>): void;
	reject(error: unknown): void;
	live: boolean;
}

/** So many chat requests may pass a waiting batch request in a row. */
const longestChatStreak = 4;
/** Share of a wait that is added by chance at most, and the most, in ms: no herd after a reset. */
const jitterShare = 0.01;
const mostJitterMs = 250;

/** Who waits: first come first served, chat before batch, nobody starved; woken by time and by the ledger, never by polling. */
export class Queue {
	private chat: Entry[] = [];
	private batch: Entry[] = [];
	private chatStreak = 0;
	private pumping = false;
	private again = false;
	private timer: Off | undefined;
	private readonly off: Off;

	constructor(
		private readonly ledger: Ledger,
		private readonly clock: Clock,
		private readonly random: Random,
	) {
		this.off = ledger.onDidChange(() => this.wake());
	}

	get length(): number {
		return this.chat.length + this.batch.length;
	}

	/** Resolves with a grant; rejects with `Refused`, or with the signal's reason. */
	async acquire(seeker: Seeker, signal: AbortSignal): Promise<Extract<Choice, { grant: unknown }>> {
		signal.throwIfAborted();
		if (this.length === 0) {
			const choice = await seeker.attempt(nothingHeld);
			if ('grant' in choice) {
				if (!signal.aborted) return choice;
				seeker.giveBack(choice);
				signal.throwIfAborted();
			} else {
				throwIfHopeless(seeker, choice.denial, this.ledger.now());
			}
		}
		return this.join(seeker, signal);
	}

	/** Something changed for the waiting: try again now. */
	wake(): void {
		if (this.length === 0) return;
		if (this.pumping) {
			this.again = true;
			return;
		}
		this.pumping = true;
		void this.pump();
	}

	dispose(): void {
		this.off();
		this.timer?.();
	}

	private join(seeker: Seeker, signal: AbortSignal): Promise<Extract<Choice, { grant: unknown }>> {
		return new Promise((resolve, reject) => {
			const line = seeker.priority === 'chat' ? this.chat : this.batch;
			const leave = (): void => {
				signal.removeEventListener('abort', cancel);
				entry.live = false;
				this.chat = this.chat.filter(({ live }) => live);
				this.batch = this.batch.filter(({ live }) => live);
			};
			const entry: Entry = {
				seeker,
				denial: undefined,
				ahead: -1,
				live: true,
				resolve: (choice) => {
					leave();
					resolve(choice);
				},
				reject: (error) => {
					leave();
					reject(error instanceof Error ? error : new Error(String(error)));
				},
			};
			const cancel = (): void => {
				entry.reject(signal.reason);
				this.wake();
			};
			if (signal.aborted) {
				cancel();
				return;
			}
			signal.addEventListener('abort', cancel);
			line.push(entry);
			this.wake();
		});
	}

	private async pump(): Promise<void> {
		for (let again = true; again; again = this.takeAgain()) await this.pass();
		this.pumping = false;
		this.arm();
	}

	private takeAgain(): boolean {
		const { again } = this;
		this.again = false;
		return again;
	}

	/** Everybody once, in order; kinds that were denied are not asked again. */
	private async pass(): Promise<void> {
		const denied = new Map<string, { size: number; denial: Denial }>();
		const held = new Set<BucketId>();
		const chat = [...this.chat];
		const batch = [...this.batch];
		while (chat.length > 0 || batch.length > 0) {
			const batchFirst = batch.length > 0 && (chat.length === 0 || this.chatStreak >= longestChatStreak);
			const entry = (batchFirst ? batch : chat).shift();
			if (!entry?.live) continue;
			const kind = entry.seeker.kind();
			const known = denied.get(kind);
			if (known && entry.seeker.size >= known.size) {
				this.deny(entry, known.denial);
				continue;
			}
			const outcome = await this.tryOne(entry, held);
			if (!outcome) continue;
			denied.set(kind, { size: entry.seeker.size, denial: outcome });
			if (outcome.why === 'tpm' && outcome.bucketId !== undefined) held.add(outcome.bucketId);
		}
		this.tell();
	}

	/** The denial, where there was one. */
	private async tryOne(entry: Entry, held: ReadonlySet<BucketId>): Promise<Denial | undefined> {
		try {
			const choice = await entry.seeker.attempt(held);
			if ('denial' in choice) {
				if (entry.live) this.deny(entry, choice.denial);
				return choice.denial;
			}
			if (entry.live) {
				this.countStreak(entry);
				entry.resolve(choice);
			} else {
				entry.seeker.giveBack(choice);
			}
		} catch (error) {
			if (entry.live) entry.reject(error);
		}
		return undefined;
	}

	private countStreak({ seeker }: Entry): void {
		this.chatStreak = seeker.priority === 'batch' || this.batch.length === 0 ? 0 : this.chatStreak + 1;
	}

	private deny(entry: Entry, denial: Denial): void {
		const changed = entry.denial?.why !== denial.why || entry.denial.retryAt !== denial.retryAt;
		if (changed) entry.ahead = -1;
		entry.denial = denial;
		try {
			throwIfHopeless(entry.seeker, denial, this.ledger.now());
		} catch (error) {
			entry.reject(error);
		}
	}

	/** Tells those whose place or reason moved. */
	private tell(): void {
		[...this.chat, ...this.batch].forEach((entry, ahead) => {
			if (!entry.denial || entry.ahead === ahead) return;
			entry.ahead = ahead;
			entry.seeker.waits(entry.denial, ahead);
		});
	}

	private arm(): void {
		this.timer?.();
		this.timer = undefined;
		const now = this.ledger.now();
		let soonest = Infinity;
		for (const { denial, seeker } of [...this.chat, ...this.batch]) {
			const back = (denial?.retryAt ?? now) - now;
			const jitter = Math.min(mostJitterMs, Math.max(0, back) * jitterShare) * this.random();
			soonest = Math.min(soonest, back + jitter, seeker.patienceMs());
		}
		if (soonest === Infinity) return;
		this.timer = this.clock.after(Math.max(1, Math.ceil(soonest)), () => this.wake());
	}
}

const nothingHeld: ReadonlySet<BucketId> = new Set();

function throwIfHopeless(seeker: Seeker, denial: Denial, now: number): void {
	if (denial.retryAt === Infinity) throw new Refused(denial, false);
	if (denial.retryAt - now > seeker.patienceMs()) throw new Refused(denial, true);
}

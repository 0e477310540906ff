import type { Clock, Off, Random } from '../types/clock';
import type { BucketId } from '../types/key';
import { QueueHeartbeat } from './queueHeartbeat';
import type { DocRef, StateStore, QueueRecord, EpochMs } from '../types/stateStore';
import { ahead, longestChatStreak } from './sharedQueue';
import type { RequestSize } from '../types/poolRequest';
import type { LeaseChoice, Rejection, QueueTicket } from '../types/leaseRequest';

/** One request that looks for a key. */
export interface QueuedRequest {
	readonly priority: 'chat' | 'batch';
	/** Requests of the same kind are denied alike; a denied one denies those of its kind that are no smaller. */
	kind(): string;
	readonly size: RequestSize;
	/** Tries once. `held` buckets are kept for requests that are ahead; `place` is absent where it need not yield. */
	attempt(held: ReadonlySet<BucketId>, place: QueueTicket | undefined): Promise<LeaseChoice>;
	readonly id: string;
	/** What another window must know of it, given why it waits. */
	toQueueRecord(rejection: Rejection): Pick<QueueRecord, 'models' | 'size' | 'paid' | 'project'>;
	/** ms that it may still wait. */
	remainingWaitMs(): number;
	/** It waits; called again when a fact moves. */
	waits(rejection: Rejection, ahead: number): void;
	/** Takes back a grant that came too late. */
	release(choice: Extract<LeaseChoice, { grant: unknown }>): void;
}

/** Nothing can serve, and waiting does not help or takes too long. */
export class RequestRejected extends Error {
	override readonly name = 'Refused';

	constructor(
		readonly rejection: Rejection,
		/** True where the wait was known to be too long, or has become so. */
		readonly tooLong: boolean,
	) {
		super(rejection.reason);
	}
}

/** A place in line, kept by who has to stand there again. */
export interface Arrival {
	readonly since: EpochMs;
	/** Tells who was first where the clock goes backwards. */
	readonly order: number;
}

interface QueueEntry extends Arrival {
	readonly seeker: QueuedRequest;
	/** Since when (steady) it has stood back for requests of other windows without a break. */
	yields: number | undefined;
	rejection: Rejection | undefined;
	ahead: number;
	resolve(choice: Extract<LeaseChoice, { grant: unknown }>): void;
	reject(error: unknown): void;
	live: boolean;
}

/** ms. A request stands back for other windows no longer than this at a stretch: they can be wrong about what they can use. */
const longestYieldMs = 3_000;
/** Share of a wait that is added by chance at most, and the most, in ms: no herd after a reset. */
const jitterShare = 0.01;
const mostJitterMs = 250;

/** Who waits: first come first served, chat before batch, nobody starved; woken by time and by the ledger, never by polling. */
export class Queue {
	private chat: QueueEntry[] = [];
	private batch: QueueEntry[] = [];
	private chatStreak = 0;
	private tickets = 0;
	private pumping = false;
	private again = false;
	private timer: Off | undefined;
	private readonly off: Off;
	private readonly announcer: QueueHeartbeat | undefined;

	/** @param window this pool's name among those on the ledger; absent where it is the only one. */
	constructor(
		private readonly ledger: StateStore,
		private readonly clock: Clock,
		private readonly random: Random,
		private readonly window?: string,
	) {
		this.announcer = window === undefined ? undefined : new QueueHeartbeat(ledger, clock, window, () => this.waiters());
		this.off = ledger.onDidChange((refs) => {
			if (refs.some((ref) => this.concerns(ref))) this.wake();
		});
	}

	get length(): number {
		return this.chat.length + this.batch.length;
	}

	/** A place behind everybody who has one. */
	arrival(): Arrival {
		return { since: this.ledger.now(), order: ++this.tickets };
	}

	/**
	 * Resolves with a grant; rejects with `Refused`, or with the signal's reason. Everybody stands in line, also where it is
	 * empty: attempts side by side would overtake each other.
	 */
	acquire(
		seeker: QueuedRequest,
		signal: AbortSignal,
		arrival: Arrival = this.arrival(),
	): Promise<Extract<LeaseChoice, { grant: unknown }>> {
		return new Promise((resolve, reject) => {
			const line = seeker.priority === 'chat' ? this.chat : this.batch;
			const leave = (): void => {
				signal.removeEventListener('abort', cancel);
				entry.live = false;
				this.chat = this.chat.filter(({ live }) => live);
				this.batch = this.batch.filter(({ live }) => live);
			};
			const entry: QueueEntry = {
				...arrival,
				seeker,
				yields: undefined,
				rejection: undefined,
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
			line.splice(line.findLastIndex(({ order }) => order < arrival.order) + 1, 0, entry);
			this.wake();
		});
	}

	/** Something changed for the waiting: try again now. */
	wake(): void {
		if (this.length === 0) {
			// The last one has left, perhaps by a cancel: nobody elsewhere should stand back for it.
			this.announcer?.update();
			return;
		}
		if (this.pumping) {
			this.again = true;
			return;
		}
		this.pumping = true;
		void this.drain();
	}

	dispose(): void {
		this.off();
		this.timer?.();
		this.announcer?.dispose();
	}

	private async drain(): Promise<void> {
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
		const denied = new Map<string, Known>();
		const held = new Set<BucketId>();
		const chat = [...this.chat];
		const batch = [...this.batch];
		while (chat.length > 0 || batch.length > 0) {
			const batchFirst = batch.length > 0 && (chat.length === 0 || this.chatStreak >= longestChatStreak);
			const entry = (batchFirst ? batch : chat).shift();
			if (!entry?.live) continue;
			// Another window's chat that goes first holds up a batch request, and no chat that came before it.
			const kind = entry.seeker.kind();
			const line = `${kind} ${entry.seeker.priority}`;
			const known = denied.get(kind) ?? denied.get(line);
			if (known && holdsFor(known, entry.seeker, this.ledger.now())) {
				this.deny(entry, known.rejection);
				continue;
			}
			const outcome = await this.tryOne(entry, held);
			if (!outcome) continue;
			denied.set(outcome.behind ? line : kind, knownOf(outcome, entry.seeker, this.ledger.now()));
			if (outcome.reason === 'tpm' && outcome.bucketId !== undefined) held.add(outcome.bucketId);
		}
		this.tell();
	}

	/** The denial, where there was one. */
	private async tryOne(entry: QueueEntry, held: ReadonlySet<BucketId>): Promise<Rejection | undefined> {
		try {
			const choice = await entry.seeker.attempt(held, this.placeOf(entry));
			if ('rejection' in choice) {
				if (entry.live) this.deny(entry, choice.rejection);
				return choice.rejection;
			}
			if (entry.live) {
				this.countStreak(entry);
				entry.resolve(choice);
			} else {
				entry.seeker.release(choice);
			}
		} catch (error) {
			if (entry.live) entry.reject(error);
		}
		return undefined;
	}

	private countStreak({ seeker }: QueueEntry): void {
		this.chatStreak = seeker.priority === 'batch' || this.batch.length === 0 ? 0 : this.chatStreak + 1;
	}

	private deny(entry: QueueEntry, rejection: Rejection): void {
		entry.yields = rejection.behind ? (entry.yields ?? this.clock.monotonic()) : undefined;
		const changed = entry.rejection?.reason !== rejection.reason || entry.rejection.retryAt !== rejection.retryAt;
		if (changed) entry.ahead = -1;
		entry.rejection = rejection;
		try {
			throwIfHopeless(entry.seeker, rejection, this.ledger.now());
		} catch (error) {
			entry.reject(error);
		}
	}

	/** Tells those whose place or reason moved. */
	private tell(): void {
		[...this.chat, ...this.batch].forEach((entry, own) => {
			const place = this.place(entry.seeker, entry.since);
			const others = place ? ahead(this.ledger.replica().windowQueue, place, this.ledger.now()).length : 0;
			if (!entry.rejection || entry.ahead === own + others) return;
			entry.ahead = own + others;
			entry.seeker.waits(entry.rejection, entry.ahead);
		});
		this.announcer?.update();
	}

	private concerns(ref: DocRef): boolean {
		if (ref.kind === 'windowQueue') return ref.id !== this.window;
		return ref.kind === 'bucket' || ref.kind === 'key' || ref.kind === 'model' || ref.kind === 'pool';
	}

	private place({ id, priority }: QueuedRequest, since: EpochMs): QueueTicket | undefined {
		return this.window === undefined ? undefined : { id, window: this.window, priority, since };
	}

	private placeOf({ seeker, since, yields }: QueueEntry): QueueTicket | undefined {
		const tooLong = yields !== undefined && this.clock.monotonic() - yields > longestYieldMs;
		return tooLong ? undefined : this.place(seeker, since);
	}

	private waiters(): readonly QueueRecord[] {
		return [...this.chat, ...this.batch].flatMap(({ seeker, since, rejection }) => {
			if (!rejection) return [];
			const { reason, bucketId: id } = rejection;
			const holds = reason === 'tpm' && id !== undefined ? { holds: id } : {};
			return { id: seeker.id, priority: seeker.priority, since, reason, ...holds, ...seeker.toQueueRecord(rejection) };
		});
	}

	private arm(): void {
		this.timer?.();
		this.timer = undefined;
		const now = this.ledger.now();
		let soonest = Infinity;
		for (const { rejection, seeker } of [...this.chat, ...this.batch]) {
			const back = (rejection?.retryAt ?? now) - now;
			const jitter = Math.min(mostJitterMs, Math.max(0, back) * jitterShare) * this.random();
			soonest = Math.min(soonest, back + jitter, seeker.remainingWaitMs());
		}
		if (soonest === Infinity) return;
		this.timer = this.clock.after(Math.max(1, Math.ceil(soonest)), () => this.wake());
	}
}

/** What one request of a kind was denied. */
interface Known {
	readonly rejection: Rejection;
	readonly cost: RequestSize;
	/** The wait was one that it could bear, so that perhaps no other model was asked. */
	readonly bearable: boolean;
}

function knownOf(rejection: Rejection, seeker: QueuedRequest, now: EpochMs): Known {
	return { rejection, cost: seeker.size, bearable: rejection.retryAt - now <= seeker.remainingWaitMs() };
}

/** Whether another one of the kind would be denied the same: it is no smaller, and bears the wait no less. */
function holdsFor({ rejection, cost, bearable }: Known, seeker: QueuedRequest, now: EpochMs): boolean {
	if (seeker.size.bytes < cost.bytes || seeker.size.tokens < cost.tokens) return false;
	return !bearable || rejection.retryAt - now <= seeker.remainingWaitMs();
}

function throwIfHopeless(seeker: QueuedRequest, rejection: Rejection, now: number): void {
	if (rejection.retryAt === Infinity) throw new RequestRejected(rejection, false);
	const patienceMs = seeker.remainingWaitMs();
	const isLonger = rejection.retryAt - now > patienceMs;
	if (isLonger && !(rejection.mayRetryEarlier && patienceMs > 0)) throw new RequestRejected(rejection, true);
}

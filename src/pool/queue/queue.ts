import type { Clock, Dispose, Random } from '../types/clock';
import type { BucketId } from '../types/key';
import { QueueHeartbeat, ahead, maxChatStreak } from './sharedQueue';
import type { DocRef, StateStore, QueueRecord, EpochMs } from '../types/stateStore';
import type { RequestSize } from '../types/poolRequest';
import type { LeaseChoice, Rejection, QueueTicket } from '../types/leaseRequest';

/** A request that needs a lease. */
export interface QueuedRequest {
	readonly priority: 'chat' | 'batch';
	/** Requests of the same kind get the same rejection, unless they are smaller. */
	kind(): string;
	readonly size: RequestSize;
	/** Tries once. `held` buckets are held back for requests ahead; `ticket` is absent if the request need not yield to other windows. */
	attempt(held: ReadonlySet<BucketId>, ticket: QueueTicket | undefined): Promise<LeaseChoice>;
	readonly id: string;
	/** What other windows must know while it waits. */
	toQueueRecord(rejection: Rejection): Pick<QueueRecord, 'models' | 'size' | 'paid' | 'free' | 'project'>;
	/** ms that it may still wait. */
	remainingWaitMs(): number;
	/** Called when it starts to wait, and when a fact about the wait changes. */
	onWaiting(rejection: Rejection, ahead: number): void;
	/** Returns a grant that came too late. */
	release(choice: Extract<LeaseChoice, { grant: unknown }>): void;
}

/** No key can serve, and waiting does not help or takes too long. */
export class RequestRejected extends Error {
	override readonly name = 'RequestRejected';

	constructor(
		readonly rejection: Rejection,
		/** True if the wait is longer than the request may wait. */
		readonly tooLong: boolean,
	) {
		super(rejection.reason);
	}
}

/** A position in the queue, kept by a request that has to queue again. */
export interface Arrival {
	readonly since: EpochMs;
	/** Orders arrivals even if the clock is set back. */
	readonly order: number;
}

interface QueueEntry extends Arrival {
	readonly request: QueuedRequest;
	/** When it began to yield to other windows without a break, by the monotonic clock. */
	yieldingSince: number | undefined;
	rejection: Rejection | undefined;
	ahead: number;
	resolve(choice: Extract<LeaseChoice, { grant: unknown }>): void;
	reject(error: unknown): void;
	isWaiting: boolean;
}

/** ms. A request yields to other windows no longer than this at a stretch, because they may be wrong about what they can use. */
const maxYieldMs = 3_000;
/** Random share added to a wait, and its maximum in ms, so that not all requests return at once after a reset. */
const jitterShare = 0.01;
const maxJitterMs = 250;

/** Queued requests: first come first served, chat before batch, none starved. Woken by timers and by changes in the store. */
export class Queue {
	private chat: QueueEntry[] = [];
	private batch: QueueEntry[] = [];
	private chatStreak = 0;
	private arrivals = 0;
	private isDraining = false;
	private mustRepeat = false;
	private timer: Dispose | undefined;
	private readonly off: Dispose;
	private readonly heartbeat: QueueHeartbeat | undefined;

	/** @param window this pool's name among those that share the store; absent if it is the only one */
	constructor(
		private readonly store: StateStore,
		private readonly clock: Clock,
		private readonly random: Random,
		private readonly window?: string,
	) {
		this.heartbeat =
			window === undefined ? undefined : new QueueHeartbeat(store, clock, window, () => this.queueRecords());
		this.off = store.onDidChange((refs) => {
			if (refs.some((ref) => this.mayAdmit(ref))) this.wake();
		});
	}

	get length(): number {
		return this.chat.length + this.batch.length;
	}

	/** A new position at the end. */
	arrival(): Arrival {
		return { since: this.store.now(), order: ++this.arrivals };
	}

	/**
	 * Resolves with a grant; rejects with `RequestRejected`, or with the signal's reason. Every request goes through the queue,
	 * even an empty one: concurrent attempts would overtake each other.
	 */
	acquire(
		request: QueuedRequest,
		signal: AbortSignal,
		arrival: Arrival = this.arrival(),
	): Promise<Extract<LeaseChoice, { grant: unknown }>> {
		return new Promise((resolve, reject) => {
			const queue = request.priority === 'chat' ? this.chat : this.batch;
			const leave = (): void => {
				signal.removeEventListener('abort', cancel);
				entry.isWaiting = false;
				this.chat = this.chat.filter(({ isWaiting: live }) => live);
				this.batch = this.batch.filter(({ isWaiting: live }) => live);
			};
			const entry: QueueEntry = {
				...arrival,
				request,
				yieldingSince: undefined,
				rejection: undefined,
				ahead: -1,
				isWaiting: true,
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
			queue.splice(queue.findLastIndex(({ order }) => order < arrival.order) + 1, 0, entry);
			this.wake();
		});
	}

	/** Something changed that may help a queued request: tries again now. */
	wake(): void {
		if (this.length === 0) {
			// The last one has left, perhaps by a cancel: other windows should no longer yield to it.
			this.heartbeat?.update();
			return;
		}
		if (this.isDraining) {
			this.mustRepeat = true;
			return;
		}
		this.isDraining = true;
		void this.drain();
	}

	dispose(): void {
		this.off();
		this.timer?.();
		this.heartbeat?.dispose();
	}

	private async drain(): Promise<void> {
		for (let again = true; again; again = this.takeRepeat()) await this.pass();
		this.isDraining = false;
		this.arm();
	}

	private takeRepeat(): boolean {
		const { mustRepeat: again } = this;
		this.mustRepeat = false;
		return again;
	}

	/** Tries each request once, in order; further requests of a rejected kind are skipped. */
	private async pass(): Promise<void> {
		const denied = new Map<string, KindRejection>();
		const held = new Set<BucketId>();
		const chat = [...this.chat];
		const batch = [...this.batch];
		while (chat.length > 0 || batch.length > 0) {
			const batchFirst = batch.length > 0 && (chat.length === 0 || this.chatStreak >= maxChatStreak);
			const entry = (batchFirst ? batch : chat).shift();
			if (!entry?.isWaiting) continue;
			// A chat request of another window goes before a batch request, but not before older chat requests.
			const kind = entry.request.kind();
			const queue = `${kind} ${entry.request.priority}`;
			const known = denied.get(kind) ?? denied.get(queue);
			if (known && appliesTo(known, entry.request, this.store.now())) {
				this.reject(entry, known.rejection);
				continue;
			}
			const outcome = await this.tryOne(entry, held);
			if (!outcome) continue;
			denied.set(outcome.behind ? queue : kind, kindRejectionOf(outcome, entry.request, this.store.now()));
			if (outcome.reason === 'tpm' && outcome.bucketId !== undefined) held.add(outcome.bucketId);
		}
		this.notify();
	}

	/** Returns the rejection, if there was one. */
	private async tryOne(entry: QueueEntry, held: ReadonlySet<BucketId>): Promise<Rejection | undefined> {
		try {
			const choice = await entry.request.attempt(held, this.ticketOf(entry));
			if ('rejection' in choice) {
				if (entry.isWaiting) this.reject(entry, choice.rejection);
				return choice.rejection;
			}
			if (entry.isWaiting) {
				this.updateStreak(entry);
				entry.resolve(choice);
			} else {
				entry.request.release(choice);
			}
		} catch (error) {
			if (entry.isWaiting) entry.reject(error);
		}
		return undefined;
	}

	private updateStreak({ request }: QueueEntry): void {
		this.chatStreak = request.priority === 'batch' || this.batch.length === 0 ? 0 : this.chatStreak + 1;
	}

	private reject(entry: QueueEntry, rejection: Rejection): void {
		entry.yieldingSince = rejection.behind ? (entry.yieldingSince ?? this.clock.monotonic()) : undefined;
		const changed = entry.rejection?.reason !== rejection.reason || entry.rejection.retryAt !== rejection.retryAt;
		if (changed) entry.ahead = -1;
		entry.rejection = rejection;
		try {
			throwIfHopeless(entry.request, rejection, this.store.now());
		} catch (error) {
			entry.reject(error);
		}
	}

	/** Notifies the requests whose position or reason changed. */
	private notify(): void {
		[...this.chat, ...this.batch].forEach((entry, own) => {
			const ticket = this.ticket(entry.request, entry.since);
			const others = ticket ? ahead(this.store.replica().windowQueue, ticket, this.store.now()).length : 0;
			if (!entry.rejection || entry.ahead === own + others) return;
			entry.ahead = own + others;
			entry.request.onWaiting(entry.rejection, entry.ahead);
		});
		this.heartbeat?.update();
	}

	private mayAdmit(ref: DocRef): boolean {
		if (ref.kind === 'windowQueue') return ref.id !== this.window;
		return ['bucket', 'key', 'model', 'pool', 'spending'].includes(ref.kind);
	}

	private ticket({ id, priority }: QueuedRequest, since: EpochMs): QueueTicket | undefined {
		return this.window === undefined ? undefined : { id, window: this.window, priority, since };
	}

	private ticketOf({ request, since, yieldingSince: yields }: QueueEntry): QueueTicket | undefined {
		const tooLong = yields !== undefined && this.clock.monotonic() - yields > maxYieldMs;
		return tooLong ? undefined : this.ticket(request, since);
	}

	private queueRecords(): readonly QueueRecord[] {
		return [...this.chat, ...this.batch].flatMap(({ request, since, rejection }) => {
			if (!rejection) return [];
			const { reason, bucketId: id } = rejection;
			const holds = reason === 'tpm' && id !== undefined ? { holds: id } : {};
			return {
				id: request.id,
				priority: request.priority,
				since,
				reason,
				...holds,
				...request.toQueueRecord(rejection),
			};
		});
	}

	private arm(): void {
		this.timer?.();
		this.timer = undefined;
		const now = this.store.now();
		let soonest = Infinity;
		for (const { rejection, request } of [...this.chat, ...this.batch]) {
			const back = (rejection?.retryAt ?? now) - now;
			const jitter = Math.min(maxJitterMs, Math.max(0, back) * jitterShare) * this.random();
			soonest = Math.min(soonest, back + jitter, request.remainingWaitMs());
		}
		if (soonest === Infinity) return;
		this.timer = this.clock.after(Math.max(1, Math.ceil(soonest)), () => this.wake());
	}
}

/** Why a request of a kind was rejected. */
interface KindRejection {
	readonly rejection: Rejection;
	readonly cost: RequestSize;
	/** The wait was short enough for the request, so other models may not have been tried. */
	readonly bearable: boolean;
}

function kindRejectionOf(rejection: Rejection, request: QueuedRequest, now: EpochMs): KindRejection {
	return { rejection, cost: request.size, bearable: rejection.retryAt - now <= request.remainingWaitMs() };
}

/** Whether another request of the kind would get the same rejection: it is no smaller, and may wait as long. */
function appliesTo({ rejection, cost: size, bearable }: KindRejection, request: QueuedRequest, now: EpochMs): boolean {
	if (request.size.bytes < size.bytes || request.size.tokens < size.tokens) return false;
	return !bearable || rejection.retryAt - now <= request.remainingWaitMs();
}

function throwIfHopeless(request: QueuedRequest, rejection: Rejection, now: number): void {
	if (rejection.retryAt === Infinity) throw new RequestRejected(rejection, false);
	const remainingWaitMs = request.remainingWaitMs();
	const isLonger = rejection.retryAt - now > remainingWaitMs;
	if (isLonger && !(rejection.mayRetryEarlier && remainingWaitMs > 0)) throw new RequestRejected(rejection, true);
}

/** Passes values to one reader until `work` ends. A newer value replaces one that was not read yet. */
export class LatestValueChannel<T, R> {
	private value: { readonly of: T } | undefined;
	private end: { readonly result: R } | { readonly error: unknown } | undefined;
	private notify: (() => void) | undefined;

	constructor(work: Promise<R>) {
		work.then(
			(result) => this.finish({ result }),
			(error: unknown) => this.finish({ error }),
		);
	}

	post(value: T): void {
		this.value = { of: value };
		this.notify?.();
	}

	/** The latest unread value, or the result. Throws what the work threw. */
	async next(): Promise<{ readonly value: T } | { readonly result: R }> {
		for (;;) {
			if (this.end) {
				if ('error' in this.end) throw this.end.error;
				return this.end;
			}
			if (this.value) {
				const { of } = this.value;
				this.value = undefined;
				return { value: of };
			}
			await new Promise<void>((resolve) => {
				this.notify = resolve;
			});
		}
	}

	private finish(end: { readonly result: R } | { readonly error: unknown }): void {
		this.end = end;
		this.notify?.();
	}
}

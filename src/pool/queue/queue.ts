import type { Clock, Dispose, Random } from '../types/clock';
import type { BucketId } from '../types/key';
import { QueueHeartbeat, ahead, maxChatStreak, maxPublished } from './sharedQueue';
import { KindRejections, type Kind } from './kindRejections';
import { RequestRejected, type Arrival, type QueuedRequest } from './queuedRequest';
import type { DocRef, StateStore, QueueRecord, EpochMs } from '../types/stateStore';
import type { LeaseChoice, Rejection, QueueTicket } from '../types/leaseRequest';

interface QueueEntry extends Arrival {
	readonly request: QueuedRequest;
	/** When it began to yield to other windows without a break, by the monotonic clock. */
	yieldingSince: number | undefined;
	rejection: Rejection | undefined;
	/** As of the last time that it was asked. */
	kind: Kind;
	/** When its wait ends, by the monotonic clock. */
	expiresAt: number;
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
/** Requests at the front, which are looked at on each wake; so many of the others are at a time, and then other work has its turn. */
const atOnce = 128;
/** ms. The others are looked at no more often, unless one has just come. */
const othersEveryMs = 1_000;

/** Queued requests: first come first served, chat before batch, none starved. Woken by timers and by changes in the store. */
export class Queue {
	private readonly chat = new Line();
	private readonly batch = new Line();
	private readonly kinds = new KindRejections();
	private chatStreak = 0;
	private arrivals = 0;
	private isDraining = false;
	private mustRepeat = false;
	private timer: Dispose | undefined;
	/** Those behind the front that were not looked at yet, and how many stand before them. */
	private others: { readonly rest: Iterator<QueueEntry>; own: number } | undefined;
	private othersAt = -Infinity;
	private hasNewcomer = false;
	/** ms until the first rejected request may try again. */
	private soonest = Infinity;
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
				if (!entry.isWaiting) return;
				signal.removeEventListener('abort', cancel);
				entry.isWaiting = false;
				queue.left();
				this.kinds.leave(entry.kind);
			};
			const entry: QueueEntry = {
				...arrival,
				request,
				yieldingSince: undefined,
				rejection: undefined,
				kind: this.kinds.join(request.kind()),
				expiresAt: this.clock.monotonic() + request.remainingWaitMs(),
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
			queue.add(entry);
			if (signal.aborted) {
				cancel();
				return;
			}
			signal.addEventListener('abort', cancel);
			this.hasNewcomer = true;
			this.wake();
		});
	}

	/** What this request needs has changed. */
	changed(id: string): void {
		for (const entry of this.inOrder()) if (entry.request.id === id) this.refresh(entry);
		this.wake();
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
		for (let again = true; again; again = this.takeRepeat()) {
			const held = new Set<BucketId>();
			this.kinds.clear();
			this.soonest = Infinity;
			await this.pass(this.inTurn(), held);
			this.tell(this.inOrder(), 0);
			this.heartbeat?.update();
			await this.passOthers(held);
		}
		this.isDraining = false;
		this.arm();
	}

	private takeRepeat(): boolean {
		const { mustRepeat: again } = this;
		this.mustRepeat = false;
		return again;
	}

	/** Tries each request once, in turn, until many in a row got nothing; further requests of a rejected kind are skipped. */
	private async pass(inTurn: Iterable<QueueEntry>, held: Set<BucketId>): Promise<void> {
		let vain = 0;
		let left = 0;
		for (const entry of inTurn) {
			const outcome = this.rejectionOfKind(entry) ?? (await this.ask(entry, held));
			if (outcome && entry.isWaiting) {
				if (++vain === atOnce) return;
			} else {
				vain = 0;
				if (++left % atOnce === 0) await new Promise<void>((resolve) => this.clock.after(0, resolve));
			}
		}
	}

	/** The next of those behind the front, if it is time. */
	private async passOthers(held: Set<BucketId>): Promise<void> {
		if (this.length <= atOnce) this.others = undefined;
		else if (!this.others && (this.hasNewcomer || this.clock.monotonic() - this.othersAt >= othersEveryMs)) {
			this.hasNewcomer = false;
			this.othersAt = this.clock.monotonic();
			this.others = { rest: this.inOrder(), own: 0 };
		}
		const { others } = this;
		if (!others) return;
		const next = [...take(others.rest, atOnce)];
		if (others.own > 0) await this.pass(next, held);
		others.own = this.tell(next, others.own);
		if (next.length < atOnce) this.others = undefined;
	}

	private rejectionOfKind(entry: QueueEntry): Rejection | undefined {
		const left = entry.expiresAt - this.clock.monotonic();
		const known = this.kinds.rejectionOf(entry, left, this.store.now());
		if (!known) return undefined;
		this.soonest = Math.min(this.soonest, left);
		this.reject(entry, known);
		return known;
	}

	/** Returns the rejection, if there was one. */
	private async ask(entry: QueueEntry, held: Set<BucketId>): Promise<Rejection | undefined> {
		const outcome = await this.tryOne(entry, held);
		this.refresh(entry);
		if (!outcome) return undefined;
		// A chat request of another window goes before a batch request, but not before older chat requests.
		this.kinds.reject(entry, outcome, this.store.now());
		this.soonest = Math.min(this.soonest, this.withJitter(outcome), entry.request.remainingWaitMs());
		if (outcome.reason === 'tpm' && outcome.bucketId !== undefined) held.add(outcome.bucketId);
		return outcome;
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

	/** What it needs, and how long it waits, may have changed. */
	private refresh(entry: QueueEntry): void {
		if (!entry.isWaiting) return;
		entry.kind = this.kinds.move(entry.kind, entry.request.kind());
		entry.expiresAt = this.clock.monotonic() + entry.request.remainingWaitMs();
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

	/** Tells each of the next ones whose position or reason has changed. Returns how many stand before the one after them. */
	private tell(next: Iterable<QueueEntry>, from: number): number {
		let own = from;
		for (const entry of take(next, atOnce)) {
			if (!entry.isWaiting) continue;
			const ticket = this.ticket(entry.request, entry.since);
			const others = ticket ? ahead(this.store.replica().windowQueue, ticket, this.store.now()).length : 0;
			const before = own++ + others;
			if (!entry.rejection || entry.ahead === before) continue;
			entry.ahead = before;
			entry.request.onWaiting(entry.rejection, before);
		}
		return own;
	}

	/** In the order in which they are served, as far as that does not change meanwhile. */
	private *inTurn(): Generator<QueueEntry, void, undefined> {
		const chat = this.chat.entries();
		const batch = this.batch.entries();
		for (let c = 0, b = 0; c < chat.length || b < batch.length;) {
			const batchFirst = b < batch.length && (c >= chat.length || this.chatStreak >= maxChatStreak);
			const entry = batchFirst ? batch[b++] : chat[c++];
			if (entry?.isWaiting) yield entry;
		}
	}

	private *inOrder(): Generator<QueueEntry, void, undefined> {
		for (const line of [this.chat, this.batch]) {
			for (const entry of line.entries()) if (entry.isWaiting) yield entry;
		}
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

	/** The first ones. */
	private queueRecords(): readonly QueueRecord[] {
		const records: QueueRecord[] = [];
		for (const { request, since, rejection } of this.inOrder()) {
			if (!rejection) continue;
			const { reason, bucketId: id } = rejection;
			const holds = reason === 'tpm' && id !== undefined ? { holds: id } : {};
			records.push({
				id: request.id,
				priority: request.priority,
				since,
				reason,
				...holds,
				...request.toQueueRecord(rejection),
			});
			if (records.length === maxPublished) break;
		}
		return records;
	}

	private withJitter({ retryAt }: Rejection): number {
		const back = retryAt - this.store.now();
		return back + Math.min(maxJitterMs, Math.max(0, back) * jitterShare) * this.random();
	}

	private arm(): void {
		this.timer?.();
		this.timer = undefined;
		if (this.length === 0) return;
		const ms = Math.min(this.soonest, this.length > atOnce ? this.othersInMs() : Infinity);
		if (ms < Infinity) this.timer = this.clock.after(Math.max(1, Math.ceil(ms)), () => this.wake());
	}

	private othersInMs(): number {
		return this.others || this.hasNewcomer ? 0 : this.othersAt + othersEveryMs - this.clock.monotonic();
	}
}

/** Those that wait, in order. One that leaves costs next to nothing: places are closed up many at a time. */
class Line {
	private all: QueueEntry[] = [];
	private gone = 0;

	get length(): number {
		return this.all.length - this.gone;
	}

	add(entry: QueueEntry): void {
		let at = this.all.length;
		while (at > 0 && (this.all[at - 1]?.order ?? 0) >= entry.order) at--;
		// Whoever goes through the entries must not lose its place.
		if (at < this.all.length) this.all = this.all.toSpliced(at, 0, entry);
		else this.all.push(entry);
	}

	/** Call when one has ceased to wait. */
	left(): void {
		this.gone++;
		if (this.gone * 2 < this.all.length && this.all.length > atOnce) return;
		this.all = this.all.filter(({ isWaiting }) => isWaiting);
		this.gone = 0;
	}

	/** Some may have left. Those that come later are at the end. */
	entries(): readonly QueueEntry[] {
		return this.all;
	}
}

function throwIfHopeless(request: QueuedRequest, rejection: Rejection, now: number): void {
	if (rejection.retryAt === Infinity) throw new RequestRejected(rejection, false);
	const remainingWaitMs = request.remainingWaitMs();
	const isLonger = rejection.retryAt - now > remainingWaitMs;
	if (isLonger && !(rejection.mayRetryEarlier && remainingWaitMs > 0)) throw new RequestRejected(rejection, true);
}

/** The next ones, at most so many; what comes after them stays. */
function* take<T>(from: Iterable<T> | Iterator<T>, count: number): Generator<T, void, undefined> {
	const rest = Symbol.iterator in from ? from[Symbol.iterator]() : from;
	for (let n = 0; n < count; n++) {
		const next = rest.next();
		if (next.done === true) return;
		yield next.value;
	}
}

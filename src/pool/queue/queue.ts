import type { Clock, Dispose, Random } from '../types/clock';
import type { BucketId } from '../types/key';
import { OtherWindows, QueueHeartbeat, maxPublished } from './sharedQueue';
import { KindRejections, Lines, take, type Kind } from './lines';
import { endOf, type Arrival, type QueuedRequest } from './queuedRequest';
import { TaskLine, Turns } from './turns';
import type { DocRef, StateStore, QueueRecord, EpochMs } from '../types/stateStore';
import type { LeaseChoice, Rejection, QueueTicket } from '../types/leaseRequest';

interface QueueEntry extends Arrival {
	readonly request: QueuedRequest;
	/** When it began to yield to other windows without a break, by the monotonic clock. */
	yieldingSince: number | undefined;
	rejection: Rejection | undefined;
	/** As of the last time that it was asked. */
	kind: Kind;
	ahead: number;
	resolve(choice: Extract<LeaseChoice, { grant: unknown }>): void;
	reject(error: unknown): void;
	isWaiting: boolean;
}

interface Times {
	readonly store: EpochMs;
	readonly monotonic: number;
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
/** ms. Requests that leave wake the queue no more often. */
const leftEveryMs = 10;
/** ms. A timer that rings so much too late was asleep with the machine, by a clock that counts the time asleep. */
const asleepMs = 10_000;

/** Queued requests: first come first served, chat before batch, none starved. Woken by timers and by changes in the store. */
export class Queue {
	private readonly lines = new Lines<QueueEntry>();
	private readonly kinds = new KindRejections();
	private arrivals = 0;
	private isDraining = false;
	private mustRepeat = false;
	/** When the queue was last woken because a request had left, and whether it will be. */
	private leftAt = -Infinity;
	private isSoon = false;
	/** Of the work under way; absent until there is much of it. The same for those that have left and are told so. */
	private turns: Turns | undefined;
	private leaving: TaskLine | undefined;
	private timer: Dispose | undefined;
	/** When it rings, by the monotonic clock. */
	private ringsAt = Infinity;
	private sleptMs = 0;
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
			window === undefined
				? undefined
				: new QueueHeartbeat(
						store,
						clock,
						window,
						() => this.queueRecords(),
						() => this.length,
					);
		this.off = store.onDidChange((refs) => {
			if (refs.some((ref) => this.mayAdmit(ref))) this.wake();
		});
	}

	get length(): number {
		return this.lines.length;
	}

	/** ms by the monotonic clock, without those that the machine slept while requests waited. */
	awake(): number {
		const now = this.clock.monotonic();
		if (now - this.ringsAt > asleepMs) {
			this.sleptMs += now - this.ringsAt;
			this.ringsAt = now;
		}
		return now - this.sleptMs;
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
			const leave = (): void => {
				if (!entry.isWaiting) return;
				entry.isWaiting = false;
				this.lines.left(entry);
				this.kinds.leave(entry.kind);
			};
			const entry: QueueEntry = {
				...arrival,
				request,
				yieldingSince: undefined,
				rejection: undefined,
				kind: this.kinds.join(request.kind()),
				ahead: -1,
				isWaiting: true,
				resolve: (choice) => {
					end();
					resolve(choice);
				},
				reject: (error) => {
					end();
					reject(asError(error));
				},
			};
			const cancel = (): void => {
				leave();
				this.leaving ??= new TaskLine(this.clock);
				this.leaving.run(() => reject(asError(signal.reason)));
				this.wakeAfterLeaving();
			};
			const end = (): void => {
				signal.removeEventListener('abort', cancel);
				leave();
			};
			this.lines.add(entry);
			if (signal.aborted) {
				cancel();
				return;
			}
			signal.addEventListener('abort', cancel, { once: true });
			this.hasNewcomer = true;
			this.wake();
		});
	}

	/** What this request needs has changed. */
	changed(id: string): void {
		const entry = this.lines.find(id);
		if (entry) this.refresh(entry);
		this.wake();
	}

	/** Something changed that may help a queued request: tries again now. */
	wake(): void {
		this.isSoon = false;
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

	/** One has left, which gives those behind it little: of many, the first wakes the queue, and then one now and then. */
	private wakeAfterLeaving(): void {
		const now = this.clock.monotonic();
		const inMs = this.leftAt + leftEveryMs - now;
		if (inMs <= 0 || this.length === 0) {
			this.leftAt = now;
			this.wake();
		} else if (!this.isSoon) {
			this.isSoon = true;
			this.wakeIn(inMs);
		}
	}

	dispose(): void {
		this.off();
		this.timer?.();
		this.heartbeat?.dispose();
	}

	private async drain(): Promise<void> {
		this.awake();
		this.ringsAt = Infinity;
		this.turns = undefined;
		for (let again = true; again; again = this.takeRepeat()) {
			const held = new Set<BucketId>();
			this.kinds.clear();
			this.soonest = Infinity;
			await this.pass(this.lines.inTurn(), held);
			await this.tell(this.lines.inOrder(), 0);
			this.heartbeat?.update();
			await this.passOthers(held);
		}
		this.isDraining = false;
		this.arm();
	}

	private pause(): Promise<void> {
		this.turns ??= new Turns(this.clock);
		return this.turns.pause();
	}

	private takeRepeat(): boolean {
		const { mustRepeat: again } = this;
		this.mustRepeat = false;
		return again;
	}

	/** Tries each request once, in turn, until many in a row got nothing; further requests of a rejected kind are skipped. */
	private async pass(inTurn: Iterable<QueueEntry>, held: Set<BucketId>): Promise<void> {
		let vain = 0;
		let at = this.times();
		for (const entry of inTurn) {
			const known = this.rejectionOfKind(entry, at);
			const outcome = known ?? (await this.ask(entry, held));
			const isInVain = outcome !== undefined && entry.isWaiting;
			vain = isInVain ? vain + 1 : 0;
			if (vain === atOnce || this.length === 0) return;
			if (known && isInVain) continue;
			await this.pause();
			at = this.times();
		}
	}

	/** The next of those behind the front, if it is time. */
	private async passOthers(held: Set<BucketId>): Promise<void> {
		if (this.length <= atOnce) this.others = undefined;
		else if (!this.others && (this.hasNewcomer || this.clock.monotonic() - this.othersAt >= othersEveryMs)) {
			this.hasNewcomer = false;
			this.othersAt = this.clock.monotonic();
			this.others = { rest: this.lines.inOrder(), own: 0 };
		}
		const { others } = this;
		if (!others) return;
		const next = [...take(others.rest, atOnce)];
		if (others.own > 0) await this.pass(next, held);
		others.own = await this.tell(next, others.own);
		if (next.length < atOnce) this.others = undefined;
	}

	private rejectionOfKind(entry: QueueEntry, at: Times): Rejection | undefined {
		const leftMs = entry.request.remainingWaitMs();
		const known = this.kinds.rejectionOf(entry, leftMs, at.store);
		if (known) this.reject(entry, known, leftMs, at);
		return known;
	}

	/** Read once for many requests that are looked at together. */
	private times(): Times {
		return { store: this.store.now(), monotonic: this.clock.monotonic() };
	}

	/** Returns the rejection, if there was one. */
	private async ask(entry: QueueEntry, held: Set<BucketId>): Promise<Rejection | undefined> {
		this.refresh(entry);
		const outcome = await this.tryOne(entry, held);
		this.refresh(entry);
		if (!outcome) return undefined;
		// A chat request of another window goes before a batch request, but not before older chat requests.
		this.kinds.reject(entry, outcome, this.store.now());
		this.soonest = Math.min(this.soonest, this.withJitter(outcome));
		if (outcome.reason === 'tpm' && outcome.bucketId !== undefined) held.add(outcome.bucketId);
		return outcome;
	}

	/** Returns the rejection, if there was one. */
	private async tryOne(entry: QueueEntry, held: ReadonlySet<BucketId>): Promise<Rejection | undefined> {
		try {
			const choice = await entry.request.attempt(held, this.ticketOf(entry));
			if ('rejection' in choice) {
				if (entry.isWaiting) this.reject(entry, choice.rejection, entry.request.remainingWaitMs(), this.times());
				return choice.rejection;
			}
			if (entry.isWaiting) {
				this.lines.served(entry);
				entry.resolve(choice);
			} else {
				entry.request.release(choice);
			}
		} catch (error) {
			if (entry.isWaiting) entry.reject(error);
		}
		return undefined;
	}

	/** What it needs may have changed, and for which models it has time. */
	private refresh(entry: QueueEntry): void {
		if (entry.isWaiting) entry.kind = this.kinds.move(entry.kind, entry.request.kind());
	}

	private reject(entry: QueueEntry, rejection: Rejection, leftMs: number, at: Times): void {
		entry.yieldingSince = rejection.behind ? (entry.yieldingSince ?? at.monotonic) : undefined;
		const changed = entry.rejection?.reason !== rejection.reason || entry.rejection.retryAt !== rejection.retryAt;
		if (changed) entry.ahead = -1;
		entry.rejection = rejection;
		this.soonest = Math.min(this.soonest, leftMs);
		const end = endOf(rejection, leftMs, at.store);
		if (end) entry.reject(end);
	}

	/** Tells each of the next ones whose position or reason has changed. Returns how many stand before the one after them. */
	private async tell(next: Iterable<QueueEntry>, from: number): Promise<number> {
		let own = from;
		const { window } = this;
		const others =
			window === undefined ? undefined : new OtherWindows(this.store.replica().windowQueue, window, this.store.now());
		for (const entry of take(next, atOnce)) {
			if (!entry.isWaiting) continue;
			const ticket = others && this.ticket(entry.request, entry.since);
			const before = own++ + (ticket ? others.countAhead(ticket) : 0);
			if (!entry.rejection || entry.ahead === before) continue;
			entry.ahead = before;
			entry.request.onWaiting(entry.rejection, before);
			await this.pause();
		}
		return own;
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
		for (const { request, since, rejection } of this.lines.inOrder()) {
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
		const others = this.length > atOnce ? this.othersInMs() : Infinity;
		this.wakeIn(this.length === 0 ? Infinity : Math.min(this.soonest, others, this.isSoon ? leftEveryMs : Infinity));
	}

	private wakeIn(ms: number): void {
		this.timer?.();
		this.ringsAt = this.clock.monotonic() + Math.max(0, ms);
		this.timer = ms < Infinity ? this.clock.after(Math.max(1, Math.ceil(ms)), () => this.wake()) : undefined;
	}

	private othersInMs(): number {
		return this.others || this.hasNewcomer ? 0 : this.othersAt + othersEveryMs - this.clock.monotonic();
	}
}

function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}

import type { WindowQueue, Transaction, QueueRecord, EpochMs, StateStore } from '../types/stateStore';
import { skewMs } from '../quota/bucket';
import type { QueueTicket } from '../types/leaseRequest';
import type { Clock, Dispose } from '../types/clock';

type WindowQueues = ReadonlyMap<string, WindowQueue>;

/** This many consecutive chat requests may pass a waiting batch request. */
export const maxChatStreak = 4;
/** ms. Interval of a window's heartbeat while it has queued requests. */
const heartbeatMs = 1_000;
/** ms. Without a heartbeat for this long, a window is asleep or gone, and its requests are ignored. */
const silenceMs = 3_000;
/** Queued requests that one window publishes, from the front. */
export const maxPublished = 16;

/** Queued requests of other windows that are served before `me`: first come first served, chat before batch, none starved. */
export function ahead(queues: WindowQueues, me: QueueTicket, now: EpochMs): readonly QueueRecord[] {
	return queues.size === 0 ? [] : new OtherWindows(queues, me.window, now).ahead(me);
}

/** What waits in other windows, as seen by one of them. */
export class OtherWindows {
	private readonly requests: readonly QueueRecord[];
	/** The batch request whose turn it is before all chat requests. */
	private readonly firstBatch: QueueRecord | undefined;
	private readonly isBatchFirst: boolean;

	constructor(queues: WindowQueues, window: string, now: EpochMs) {
		this.requests = waiting(queues, now, window);
		this.isBatchFirst = streak(queues, now) >= maxChatStreak;
		this.firstBatch = this.isBatchFirst ? this.requests.filter(isBatch).sort(byArrival)[0] : undefined;
	}

	/** As the function of that name. */
	ahead(me: QueueTicket): readonly QueueRecord[] {
		return this.before(me).sort((a, b) => this.rank(a) - this.rank(b) || byArrival(a, b));
	}

	countAhead(me: QueueTicket): number {
		return this.requests.length === 0 ? 0 : this.before(me).length;
	}

	private before(me: QueueTicket): QueueRecord[] {
		const { firstBatch } = this;
		if (this.isBatchFirst && isBatch(me) && (!firstBatch || byArrival(me, firstBatch) < 0)) return [];
		const mine = this.rank(me);
		return this.requests.filter((one) => this.rank(one) < mine || (this.rank(one) === mine && byArrival(one, me) < 0));
	}

	private rank(one: QueueRecord | QueueTicket): number {
		return one === this.firstBatch ? 0 : one.priority === 'chat' ? 1 : 2;
	}
}

/**
 * Call when a request is served. A batch request resets the chat streak of every window. A chat request adds one to its own
 * window's streak if any batch request waits.
 */
export function updateFairness(tx: Transaction, { window, priority }: QueueTicket, now: EpochMs): void {
	const queues = tx.windowQueues();
	if (priority === 'batch') {
		for (const [id, queue] of queues) {
			if (queue.chatStreak > 0) tx.put({ kind: 'windowQueue', id, doc: { ...queue, chatStreak: 0 } });
		}
	} else if (waiting(queues, now).some(isBatch)) {
		const own: WindowQueue = queues.get(window) ?? { v: 2, heartbeatAt: now, requests: [], chatStreak: 0 };
		tx.put({ kind: 'windowQueue', id: window, doc: { ...own, chatStreak: own.chatStreak + 1 } });
	}
}

function waiting(queues: WindowQueues, now: EpochMs, except?: string): QueueRecord[] {
	return [...queues].flatMap(([id, queue]) => (id !== except && isAlive(queue, now) ? queue.requests : []));
}

export function isAlive({ heartbeatAt }: WindowQueue, now: EpochMs): boolean {
	return heartbeatAt > now - silenceMs && heartbeatAt < now + skewMs;
}

/** When a window counts as gone, unless it tells of itself before. */
export function heartbeatEndsAt({ heartbeatAt }: WindowQueue): EpochMs {
	return heartbeatAt + silenceMs;
}

function streak(queues: WindowQueues, now: EpochMs): number {
	let sum = 0;
	for (const queue of queues.values()) if (isAlive(queue, now)) sum += queue.chatStreak;
	return sum;
}

function isBatch({ priority }: Pick<QueueRecord, 'priority'>): boolean {
	return priority === 'batch';
}

function byArrival(a: Pick<QueueRecord, 'id' | 'since'>, b: Pick<QueueRecord, 'id' | 'since'>): number {
	return a.since - b.since || (a.id < b.id ? -1 : 1);
}

/** Publishes this window's queued requests to the other windows, as long as there are any. */
export class QueueHeartbeat {
	private published = '[]';
	private timer: Dispose | undefined;

	/**
	 * @param queueRecords returns the first queued requests, in order of arrival
	 * @param waiting how many there are
	 */
	constructor(
		private readonly store: StateStore,
		private readonly clock: Clock,
		private readonly window: string,
		private readonly queueRecords: () => readonly QueueRecord[],
		private readonly waiting: () => number,
	) {}

	/** Writes the queue if it has changed. */
	update(): void {
		const records = this.queueRecords();
		const published = JSON.stringify(records);
		if (published === this.published) return;
		this.published = published;
		this.write(records);
	}

	/** The queued requests have left before. */
	dispose(): void {
		this.timer?.();
	}

	private write(records: readonly QueueRecord[]): void {
		this.timer?.();
		this.timer = undefined;
		const { window } = this;
		// While the store is out of reach, so are the other windows.
		this.store
			.transact((tx, now) => {
				const before = tx.windowQueues().get(window);
				const chatStreak = before?.chatStreak ?? 0;
				const more = records.length < maxPublished ? {} : { waiting: this.waiting() };
				const doc: WindowQueue = { v: 2, heartbeatAt: now, requests: records, ...more, chatStreak };
				if (records.length === 0 && chatStreak === 0) tx.drop({ kind: 'windowQueue', id: window });
				else tx.put({ kind: 'windowQueue', id: window, doc });
			})
			.catch(() => undefined);
		if (records.length === 0) return;
		this.timer = this.clock.after(heartbeatMs, () => this.write(this.queueRecords()));
	}
}

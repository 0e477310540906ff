import type { BucketId } from '../types/key';
import type { LeaseChoice, QueueTicket, Rejection } from '../types/leaseRequest';
import type { RequestSize } from '../types/poolRequest';
import type { EpochMs, QueueRecord } from '../types/stateStore';

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

/**
 * What ends a wait with this rejection, if it never helps or takes longer than the request may wait.
 *
 * @param leftMs ms that it may still wait
 */
export function endOf(rejection: Rejection, leftMs: number, now: EpochMs): RequestRejected | undefined {
	if (rejection.retryAt === Infinity) return new RequestRejected(rejection, false);
	const isLonger = rejection.retryAt - now > leftMs;
	const mayHope = rejection.mayRetryEarlier === true && leftMs > 0;
	return isLonger && !mayHope ? new RequestRejected(rejection, true) : undefined;
}

/** A position in the queue, kept by a request that has to queue again. */
export interface Arrival {
	readonly since: EpochMs;
	/** Orders arrivals even if the clock is set back. */
	readonly order: number;
}

import type { Off } from '../types/clock';
import type { PoolEvent } from '../types/events';
import type { StateStore, EpochMs } from '../types/stateStore';
import type { RequestRecord } from '../types/statistics';

/** Requests that are remembered as told: a store can show the same attempts again. */
const mostTold = 1_000;

/** Tells once of each request that ended: of this window's own at once, of those of other windows as the ledger shows them. */
export class RequestEndEvents {
	private readonly told = new Set<string>();
	private readonly since: EpochMs;
	private readonly off: Off;

	constructor(
		private readonly ledger: StateStore,
		private readonly emit: (event: PoolEvent) => void,
	) {
		this.since = ledger.now();
		this.off = ledger.onDidChange((refs) => {
			for (const ref of refs) if (ref.kind === 'requestRecord') this.seen(ref.id);
		});
	}

	/** A request of this window. */
	own(attempts: RequestRecord): void {
		this.tell(attempts, 'this window');
	}

	dispose(): void {
		this.off();
	}

	private seen(id: string): void {
		const attempts = this.ledger.replica().requestRecord.get(id);
		// What ended before this window began was told by others.
		if (attempts && attempts.endedAt >= this.since && !this.told.has(id)) this.tell(attempts, 'another window');
	}

	private tell(attempts: RequestRecord, where: Extract<PoolEvent, { type: 'ended' }>['in']): void {
		this.told.add(attempts.request);
		for (const oldest of this.told) {
			if (this.told.size <= mostTold) break;
			this.told.delete(oldest);
		}
		this.emit({ type: 'ended', in: where, attempts });
	}
}

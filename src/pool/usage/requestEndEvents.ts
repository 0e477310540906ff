import type { Dispose } from '../types/clock';
import type { PoolEvent } from '../types/events';
import type { StateStore, EpochMs } from '../types/stateStore';
import type { RequestRecord } from '../types/statistics';

/** Requests that are remembered as told: a store can show the same attempts again. */
const maxEmitted = 1_000;

/** Tells once of each request that ended: of this window's own at once, of those of other windows as the ledger shows them. */
export class RequestEndEvents {
	private readonly emitted = new Set<string>();
	private readonly since: EpochMs;
	private readonly off: Dispose;

	constructor(
		private readonly store: StateStore,
		private readonly emit: (event: PoolEvent) => void,
	) {
		this.since = store.now();
		this.off = store.onDidChange((refs) => {
			for (const ref of refs) if (ref.kind === 'requestRecord') this.seen(ref.id);
		});
	}

	/** A request of this window. */
	own(attempts: RequestRecord): void {
		this.emitOnce(attempts, 'this window');
	}

	dispose(): void {
		this.off();
	}

	private seen(id: string): void {
		const attempts = this.store.replica().requestRecord.get(id);
		// What ended before this window began was told by others.
		if (attempts && attempts.endedAt >= this.since && !this.emitted.has(id)) this.emitOnce(attempts, 'another window');
	}

	private emitOnce(attempts: RequestRecord, where: Extract<PoolEvent, { type: 'ended' }>['in']): void {
		this.emitted.add(attempts.request);
		for (const oldest of this.emitted) {
			if (this.emitted.size <= maxEmitted) break;
			this.emitted.delete(oldest);
		}
		this.emit({ type: 'ended', in: where, attempts });
	}
}

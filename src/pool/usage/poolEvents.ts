import type { Dispose } from '../types/clock';
import { Events, type PoolEvent } from '../types/events';
import type { RequestRecord } from '../types/statistics';
import type { EpochMs, StateStore } from '../types/stateStore';

/** Ended requests that are remembered, because the store can show the same record again. */
const maxRemembered = 1_000;

/**
 * The pool's events. The end of each request is emitted once: at once for a request of this window, and when its record shows
 * up in the store for one of another window.
 */
export class PoolEvents extends Events<PoolEvent> {
	/** Requests whose end was emitted, oldest first. */
	private readonly ended = new Set<string>();
	private readonly since: EpochMs;
	private readonly off: Dispose;

	constructor(
		private readonly store: StateStore,
		onListenerError: (error: unknown) => void,
	) {
		super(onListenerError);
		this.since = store.now();
		this.off = store.onDidChange((refs) => {
			for (const ref of refs) if (ref.kind === 'requestRecord') this.endedElsewhere(ref.id);
		});
	}

	/** A request of this window ended. */
	endedHere(record: RequestRecord): void {
		this.emitEnd(record, 'this window');
	}

	dispose(): void {
		this.off();
		this.clear();
	}

	private endedElsewhere(id: string): void {
		const record = this.store.replica().requestRecord.get(id);
		// Other windows emitted what ended before this window started.
		if (record && record.endedAt >= this.since && !this.ended.has(id)) this.emitEnd(record, 'another window');
	}

	private emitEnd(record: RequestRecord, where: Extract<PoolEvent, { type: 'ended' }>['in']): void {
		this.ended.add(record.request);
		for (const oldest of this.ended) {
			if (this.ended.size <= maxRemembered) break;
			this.ended.delete(oldest);
		}
		this.emit({ type: 'ended', in: where, record });
	}
}

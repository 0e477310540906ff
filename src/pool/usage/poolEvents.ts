import type { Dispose } from '../types/clock';
import { Events, type PoolEvent } from '../types/events';
import type { RequestRecord } from '../types/statistics';
import type { EpochMs, StateStore } from '../types/stateStore';

/** Ended requests whose event is remembered: the store can show the same record again. */
const maxRemembered = 1_000;

/**
 * The pool's events, among them the end of each request, once: of this window's own at once, of other windows' when the store
 * shows their records.
 */
export class PoolEvents extends Events<PoolEvent> {
	/** Requests whose end was told, oldest first. */
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
		// What ended before this window began was told by others.
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

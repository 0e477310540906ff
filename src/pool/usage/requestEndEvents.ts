import type { Off } from '../types/clock';
import type { PoolEvent } from '../types/events';
import type { Ledger, Wall } from '../types/stateStore';
import type { Trail } from '../types/statistics';

/** Requests that are remembered as told: a store can show the same trail again. */
const mostTold = 1_000;

/** Tells once of each request that ended: of this window's own at once, of those of other windows as the ledger shows them. */
export class Endings {
	private readonly told = new Set<string>();
	private readonly since: Wall;
	private readonly off: Off;

	constructor(
		private readonly ledger: Ledger,
		private readonly emit: (event: PoolEvent) => void,
	) {
		this.since = ledger.now();
		this.off = ledger.onDidChange((refs) => {
			for (const ref of refs) if (ref.kind === 'trail') this.seen(ref.id);
		});
	}

	/** A request of this window. */
	own(trail: Trail): void {
		this.tell(trail, 'this window');
	}

	dispose(): void {
		this.off();
	}

	private seen(id: string): void {
		const trail = this.ledger.replica().trail.get(id);
		// What ended before this window began was told by others.
		if (trail && trail.endedAt >= this.since && !this.told.has(id)) this.tell(trail, 'another window');
	}

	private tell(trail: Trail, where: Extract<PoolEvent, { type: 'ended' }>['in']): void {
		this.told.add(trail.request);
		for (const oldest of this.told) {
			if (this.told.size <= mostTold) break;
			this.told.delete(oldest);
		}
		this.emit({ type: 'ended', in: where, trail });
	}
}

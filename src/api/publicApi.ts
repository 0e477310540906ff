import type { Disposable } from '../common/dispose';
import { settledChanges, type Clock, type KeyView, type Dispose, type PoolEvent, type Snapshot } from '../pool/pool';
import type { Event, KeyFallback, KeypoolApi, KeyStats, PoolStats } from './types';

export interface PublicApiParts {
	readonly pool: {
		snapshot(): Snapshot;
		nextIndex(): number | undefined;
		onEvent(listener: (event: PoolEvent) => void): Dispose;
	};
	readonly clock: Pick<Clock, 'after'>;
	readonly isSimulated: () => boolean;
	/** Receives what a listener threw. */
	readonly report: (error: unknown) => void;
}

/** ms. Under load the pool changes hundreds of times a second. */
const debounceMs = 50;

/** What other extensions get: ids and numbers, no label, no key, and nothing that sends a prompt. */
export class PublicApi implements Disposable {
	readonly api: KeypoolApi;
	private readonly registrations = new Set<Dispose>();

	constructor(private readonly parts: PublicApiParts) {
		this.api = Object.freeze<KeypoolApi>({
			version: 1,
			onFallback: this.event((hear) => this.fallbacks(hear)),
			onDidChangePool: this.event((hear) => this.changes(hear)),
			getStats: () => this.stats(),
		});
	}

	dispose(): void {
		for (const off of [...this.registrations]) off();
	}

	/** Each listener has its own registration with the pool, so one that throws does not affect the others. */
	private event<T>(subscribe: (hear: (event: T) => void) => Dispose): Event<T> {
		return (listener, thisArgs, disposables) => {
			const end = subscribe((event) => {
				// Another listener of the same event may have ended it.
				if (this.registrations.has(off)) listener.call(thisArgs, event);
			});
			const off = (): void => {
				this.registrations.delete(off);
				end();
			};
			this.registrations.add(off);
			const registration = { dispose: off };
			disposables?.push(registration);
			return registration;
		};
	}

	private fallbacks(hear: (event: KeyFallback) => void): Dispose {
		return this.parts.pool.onEvent((event) => {
			if (event.type !== 'keySetAside') return;
			const { key, model, reason, until } = event;
			hear({ key, model, reason, ...(until === undefined ? {} : { until }) });
		});
	}

	private changes(hear: () => void): Dispose {
		const { pool, clock, report } = this.parts;
		// The pool reports changes by time alone only after a snapshot was taken.
		pool.snapshot();
		return settledChanges(pool, clock, debounceMs, () => {
			pool.snapshot();
			try {
				hear();
			} catch (error) {
				report(error);
			}
		}).dispose;
	}

	private stats(): PoolStats {
		const { pool, isSimulated } = this.parts;
		const snapshot = pool.snapshot();
		return {
			model: snapshot.model,
			keys: Object.fromEntries(snapshot.keys.map((view) => [view.key.id, statsOf(view, snapshot)])),
			nextIndex: pool.nextIndex() ?? null,
			simulated: isSimulated(),
		};
	}
}

function statsOf({ availability, isBarred, success, fail }: KeyView, { paused }: Snapshot): KeyStats {
	// A paused pool waits for the user, whatever its keys wait for; so does a free key where paid ones are demanded.
	const takesNone = paused !== undefined || isBarred;
	const available = availability.state === 'usable' && !takesNone;
	const until = takesNone ? Infinity : untilOf(availability);
	return { available, success, fail, rateLimitedUntil: available ? null : until };
}

function untilOf(availability: KeyView['availability']): number | null {
	switch (availability.state) {
		case 'coolingDown':
			return availability.isEndless ? Infinity : availability.until;
		case 'unsupported':
			return availability.until;
		case 'quarantined':
			return availability.recheckAt ?? Infinity;
		case 'usable':
		case 'halfOpen':
		case 'disabled':
			return null;
	}
}

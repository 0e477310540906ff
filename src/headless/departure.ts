import type { Clock, Dispose } from '../pool/pool';

export interface DepartureParts {
	readonly clock: Pick<Clock, 'after'>;
	/** ms for which requests are still taken after `/readyz` has begun to answer 503. */
	readonly drainDelayMs: number;
	/** `/readyz` answers 503; requests are still answered. */
	readonly leave: () => void;
	/** Takes no connection any more. Resolves when the answers under way have gone out. */
	readonly stop: () => Promise<void>;
	/** Takes no request any more. Resolves when the answers under way have ended. */
	readonly drain: () => Promise<void>;
	readonly underWay: () => number;
	/** Ends at once. */
	readonly end: () => void;
	readonly say: (text: string) => void;
}

/** ms that answers under way have to end. */
const graceMs = 10 * 60_000;

/**
 * How the gateway ends so that no client loses an answer: balancers see first that it is not ready, then it takes no request
 * any more, then the answers under way finish. Each further signal takes the next step at once.
 */
export class Departure {
	private state: 'serving' | 'leaving' | 'draining' | 'ended' = 'serving';
	private off: Dispose | undefined;

	constructor(private readonly parts: DepartureParts) {}

	signal(): void {
		switch (this.state) {
			case 'serving':
				return this.leave();
			case 'leaving':
				return this.drain();
			case 'draining':
			case 'ended':
				return this.end();
		}
	}

	private leave(): void {
		const { clock, drainDelayMs, leave, say } = this.parts;
		this.state = 'leaving';
		leave();
		if (drainDelayMs === 0) return this.drain();
		say(`Not ready any more; takes requests for ${drainDelayMs / 1000} s more.`);
		this.off = clock.after(drainDelayMs, () => this.drain());
	}

	private drain(): void {
		const { clock, stop, drain, underWay, say } = this.parts;
		this.off?.();
		this.state = 'draining';
		const ended = Promise.all([stop(), drain()]);
		const left = underWay();
		if (left > 0) say(`Lets ${left} ${left === 1 ? 'answer' : 'answers'} finish; once more to end at once.`);
		this.off = clock.after(graceMs, () => this.end());
		void ended.then(() => this.end());
	}

	private end(): void {
		this.off?.();
		if (this.state === 'ended') return;
		this.state = 'ended';
		this.parts.end();
	}
}

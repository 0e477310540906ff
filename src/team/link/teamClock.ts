import type { Clock, EpochMs } from '../../pool/pool';

/** Round trips that are compared: the shortest of them says best what the server's time is. */
const keptReadings = 16;
/** ms. A reading older than this no longer counts: oscillators drift. */
const validMs = 5 * 60_000;
/** ms. Beyond the round trips, two readings that differ by more show that this machine's time was set. */
const slackMs = 20;

interface Reading {
	/** Server's time less this machine's. */
	readonly offset: number;
	/** ms of the round trip. */
	readonly took: number;
	/** By the monotonic clock. */
	readonly at: number;
}

/**
 * The clock that all machines of a team share: the server's. It rests on this machine's wall clock, which goes on while the
 * machine sleeps. It goes back only where it was ahead, by what the server says or because this machine's time was set.
 */
export class TeamClock {
	private readings: readonly Reading[] = [];
	private latest = -Infinity;
	/** ms between the wall and the monotonic clock when the time was told last. */
	private distance = -Infinity;

	constructor(private readonly clock: Pick<Clock, 'wall' | 'monotonic'>) {}

	/** The server told its time in its answer to what was asked at `askedAt`, by the monotonic clock. */
	read(time: EpochMs, askedAt: number): void {
		const at = this.clock.monotonic();
		const took = Math.max(0, at - askedAt);
		const reading: Reading = { offset: time + took / 2 - this.clock.wall(), took, at };
		const best = this.best();
		const wasSet = best && Math.abs(best.offset - reading.offset) > (best.took + took) / 2 + slackMs;
		const kept = wasSet ? [] : this.readings.filter((one) => at - one.at < validMs);
		this.readings = [...kept, reading].slice(-keptReadings);
		this.latest = Math.min(this.latest, time + Math.ceil(took) + slackMs);
	}

	/** The server's time, as far as it is known here; this machine's where it is not. */
	now(): EpochMs {
		const distance = this.clock.wall() - this.clock.monotonic();
		const wasSetBack = distance < this.distance - slackMs;
		this.distance = distance;
		const now = Math.round(this.clock.wall() + (this.best()?.offset ?? 0));
		this.latest = wasSetBack ? now : Math.max(this.latest, now);
		return this.latest;
	}

	private best(): Reading | undefined {
		let best: Reading | undefined;
		for (const one of this.readings) if (!best || one.took < best.took) best = one;
		return best;
	}
}

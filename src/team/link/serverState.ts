import { pause, type Clock, type EpochMs } from '../../pool/pool';
import { TeamError, type TeamReply } from './link';
import { TeamClock } from './teamClock';

/** ms. A store that is younger may lack what was sent within the minute before. */
const youngMs = 61_000;
/** ms. A server's clock that is further off would move every reset. */
const maxClockOffMs = 150_000;
/** ms. By so much more the wall clock has moved than the monotonic one where the machine slept, or its time was set. */
const sleptMs = 1_000;

/** What is known of the team's server: its clock, which store it has, and how many machines it has seen. */
export class ServerState {
	/** The store that the documents were read from. */
	store: string | undefined;
	/** Everything up to this revision has been read. */
	rev = -1;
	machines: number;
	private since: EpochMs = 0;
	private readonly time: TeamClock;

	constructor(
		private readonly clock: Pick<Clock, 'wall' | 'monotonic' | 'after'>,
		private readonly memory: { get(): number; set(count: number): void } | undefined,
	) {
		this.time = new TeamClock(clock);
		this.machines = memory?.get() ?? 1;
	}

	now(): EpochMs {
		return this.time.now();
	}

	/** Whether it may have lost counts of the last minute. */
	get isYoung(): boolean {
		return this.now() - this.since <= youngMs;
	}

	/** Asks the server, and learns its time. */
	async ask(act: () => Promise<TeamReply>): Promise<TeamReply> {
		const [askedAt, wallBefore] = [this.clock.monotonic(), this.clock.wall()];
		const reply = await act();
		const wall = this.clock.wall();
		const isOff = reply.time < Math.min(wallBefore, wall) - maxClockOffMs || reply.time > wall + maxClockOffMs;
		if (isOff) throw new TeamError('clockOff');
		// A machine that slept meanwhile hears what time it was before.
		const hasSlept = wall - wallBefore > this.clock.monotonic() - askedAt + sleptMs;
		if (!hasSlept) this.time.read(reply.time, askedAt);
		return reply;
	}

	/** Lets others go first, after a conflict. */
	pause(ms: number): Promise<void> {
		return pause(this.clock, ms);
	}

	/** Continues with the store of this reply. */
	follow({ store, rev, since, machines }: TeamReply): void {
		this.store = store;
		this.rev = rev;
		this.since = since;
		this.count(machines);
	}

	count(machines: number): void {
		// Right after a restart, not all are back.
		this.machines = this.isYoung ? Math.max(this.machines, machines) : machines;
		this.memory?.set(this.machines);
	}
}

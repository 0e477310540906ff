import type { Clock, Dispose } from '../../pool/pool';
import type { TeamLink, TeamReply } from './link';
import type { ServerState } from './serverState';

/**
 * ms. What others wrote is read at most this often where the server says that there is something, and at least this often:
 * hints may be lost, and what one machine knows all others know within a second. A team of hundreds reads less often.
 */
const readMs = 250;
const idleReadMs = 700;
const idleReadMsOfEach = 2;
const longestIdleReadMs = 5_000;

export interface ChangeReaderParts {
	readonly clock: Pick<Clock, 'after' | 'monotonic'>;
	readonly server: ServerState;
	/** Something should be read: `readIfDue` does it. */
	readonly onDue: () => void;
	readonly onRead: (link: TeamLink, reply: TeamReply) => void;
	readonly onFailed: (link: TeamLink, error: unknown) => void;
}

/** Reads what others wrote, when the server says that there is something, and now and then. */
export class ChangeReader {
	private isDue = false;
	private isReading = false;
	/** The last revision that the server has told of. */
	private hinted = -1;
	private lastRead = -Infinity;
	private timer: Dispose | undefined;

	constructor(private readonly parts: ChangeReaderParts) {}

	/** The server has told of a revision; `isOnline`: on the link that is in use. */
	hint(rev: number, isOnline: boolean): void {
		this.hinted = rev;
		if (isOnline && rev > this.parts.server.rev) this.readLater(readMs);
	}

	/** Another link: what was told of on the old one is no more. */
	reset(): void {
		this.stop();
		this.hinted = -1;
	}

	stop(): void {
		this.timer?.();
		this.isDue = false;
	}

	/** Beside the steps: they need not wait for it. */
	readIfDue(link: TeamLink): void {
		if (!this.isDue || this.isReading) return;
		this.isDue = false;
		this.isReading = true;
		const { server, onRead, onFailed, clock } = this.parts;
		const { hinted } = this;
		this.lastRead = clock.monotonic();
		const read = async (): Promise<void> => {
			try {
				const reply = await server.ask(() => link.read(server.store, server.rev));
				this.isReading = false;
				// What was told of before is in the reply, or there is none such: anybody of the team can tell of any revision.
				if (this.hinted === hinted) this.hinted = -1;
				onRead(link, reply);
			} catch (error) {
				this.isReading = false;
				onFailed(link, error);
			}
		};
		void read();
	}

	/** What the server has told of meanwhile is not forgotten. */
	readAgain(): void {
		const { machines, rev } = this.parts.server;
		const idleMs = Math.min(longestIdleReadMs, Math.max(idleReadMs, idleReadMsOfEach * machines));
		this.readLater(this.hinted > rev ? readMs : idleMs);
	}

	private readLater(ms: number): void {
		const { clock, onDue } = this.parts;
		const due = Math.max(0, Math.min(ms, this.lastRead + ms - clock.monotonic()));
		this.timer?.();
		this.timer = clock.after(due, () => {
			this.isDue = true;
			onDue();
		});
	}
}

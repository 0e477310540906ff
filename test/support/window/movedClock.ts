import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nextPacificMidnight } from '../../../src/simulator/time/pacificDay';
import { systemClock, type Clock } from '../../../src/simulator/service';
import { until } from './until';

/** ms. More than a test takes, and moves the clock by. */
const longest = 3_600_000;

/**
 * ms. In the first hour and a half of a day a refusal for the whole day is not believed where little was sent: what a test sees
 * of a key rests for minutes then, and not until midnight (docs/HOW-IT-DECIDES.md).
 */
const youngDay = 100 * 60_000;
const day = 86_400_000;

/** ms that the clock must be ahead for a day of the service that is not young, and lasts `longer` yet. */
export function msToPlainDay(longer: number): number {
	const now = systemClock.now();
	const left = nextPacificMidnight(now) - now;
	return left < longer ? left + youngDay : Math.max(0, youngDay - (day - left));
}

/**
 * A wall clock that a test can move, for the extension hosts of a server and for the simulator alike. Where the day of
 * the service is young, or about to end, it begins later, so that no test sees two of them.
 */
export class MovedClock {
	private readonly folder = mkdtempSync(path.join(tmpdir(), 'keypool-clock-'));
	private readonly file = path.join(this.folder, 'ahead');
	private ahead: number;

	constructor() {
		this.ahead = msToPlainDay(longest);
		this.write();
	}

	/** For the server's environment. */
	get env(): Readonly<Record<string, string>> {
		return {
			KEYPOOL_TEST_CLOCK: this.file,
			NODE_OPTIONS: `--require ${JSON.stringify(path.join(__dirname, 'movedClockPreload.cjs'))}`,
		};
	}

	/** For the simulator. */
	readonly clock: Clock = { now: () => systemClock.now() + this.ahead, after: (ms, run) => systemClock.after(ms, run) };

	/** The machine slept for `ms`: nobody ran meanwhile, and it is later now. Resolves when `hosts` extension hosts know. */
	async move(ms: number, hosts: number): Promise<void> {
		this.ahead += ms;
		this.write();
		await until('the extension hosts to see the moved clock', () => this.seen() >= hosts);
	}

	dispose(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}

	private seen(): number {
		const seen = readdirSync(this.folder).filter((name) => name.includes('.seen-'));
		return seen.filter((name) => readFileSync(path.join(this.folder, name), 'utf8') === String(this.ahead)).length;
	}

	private write(): void {
		const partial = `${this.file}.part`;
		writeFileSync(partial, String(this.ahead));
		renameSync(partial, this.file);
	}
}

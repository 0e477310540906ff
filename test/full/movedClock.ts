import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock, type Clock } from '../../src/simulator/service';

/** A wall clock that a test can move, for the extension hosts of a server and for the simulator alike. */
export class MovedClock {
	private readonly folder = mkdtempSync(path.join(tmpdir(), 'keypool-clock-'));
	private readonly file = path.join(this.folder, 'ahead');
	private ahead = 0;

	constructor() {
		this.move(0);
	}

	/** For the server's environment. */
	get env(): Readonly<Record<string, string>> {
		return {
			KEYPOOL_TEST_CLOCK: this.file,
			NODE_OPTIONS: `--require ${path.join(__dirname, 'movedClock.cjs')}`,
		};
	}

	/** For the simulator. */
	readonly clock: Clock = { now: () => systemClock.now() + this.ahead, after: (ms, run) => systemClock.after(ms, run) };

	/** The machine slept for `ms`: nobody ran meanwhile, and it is later now. */
	move(ms: number): void {
		this.ahead += ms;
		const partial = `${this.file}.part`;
		writeFileSync(partial, String(this.ahead));
		renameSync(partial, this.file);
	}

	dispose(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}

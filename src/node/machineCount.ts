import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** How many machines a team had when its server was last there, kept in a folder. */
export interface MachineCount {
	get(): number;
	set(count: number): void;
	/** Settles when what was set is in the folder; what cannot be kept there is known to this process alone. */
	readonly written: Promise<void>;
}

const maxMachines = 100_000;

export async function machineCount(folder: string): Promise<MachineCount> {
	const file = path.join(folder, 'machines');
	const stored = Number(await readFile(file, 'utf8').catch(() => ''));
	let count = Number.isInteger(stored) && stored > 0 && stored <= maxMachines ? stored : 1;
	let written = Promise.resolve();
	return {
		get: () => count,
		set: (next) => {
			if (next === count) return;
			count = next;
			written = written.then(() => writeFile(file, String(next), { mode: 0o600 })).catch(() => undefined);
		},
		get written() {
			return written;
		},
	};
}

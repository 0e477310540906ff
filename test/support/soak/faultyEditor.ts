import type { AlertMemento } from '../../../src/monitoring/alerts/mementoMemory';
import type { Folder } from '../../../src/chat/storage/folder';

/** Says of each act whether it fails. */
export type Refuses = () => boolean;

const full = (): Error => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

/** A folder of the disk whose writes fail when `refuses` says so. */
export class FaultyFolder implements Folder {
	/** Paths whose writing failed. */
	readonly failed: string[] = [];

	constructor(
		private readonly folder: Folder,
		private readonly refuses: Refuses,
	) {}

	names(path: string): Promise<readonly string[]> {
		return this.folder.names(path);
	}

	read(path: string): Promise<string | undefined> {
		return this.folder.read(path);
	}

	async write(path: string, text: string): Promise<void> {
		if (this.refuses()) {
			this.failed.push(path);
			throw full();
		}
		await this.folder.write(path, text);
	}

	async remove(path: string): Promise<void> {
		if (this.refuses()) throw full();
		await this.folder.remove(path);
	}

	async move(from: string, to: string): Promise<void> {
		if (this.refuses()) throw full();
		await this.folder.move(from, to);
	}
}

/** What the editor keeps between windows: it throws, or takes what it is given and rejects later. */
export class FaultyMemento implements AlertMemento {
	refused = 0;
	private readonly kept = new Map<string, unknown>();

	constructor(private readonly refuses: Refuses) {}

	get(name: string): unknown {
		if (this.refuses()) this.refuse();
		return this.kept.get(name);
	}

	update(name: string, value: unknown): Promise<void> {
		if (this.refuses()) this.refuse();
		if (this.refuses()) return Promise.reject(new Error(`not kept, ${++this.refused} times`));
		this.kept.set(name, structuredClone(value));
		return Promise.resolve();
	}

	private refuse(): never {
		throw new Error(`not kept, ${++this.refused} times`);
	}
}

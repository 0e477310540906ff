import type { Folder } from '../../chat/storage/folder';
import { digestOf } from '../../common/digest';
import { jsonIn, listOf } from '../../common/json';

/** Files of results that are remembered. Beyond it one is forgotten, which costs a question. */
const maxRecords = 1_000;

/** Knows which results this installation wrote: others, and what has changed since, can be anybody's. */
export class OwnResults {
	/** @param records a folder of the extension's own storage, which nobody else writes to */
	constructor(private readonly records: Folder) {}

	/** Call it before the file is written: what the file held until then counts as well, in case it never comes to that. */
	async remember(address: string, text: string): Promise<void> {
		const name = await nameOf(address);
		const known = await this.digests(name);
		if (known.length === 0) await this.makeRoom();
		await this.records.write(name, JSON.stringify([await digestOf(text), ...known.slice(0, 1)]));
	}

	async wrote(address: string, text: string): Promise<boolean> {
		return (await this.digests(await nameOf(address))).includes(await digestOf(text));
	}

	private async digests(name: string): Promise<readonly string[]> {
		const stored = await this.records.read(name).catch(() => undefined);
		return listOf(jsonIn(stored ?? '')).map(String);
	}

	private async makeRoom(): Promise<void> {
		const names = await this.records.names('');
		for (const name of names.slice(0, Math.max(0, names.length - maxRecords + 1))) await this.records.remove(name);
	}
}

async function nameOf(address: string): Promise<string> {
	return `${await digestOf(address)}.json`;
}

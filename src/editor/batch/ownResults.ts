import { digestOf } from '../../common/digest';
import { jsonIn, listOf } from '../../common/json';

/** A folder of small texts in the extension's own storage, which nobody else writes to. */
export interface Records {
	names(path: string): Promise<readonly string[]>;
	read(path: string): Promise<string | undefined>;
	write(path: string, text: string): Promise<void>;
	remove(path: string): Promise<void>;
}

/** Result files that are remembered. A forgotten one costs a question. */
const maxRecords = 1_000;

/** Knows which results this installation wrote: others, and what has changed since, can be anybody's. */
export class OwnResults {
	constructor(private readonly records: Records) {}

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

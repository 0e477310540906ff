import { inflateRawSync } from 'node:zlib';

const end = 0x06054b50;
const entry = 0x02014b50;
const deflated = 8;

/** The times of the files in a zip, each once, as it holds them: date and time of day in one number. */
export function timesIn(zip: Buffer): ReadonlySet<number> {
	const times = new Set<number>();
	for (const at of entriesOf(zip)) times.add(zip.readUInt32LE(at + 12));
	return times;
}

/** The files in a zip, by name: just what a VSIX needs, which is neither split nor locked nor over 4 GB. */
export function filesIn(zip: Buffer): ReadonlyMap<string, Buffer> {
	const files = new Map<string, Buffer>();
	for (const at of entriesOf(zip)) {
		const nameEnd = at + 46 + zip.readUInt16LE(at + 28);
		const name = zip.toString('utf8', at + 46, nameEnd);
		const head = zip.readUInt32LE(at + 42);
		const start = head + 30 + zip.readUInt16LE(head + 26) + zip.readUInt16LE(head + 28);
		const stored = zip.subarray(start, start + zip.readUInt32LE(at + 20));
		if (!name.endsWith('/')) {
			files.set(name, zip.readUInt16LE(at + 10) === deflated ? inflateRawSync(stored) : stored);
		}
	}
	return files;
}

/** Where the entries of its list of files stand. */
function* entriesOf(zip: Buffer): Iterable<number> {
	const closing = zip.lastIndexOf(Buffer.from(Uint32Array.of(end).buffer));
	if (closing < 0) throw new Error('It is no zip.');
	let at = zip.readUInt32LE(closing + 16);
	for (let left = zip.readUInt16LE(closing + 10); left > 0; left--) {
		if (zip.readUInt32LE(at) !== entry) throw new Error(`Its list of files is broken at ${at}.`);
		yield at;
		at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
	}
}

import { inflateRawSync } from 'node:zlib';

const end = 0x06054b50;
const entry = 0x02014b50;
const deflated = 8;

/** The files in a zip, by name: just what a VSIX needs, which is neither split nor locked nor over 4 GB. */
export function filesIn(zip: Buffer): ReadonlyMap<string, Buffer> {
	const files = new Map<string, Buffer>();
	const closing = zip.lastIndexOf(Buffer.from(Uint32Array.of(end).buffer));
	if (closing < 0) throw new Error('It is no zip.');
	let at = zip.readUInt32LE(closing + 16);
	for (let left = zip.readUInt16LE(closing + 10); left > 0; left--) {
		if (zip.readUInt32LE(at) !== entry) throw new Error(`Its list of files is broken at ${at}.`);
		const nameEnd = at + 46 + zip.readUInt16LE(at + 28);
		const name = zip.toString('utf8', at + 46, nameEnd);
		const head = zip.readUInt32LE(at + 42);
		const start = head + 30 + zip.readUInt16LE(head + 26) + zip.readUInt16LE(head + 28);
		const stored = zip.subarray(start, start + zip.readUInt32LE(at + 20));
		if (!name.endsWith('/')) {
			files.set(name, zip.readUInt16LE(at + 10) === deflated ? inflateRawSync(stored) : stored);
		}
		at = nameEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
	}
	return files;
}

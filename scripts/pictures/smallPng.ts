import { crc32, deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';

/** As many as a PNG's palette can have. */
const maxColours = 256;
/** The commonest, which are surfaces and texts, are taken however alike they are. */
const commonest = 48;
/** Others are taken where they are so far from each of those before, squared: a small icon has a colour that nothing else has. */
const farEnough = 200;

/** A screenshot with a palette, which is a third of the bytes: a window has few colours, and the others are edges of letters. */
export function smallPng(screenshot: Buffer): Buffer {
	const { data, width, height } = PNG.sync.read(screenshot);
	const pixels = Array.from({ length: width * height }, (_, n) => data.readUInt32BE(4 * n) >>> 8);
	const counts = new Map<number, number>();
	for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
	const palette = paletteOf([...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour));
	const indices = new Map(palette.map((colour, n) => [colour, n]));
	const rows = Buffer.alloc(height * (width + 1));
	for (const [n, colour] of pixels.entries()) {
		const index = indices.get(colour) ?? nearest(colour, palette).index;
		indices.set(colour, index);
		// Each row begins with its filter, which is none.
		rows[n + 1 + Math.floor(n / width)] = index;
	}
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	// Eight bits, by palette.
	head.set([8, 3], 8);
	const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
	return Buffer.concat([
		signature,
		chunk('IHDR', head),
		chunk('PLTE', Buffer.from(palette.flatMap(channels))),
		chunk('IDAT', deflateSync(rows, { level: 9 })),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

const channels = (colour: number): number[] => [colour >>> 16, (colour >>> 8) & 255, colour & 255];

/** @param colours the commonest first */
function paletteOf(colours: readonly number[]): readonly number[] {
	const palette = colours.slice(0, commonest);
	for (const colour of colours.slice(commonest)) {
		if (palette.length === maxColours) break;
		if (nearest(colour, palette).distance >= farEnough) palette.push(colour);
	}
	return palette;
}

function nearest(colour: number, palette: readonly number[]): { readonly index: number; readonly distance: number } {
	const [red = 0, green = 0, blue = 0] = channels(colour);
	let found = { index: 0, distance: Infinity };
	for (const [index, one] of palette.entries()) {
		const [r = 0, g = 0, b = 0] = channels(one);
		const distance = (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2;
		if (distance < found.distance) found = { index, distance };
	}
	return found;
}

function chunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const ends = Buffer.alloc(8);
	ends.writeUInt32BE(data.length, 0);
	ends.writeUInt32BE(crc32(body), 4);
	return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

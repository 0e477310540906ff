import { GIFEncoder, applyPalette, quantize } from 'gifenc';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';

interface Frame {
	readonly png: Buffer;
	/** ms, by a steady clock. */
	readonly at: number;
}

/** The last frame stays this long before the picture begins anew, in ms. */
const lastFrameMs = 4_000;
/** A GIF of more frames would be too heavy for a readme. */
const maxFrames = 80;
const maxColours = 64;

/** Films a page until `act` has ended; returns a GIF that repeats. Frames that show nothing new are left out. */
export async function film(page: Page, act: () => Promise<unknown>): Promise<Uint8Array> {
	const frames: Frame[] = [];
	const state = { acting: true };
	const acted = act().finally(() => {
		state.acting = false;
	});
	const take = async (): Promise<void> => {
		const at = performance.now();
		const png = await page.screenshot();
		if (frames.length < maxFrames && frames.at(-1)?.png.equals(png) !== true) frames.push({ png, at });
	};
	const filming = async (): Promise<void> => {
		while (state.acting) await take();
		await take();
	};
	await Promise.all([acted, filming()]);
	return encode(frames);
}

function encode(frames: readonly Frame[]): Uint8Array {
	const gif = GIFEncoder();
	// One palette for all: the colours of the last frame, where everything is on the screen.
	const last = frames.at(-1);
	const palette = last === undefined ? [] : quantize(PNG.sync.read(last.png).data, maxColours);
	frames.forEach(({ png, at }, n) => {
		const { data, width, height } = PNG.sync.read(png);
		const next = frames[n + 1];
		const delay = next === undefined ? lastFrameMs : next.at - at;
		gif.writeFrame(applyPalette(data, palette), width, height, { ...(n === 0 ? { palette } : {}), delay });
	});
	gif.finish();
	return gif.bytes();
}

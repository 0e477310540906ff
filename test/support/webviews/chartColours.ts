import type { Locator } from 'playwright-core';
import * as v from 'valibot';
import type { SpanKind } from '../../../src/webviews/dashboardProtocol';

const spans = { minute: 0, day: 0, capacity: 0, unsupported: 0, quarantined: 0 } satisfies Record<SpanKind, 0>;

/** The colours that a chart or the timeline can have, by the names that the styles know, in the order of a chart's layers. */
export const palettes: Readonly<Record<string, readonly string[]>> = {
	keys: ['key-0', 'key-1', 'key-2', 'key-3', 'key-4', 'key-5', 'rest'],
	outcomes: ['answered', 'outcome-0', 'outcome-1', 'outcome-2', 'outcome-3', 'outcome-4', 'rest'],
	spans: Object.keys(spans),
};

/** Red, green and blue as they are seen over the page, and the contrast with it. */
const Seen = v.object({ name: v.string(), rgb: v.array(v.number()), contrast: v.number() });
type Seen = v.InferOutput<typeof Seen>;

/** What of these colours cannot be seen, or is the same as its neighbour in the chart. `main`: of the dashboard's document. */
export async function unseenColours(main: Locator, names: readonly string[]): Promise<readonly string[]> {
	const found: unknown = await main.evaluate(`(() => {
		const main = document.querySelector('main');
		const canvas = document.createElement('canvas');
		const context = canvas.getContext('2d', { willReadFrequently: true });
		const page = getComputedStyle(document.body).backgroundColor;
		const over = (colour) => {
			for (const one of [page, colour]) {
				context.fillStyle = one;
				context.fillRect(0, 0, 1, 1);
			}
			return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
		};
		const light = (rgb) => {
			const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
			return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
		};
		return ${JSON.stringify(names)}.map((name) => {
			const swatch = document.createElement('span');
			swatch.className = 'swatch';
			swatch.dataset.colour = name;
			main.append(swatch);
			const rgb = over(getComputedStyle(swatch).backgroundColor);
			swatch.remove();
			const [a, b] = [light(rgb), light(over(page))];
			return { name, rgb, contrast: Math.max(a, b) / Math.min(a, b) };
		});
	})()`);
	const seen = v.parse(v.array(Seen), found);
	const isNear = (a: Seen, b: Seen | undefined): boolean =>
		b !== undefined && Math.hypot(...a.rgb.map((value, n) => value - (b.rgb[n] ?? 0))) < 40;
	return seen.flatMap((one, n) => [
		...(one.contrast < 3 ? [`${one.name} has a contrast of ${one.contrast.toFixed(2)}`] : []),
		...(isNear(one, seen[n + 1]) ? [`${one.name} looks like ${seen[n + 1]?.name ?? ''}`] : []),
	]);
}

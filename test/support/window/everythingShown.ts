import type { Page } from 'playwright-core';

/** The documents of a window and of its webviews, with what stands in input boxes. */
export async function everythingShown(page: Page): Promise<string> {
	const texts = page.frames().map(async (frame) => {
		const typed = await frame
			.locator('input, textarea')
			.evaluateAll((boxes) => boxes.map((box) => String(Reflect.get(box, 'value') ?? '')));
		return [await frame.content(), ...typed].join('\n');
	});
	return (await Promise.all(texts)).join('\n');
}

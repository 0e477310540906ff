import type { Locator } from 'playwright-core';
import { until } from './until';
import type { Window } from './window';

/** px. A drag ends between two of them. */
const tolerance = 6;

/** Drags the edge of the side bar until it is wider by so many pixels; less than none makes it narrower. */
export async function widenSideBar({ page }: Window, by: number): Promise<void> {
	const { mouse } = page;
	const edge = async (): Promise<number> => {
		const bar = await page.locator('.part.sidebar').boundingBox();
		if (bar === null) throw new Error('The side bar is not shown.');
		return bar.x + bar.width;
	};
	const to = (await edge()) + by;
	await until(`an edge of the side bar at ${to}`, async () => {
		const at = await edge();
		if (Math.abs(at - to) < tolerance) return true;
		await mouse.move(at + 2, 400);
		await mouse.down();
		await mouse.move(to + 2, 400, { steps: 5 });
		await mouse.up();
		return false;
	});
}

/** Drags a row onto another one until `isThere`: a row that is drawn anew in that moment, as each second, is let go. */
export async function dragRow(row: Locator, onto: Locator, isThere: () => Promise<boolean>): Promise<void> {
	await until('the row in its new place', async () => {
		await row.dragTo(onto);
		for (const end = performance.now() + 3_000; performance.now() < end;) if (await isThere()) return true;
		return false;
	});
}

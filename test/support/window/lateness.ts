import type { Window } from './window';

/** How long an act takes, and the longest time that a window, which has nothing to do, takes to answer meanwhile. */
export async function timed(
	act: () => Promise<unknown>,
	{ page }: Window,
): Promise<{ readonly took: number; readonly lateMs: number }> {
	const begun = performance.now();
	let isOver = false;
	const acting = async (): Promise<number> => {
		try {
			await act();
			return performance.now() - begun;
		} finally {
			isOver = true;
		}
	};
	const looking = async (): Promise<number> => {
		let longest = 0;
		while (!isOver) {
			const at = performance.now();
			await page.evaluate('0');
			longest = Math.max(longest, performance.now() - at);
		}
		return longest;
	};
	const [took, lateMs] = await Promise.all([acting(), looking()]);
	return { took, lateMs };
}

import type { Window } from './window';

/** How long a window that has nothing to do takes to answer: the longest time until it ends. */
export function lateness({ page }: Window): { readonly end: () => Promise<number> } {
	const over = new AbortController();
	const looking = async (): Promise<number> => {
		let longest = 0;
		while (!over.signal.aborted) {
			const at = performance.now();
			await page.evaluate('0');
			longest = Math.max(longest, performance.now() - at);
		}
		return longest;
	};
	const looked = looking();
	return {
		end: () => {
			over.abort();
			return looked;
		},
	};
}

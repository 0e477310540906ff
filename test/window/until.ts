/** Looks again until `condition` holds; throws with `what` when it does not within 20 s. For what no page shows. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
	const end = performance.now() + 20_000;
	while (!(await condition())) {
		if (performance.now() > end) {
			throw new Error(`In vain waited for ${what}.`);
		}
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

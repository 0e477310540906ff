import type { Locator } from 'playwright-core';

/** ms. A machine that does nothing else needs a tenth of it. */
const longest = 30_000;

/** Looks again until `condition` holds; throws with `what` when it does not within 30 s. For what no page shows. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
	const end = performance.now() + longest;
	while (!(await condition())) {
		if (performance.now() > end) {
			throw new Error(`In vain waited for ${what}.`);
		}
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

/**
 * Asserts again until the assertion holds; throws what it threw last when it does not within 30 s. For what VS Code or a
 * webview draws in a later frame than the one that was waited for.
 */
export async function eventually(assertion: () => void | Promise<void>): Promise<void> {
	const end = performance.now() + longest;
	for (;;) {
		try {
			await assertion();
			return;
		} catch (error) {
			if (performance.now() > end) throw error;
		}
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

/** Whether it is on screen within so many ms: where an act that had no effect is repeated. */
export function appears(what: Locator, timeout = 3_000): Promise<boolean> {
	return succeeds(what.waitFor({ timeout }));
}

/**
 * Acts until `shown` stands there. For an act that is harmless twice, and that VS Code can lose: a key or a click while it draws
 * anew, or what opens a list or a box, which a focus on its way elsewhere closes.
 */
export async function opens(shown: Locator, act: () => Promise<void>): Promise<void> {
	for (let lost = 0; lost < 3; lost++) {
		await act();
		if (await appears(shown, 10_000)) return;
	}
	throw new Error(`An act opens nothing, three times: waiting for ${String(shown)}`);
}

/** Whether an act had its effect in the time that it was given. */
export function succeeds(act: Promise<unknown>): Promise<boolean> {
	return act.then(
		() => true,
		() => false,
	);
}

/** For a page to evaluate: over when two frames have been drawn. */
export const twoFrames = 'new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))';

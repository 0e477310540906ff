import type { Result } from './play.mjs';

/** A file of tests of which some failed beside others, and all passed alone. */
export interface Flaky {
	readonly file: string;
	/** Of the first test that failed. */
	readonly title: string;
	/** The first line of why. */
	readonly reason: string;
	/** How many of its tests failed. */
	readonly failed: number;
	/** The path that the files of both outputs begin with. */
	readonly outputs: string;
}

export const maxFlaky: number;
export function replayFailures(
	results: readonly Result[],
	options: { readonly folder: string; readonly show?: (text: string) => void },
): Promise<{ readonly results: readonly Result[]; readonly flaky: readonly Flaky[] }>;

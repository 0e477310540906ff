import type { Result } from './play.mjs';

export interface Flaky {
	readonly file: string;
	readonly title: string;
	/** The path that the files of both outputs begin with. */
	readonly outputs: string;
}

export const maxFlaky: number;
export function replayFailures(
	results: readonly Result[],
	options: { readonly folder: string; readonly show?: (text: string) => void },
): Promise<{ readonly results: readonly Result[]; readonly flaky: readonly Flaky[] }>;

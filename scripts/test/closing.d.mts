import type { Result } from './play.mjs';
import type { Flaky } from './replay.mjs';

export function closing(
	results: readonly Result[],
	flaky: readonly Flaky[],
	seconds: number,
): { readonly text: string; readonly failed: number };

import type { Chart } from './chart';
import type { Sample } from './measure';

/** How a row is run. */
export interface RunOptions {
	/** Fewer and shorter repetitions: to see that a row works, not to quote its figures. */
	readonly quick: boolean;
}

/** What a figure has to reach, in its own unit. */
export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** One measured number. */
export interface Figure extends Sample {
	/** What was measured, for instance `headroom, 1,000 keys`. */
	readonly of: string;
	/** Whose figure it is, where several are compared: they stand side by side. */
	readonly by?: string;
	readonly unit: string;
	/** Absent where the figure is printed for comparison only. */
	readonly goal?: Goal;
	/** Why the goal is missed, where it is: printed beside the figure. */
	readonly reason?: string;
	/** Where it stands in a chart of the row. */
	readonly point?: { readonly chart: string; readonly series: string; readonly x: number };
}

/**
 * One row of the benchmark: a file in `rows/` that exports it as `row`. Each runs in a process of its own, with
 * `globalThis.gc` at hand.
 */
export interface Row {
	/** The name of its file. */
	readonly name: string;
	/** One sentence: what is measured, and how. */
	readonly what: string;
	/** By the name that figures call them; the file is named after the row and it. */
	readonly charts?: Readonly<Record<string, Chart>>;
	run(options: RunOptions): Promise<readonly Figure[]>;
}

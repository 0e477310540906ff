/** How a window asks: ms between two requests, and how many it measures; without a number, until it is ended. */
export interface WindowOrder {
	readonly folder: string;
	readonly pauseMs: number;
	readonly measures?: number;
}

export type WindowReport =
	| { readonly is: 'ready' }
	/** ms of each request. */
	| { readonly is: 'measured'; readonly took: readonly number[] };

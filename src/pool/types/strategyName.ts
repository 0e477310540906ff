/** In the order in which they are offered; the first is the default. */
export const strategyNames = [
	'headroom',
	'roundRobin',
	'weighted',
	'primaryBackup',
	'healthScore',
	'leastRecentlyUsed',
] as const;

export type StrategyName = (typeof strategyNames)[number];

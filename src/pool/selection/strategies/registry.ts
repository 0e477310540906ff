import { headroom } from './headroom';
import { healthScore } from './healthScore';
import { leastRecentlyUsed } from './leastRecentlyUsed';
import type { StrategyName } from '../../types/strategyName';
import { primaryBackup } from './primaryBackup';
import { roundRobin } from './roundRobin';
import { running, type RunningStrategy } from './strategy';
import { weighted } from './weighted';

const makers = {
	headroom: () => running(headroom),
	roundRobin: () => running(roundRobin),
	weighted: () => running(weighted),
	primaryBackup: () => running(primaryBackup),
	healthScore: () => running(healthScore),
	leastRecentlyUsed: () => running(leastRecentlyUsed),
} satisfies Record<StrategyName, () => RunningStrategy>;

/** Starts a strategy by name. */
export function startStrategy(name: StrategyName): RunningStrategy {
	return makers[name]();
}

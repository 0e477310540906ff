import type { Random } from '../../types/clock';
import type { KeyId } from '../../types/key';
import type { EpochMs } from '../../types/stateStore';
import { headroom } from './headroom';
import { healthScore } from './healthScore';
import { leastRecentlyUsed } from './leastRecentlyUsed';
import type { StrategyName } from './names';
import { primaryBackup } from './primaryBackup';
import { roundRobin } from './roundRobin';
import type { CandidateStats, RankingInput, Strategy } from './strategy';
import { weighted } from './weighted';

const makers = {
	headroom: () => running(headroom),
	roundRobin: () => running(roundRobin),
	weighted: () => running(weighted),
	primaryBackup: () => running(primaryBackup),
	healthScore: () => running(healthScore),
	leastRecentlyUsed: () => running(leastRecentlyUsed),
} satisfies Record<StrategyName, () => RunningStrategy>;

/** A strategy with its memo: the only thing about it that changes. */
export interface RunningStrategy {
	rank<C extends CandidateStats>(input: RankingInput<C>, random: Random, now: EpochMs): readonly C[];
	onGranted(granted: CandidateStats, input: RankingInput): void;
	next(order: readonly KeyId[]): number | undefined;
	/** Keys came, went or moved. */
	onReordered(order: readonly KeyId[]): void;
}

/** Starts a strategy by name. */
export function startStrategy(name: StrategyName): RunningStrategy {
	return makers[name]();
}

function running<M>(strategy: Strategy<M>): RunningStrategy {
	let memo = strategy.start;
	return {
		rank: (input, random, now) => strategy.rank(input, memo, random, now),
		onGranted: (granted, input) => {
			memo = strategy.onGranted(memo, granted, input);
		},
		next: (order) => strategy.next?.(memo, order),
		onReordered: (order) => {
			memo = strategy.onReordered(memo, order);
		},
	};
}

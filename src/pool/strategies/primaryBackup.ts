import { inTurn, place, type Turn } from './roundRobin';
import { mostRanked, type Candidate, type Strategy } from './strategy';

/**
 * Primary keys in order while one can serve, then the backups, staying on the current one until it cannot;
 * back to the primary as soon as it recovers.
 */
export const primaryBackup: Strategy<Turn> = {
	start: { index: -1 },
	rank: <T extends Candidate>(from: readonly T[], current: Turn) => {
		const primaries: T[] = [];
		const backups: T[] = [];
		for (const candidate of from) {
			(candidate.key.role === 'primary' ? primaries : backups).push(candidate);
		}
		if (primaries.length >= mostRanked) return primaries.slice(0, mostRanked);
		// The current backup itself comes first, hence the place before it.
		const inOrder = inTurn(backups, { index: current.index - 1 });
		return [...primaries, ...inOrder].slice(0, mostRanked);
	},
	took: (current, granted) =>
		granted.key.role === 'primary' ? current : { index: granted.index, key: granted.key.id },
	moved: (turn, order) => ({ ...turn, index: place(turn, order) }),
};

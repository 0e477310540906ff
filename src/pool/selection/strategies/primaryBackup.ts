import { place, type RoundRobinCursor } from './roundRobin';
import { maxRanked, type Strategy } from './strategy';

/**
 * Primary keys in order while one can serve, then the backups, staying on the current one until it cannot;
 * back to the primary as soon as it recovers.
 */
export const primaryBackup: Strategy<RoundRobinCursor> = {
	start: { index: -1 },
	rank: ({ stats: { isBackup }, places, start, end }, current) => {
		const ranked: number[] = [];
		// The backups from the current one on, then those before it.
		const after: number[] = [];
		const before: number[] = [];
		for (let n = start; n < end && ranked.length < maxRanked; n++) {
			const place = places[n] ?? 0;
			const those = isBackup[place] !== 1 ? ranked : place >= current.index ? after : before;
			if (those.length < maxRanked) those.push(place);
		}
		for (const backups of [after, before]) {
			for (const place of backups) if (ranked.length < maxRanked) ranked.push(place);
		}
		return ranked;
	},
	onGranted: (current, granted) =>
		granted.key.role === 'primary' ? current : { index: granted.index, key: granted.key.id },
	onReordered: (turn, order) => ({ ...turn, index: place(turn, order) }),
};

import { indexOf, type RoundRobinCursor } from './roundRobin';
import { maxRanked, type Strategy } from './strategy';

/**
 * Primary keys in order while one can serve, then the backups from the current one on, which stays until it cannot serve.
 * Back to the primary as soon as it recovers.
 */
export const primaryBackup: Strategy<RoundRobinCursor> = {
	start: { index: -1 },
	rank: (input, current) => {
		const primaries = input.filter(({ key }) => key.role !== 'backup');
		if (primaries.length >= maxRanked) return primaries.slice(0, maxRanked);
		const backups = input.filter(({ key }) => key.role === 'backup');
		const fromCurrent = backups.filter(({ index }) => index >= current.index);
		const beforeCurrent = backups.filter(({ index }) => index < current.index);
		return [...primaries, ...fromCurrent, ...beforeCurrent].slice(0, maxRanked);
	},
	onGranted: (current, { index, key }) => (key.role === 'primary' ? current : { index, key: key.id }),
	onReordered: (cursor, order) => ({ ...cursor, index: indexOf(cursor, order) }),
};

import type { Random } from '../clock';
import type { Wall } from '../ledger';
import { mostRanked, type Candidate, type Strategy } from './strategy';

/**
 * Chosen at random in proportion to the score. A key at 0 gets one request when its probe is due; besides, it is the last
 * resort, never starved and never the reason for a prompt to fail.
 */
export const healthScore: Strategy<null> = {
	start: null,
	rank: (from, _, random, now) => {
		const healthy = from.filter(({ record }) => record.score > 0);
		const zero = from.filter(({ record }) => record.score <= 0);
		const due = zero.filter(({ record }) => isDue(record.probe?.at, now)).slice(0, 1);
		const ranked = [...due, ...inProportion(healthy, random, mostRanked - due.length)];
		for (const candidate of zero) {
			if (ranked.length >= mostRanked) break;
			if (!ranked.includes(candidate)) ranked.push(candidate);
		}
		return ranked;
	},
	took: () => null,
	moved: () => null,
};

function isDue(at: Wall | undefined, now: Wall): boolean {
	return at === undefined || at <= now;
}

/** Drawn without putting back. */
function inProportion<T extends Candidate>(from: readonly T[], random: Random, count: number): T[] {
	const left = [...from];
	let total = left.reduce((sum, { record }) => sum + record.score, 0);
	const drawn: T[] = [];
	while (drawn.length < count && left.length > 0) {
		let point = random() * total;
		let index = 0;
		for (; index < left.length - 1; index++) {
			point -= left[index]?.record.score ?? 0;
			if (point < 0) break;
		}
		const [picked] = left.splice(index, 1);
		if (!picked) break;
		total -= picked.record.score;
		drawn.push(picked);
	}
	return drawn;
}

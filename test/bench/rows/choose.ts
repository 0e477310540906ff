import { strategyNames } from '../../../src/pool/strategies/names';
import { choosingAlone } from '../alone';
import { blocksFor } from '../measure';
import type { Figure, Row } from '../row';

/** µs by number of keys. */
const goals = [
	[10, 0.3],
	[1_000, 10],
	[10_000, 150],
] as const;

export const row: Row = {
	name: 'choose',
	what:
		'Choosing a key: from all keys to the best eight that it tries first, with every filter on (switched off, benched, resting, used up, ' +
		'paid last, daily cap, spent in this round, too large). Each strategy in a thread of its own, as a window runs one. µs a choice.',
	run: async ({ quick }) => {
		const blocks = blocksFor(quick);
		const figures: Figure[] = [];
		for (const strategy of strategyNames) {
			const samples = await choosingAlone({ strategy, sizes: goals.map(([size]) => size), blocks });
			samples.forEach((sample, n) => {
				const [size, atMost] = goals[n] ?? [0, 0];
				figures.push({
					of: `${strategy}, ${size.toLocaleString('en-US')} keys`,
					unit: 'µs',
					...sample,
					goal: { atMost },
				});
			});
		}
		return figures;
	},
};

import { strategyNames } from '../../../src/pool/types/strategyName';
import { choosingAlone } from '../alone';
import { blocksFor, sampleOf } from '../measure';
import type { Figure, Row } from '../row';

/** µs by number of keys. */
const goals = [
	[10, 1],
	[100, 20],
	[1_000, 150],
] as const;

/** Ten times as many keys take at most ten times as long, and a tenth more for noise. */
const growth = 11;

const requests = [
	['', {}],
	['paid keys alone, ', { paid: true }],
] as const;

const blocks = blocksFor(false);

export const row: Row = {
	name: 'choose',
	what:
		'Choosing a key: from all keys to the best eight, which are tried first. Of each ten keys one is disabled, one ' +
		'is quarantined, one rests, one has used up its minute, and one has no room for the tokens of the request. Two ' +
		'are paid, one of them with a daily cap, and come last if the strategy ranks paid keys last. One key of ten, and ' +
		'at most eight, is excluded for the request; as many resting keys have refused it, and as many used-up keys were ' +
		'denied to it. Between two choices a send changes one bucket and its key, different ones each time, and the time ' +
		'includes reading them again. Then the same for a request that demands paid keys. Each strategy runs in its own ' +
		`thread, as a window runs one. µs for each choice by the clock, ${blocks.count} blocks of at least ` +
		`${blocks.leastMs} ms, the numbers of keys in turn. Each turn also compares 1,000 keys with 100: ten times as ` +
		'long is linear.',
	run: async ({ quick }) => {
		const figures: Figure[] = [];
		for (const strategy of strategyNames) {
			for (const [which, needs] of requests) {
				const order = { strategy, sizes: goals.map(([size]) => size), needs, blocks: blocksFor(quick) };
				const rounds = await choosingAlone(order);
				rounds.forEach((micros, n) => {
					const [size, atMost] = goals[n] ?? [0, 0];
					figures.push({
						of: `${strategy}, ${which}${size.toLocaleString('en-US')} keys`,
						unit: 'µs',
						...sampleOf(micros),
						goal: { atMost },
					});
				});
				const [, some = [], many = []] = rounds;
				figures.push({
					of: `${strategy}, ${which}1,000 keys beside 100`,
					unit: 'times',
					...sampleOf(many.map((micros, n) => micros / (some[n] ?? NaN))),
					goal: { atMost: growth },
				});
			}
		}
		return figures;
	},
};

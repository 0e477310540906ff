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
		'Choosing a key: from all keys to the best eight that it tries first. Of ten keys one is switched off, one is quarantined, ' +
		'one rests, one has used up its minute, one has no room for the tokens of the request; two are paid, and come last ' +
		'where the strategy heeds that, one of them with a daily cap. One of ten, and at most eight, is spent for the request, ' +
		'of those that rest as many have refused it, and of those that are used up as many were denied to it. Between two ' +
		'choices a send changes one bucket and its key, others each time: what choosing needs of them is read anew within the ' +
		'time. Then the same for a request that paid keys alone may have. Each strategy in a thread of its own, as a window ' +
		`runs one. µs a choice by the clock, ${blocks.count} blocks of at least ${blocks.leastMs} ms, the numbers of keys in turn. ` +
		'How many times as long it takes among 1,000 as among 100 is seen in each turn: ten is linear.',
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

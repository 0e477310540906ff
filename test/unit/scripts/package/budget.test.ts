import assert from 'node:assert/strict';
import { budgets, overBudget, readTooEarly } from '../../../../scripts/package/budget.cjs';

describe('the budget of the package', () => {
	const recorded = {
		bytes: budgets.package.recorded,
		activation: budgets.activation.recorded,
		web: budgets.web.recorded,
	};

	it('holds what is on record, and up to the goal and 5 % more', () => {
		assert.deepEqual(overBudget(recorded), []);
		const most = ({ goal, recorded: before }: typeof budgets.package): number =>
			Math.floor(Math.min(goal, before * 1.05));
		const { package: packed, activation, web } = budgets;
		assert.deepEqual(overBudget({ bytes: most(packed), activation: most(activation), web: most(web) }), []);
	});

	it('says of each what is over its goal', () => {
		const over = {
			bytes: budgets.package.goal + 1,
			activation: budgets.activation.goal + 1,
			web: budgets.web.goal + 1,
		};
		const [packed] = overBudget({ ...recorded, bytes: over.bytes });
		assert.equal(packed, `the package: ${over.bytes} bytes, over the goal of ${budgets.package.goal}`);
		const [read] = overBudget({ ...recorded, activation: over.activation });
		assert.equal(read, `what activation reads: ${over.activation} bytes, over the goal of ${budgets.activation.goal}`);
		const [sent] = overBudget({ ...recorded, web: over.web });
		assert.equal(sent, `the file for a browser, by gzip: ${over.web} bytes, over the goal of ${budgets.web.goal}`);
	});

	it('says what grew by more than 5 % though it is below its goal', () => {
		const bytes = Math.ceil(budgets.package.recorded * 1.05) + 1;
		assert.match(overBudget({ ...recorded, bytes }).at(-1) ?? '', /^the package: .* over 5 % more than the/);
	});
});

describe('what a start reads', () => {
	it('may hold no package without a reason, and no reason without its package', () => {
		assert.deepEqual(
			readTooEarly({ readWith: { 'src/extension.ts': [], 'src/node/machine.ts': ['valibot', 'croner'] } }),
			[
				'src/node/machine.ts: it is read with croner',
				'src/monitoring/startMonitoring.ts: it is not read by itself any more',
			],
		);
		assert.ok(
			readTooEarly({ readWith: { 'src/node/machine.ts': [] } }).includes(
				'src/node/machine.ts: it needs no valibot any more',
			),
		);
	});
});

import assert from 'node:assert/strict';
import type { Budgets } from '../../../../src/pool/pool';
import { keyOperations } from '../../../../src/views/commands/keyOperations';
import { withBudget } from '../../../../src/views/commands/withBudget';
import { asStored, fixedKeyring, otherOperations } from '../../../support/views/otherOperations';

/** The acts on a setting that takes a moment to be written. */
function budgetsOf(first: Budgets) {
	let stored = first;
	let fails = 0;
	const acts = keyOperations(fixedKeyring, { execute: () => Promise.resolve() }, asStored, {
		...otherOperations,
		failed: () => undefined,
		setBudgets: async (change) => {
			await new Promise((resolve) => setImmediate(resolve));
			if (fails-- > 0) throw new Error('read only');
			stored = change(stored);
		},
	});
	return { acts, stored: () => stored, failOnce: () => (fails = 1) };
}

describe('budgets that are set one right after the other', () => {
	it('are all kept: each changes what stands when it is written', async () => {
		const { acts, stored } = budgetsOf({ pool: { day: 1 }, clients: { chat: { day: 2 } } });
		const first = acts.changeBudgets((budgets) => withBudget(budgets, undefined, { day: 50 }));
		const second = acts.changeBudgets((budgets) => withBudget(budgets, 'palette', { day: 0 }));
		const third = acts.changeBudgets((budgets) => withBudget(budgets, 'chat', {}));
		await Promise.all([first, second, third]);
		assert.deepEqual(stored(), { pool: { day: 50 }, clients: { palette: { day: 0 } } });
	});

	it('are written also after one that could not be', async () => {
		const { acts, stored, failOnce } = budgetsOf({});
		failOnce();
		const first = acts.changeBudgets((budgets) => withBudget(budgets, undefined, { day: 50 }));
		const second = acts.changeBudgets((budgets) => withBudget(budgets, 'palette', { month: 3 }));
		await assert.rejects(first, /read only/);
		await second;
		assert.deepEqual(stored(), { pool: {}, clients: { palette: { month: 3 } } });
	});
});

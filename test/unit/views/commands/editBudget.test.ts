import assert from 'node:assert/strict';
import type { ProjectId, Snapshot } from '../../../../src/pool/pool';
import type * as used from '../../../../src/views/commands/editBudget';
import { EditorStandIn } from '../../../support/ui/editor';
import { keyView, snapshotOf, spendingOf, standings, words } from '../../../support/views/snapshots';

type Parts = Parameters<typeof used.raiseBudget>[0];
interface Shown {
	readonly label: string;
	readonly description?: string;
}

/** What a command does where a person chooses the row that is called so, if there is one, and types `typed`. */
function person(snapshot: Snapshot, chosen: string, typed: string) {
	const editor = new EditorStandIn();
	const rows: Shown[] = [];
	const prompts: (string | undefined)[] = [];
	const titles: (string | undefined)[] = [];
	const acts: unknown[] = [];
	Object.assign(editor.api.window, {
		showQuickPick: async (given: Promise<readonly Shown[]>, { title }: { readonly title?: string }) => {
			titles.push(title);
			const shown = await given;
			rows.push(...shown);
			return shown.find(({ label, description }) => `${label} ${description ?? ''}`.includes(chosen));
		},
		showInputBox: ({ title, prompt }: { readonly title?: string; readonly prompt?: string }) => {
			titles.push(title);
			prompts.push(prompt);
			return Promise.resolve(typed);
		},
	});
	const keep =
		(name: string) =>
		(...given: unknown[]): Promise<void> =>
			Promise.resolve(void acts.push([name, ...given]));
	const own = { raiseBudget: keep('raise'), releaseClient: keep('release') };
	const parts: Parts = { snapshot, words, acts: own as unknown as Parts['acts'] };
	const commands = editor.read('../views/commands/editBudget') as typeof used;
	return { commands, parts, rows, prompts, titles, acts, told: editor.given };
}

describe('the budget of a project', () => {
	it('is called by the project’s name, and without one by its keys, as within a sentence', async () => {
		const view = keyView('A', standings.usable);
		const { commands, parts, titles } = person(snapshotOf([view]), 'nothing like this', '1');
		await commands.setBudget({ ...parts, project: view.project });
		await commands.setBudget({ ...parts, project: { ...view.project, label: 'Shop' } });
		assert.deepEqual(titles, ['Budget of the project of A', 'Budget of Shop']);
	});
});

describe('a budget that is set from the dashboard', () => {
	it('can be that of each paid project which stands there, once, whatever keys it has', async () => {
		const shop = { id: 'shop' as ProjectId, label: 'Shop', tier: 'paid', budget: { day: 5 } } as const;
		const paid = { project: shop, spending: spendingOf(0, 0, { day: 5_000_000 }) };
		const keys = [keyView('A', standings.usable, paid), keyView('B', standings.usable, paid)];
		const snapshot = snapshotOf([...keys, keyView('Free', standings.usable)]);
		const { commands, parts, rows, titles } = person(snapshot, 'Shop', '');
		await commands.setPoolBudget({ ...parts, acts: { ...parts.acts, budgets: () => ({}) } });
		assert.deepEqual(titles, ['Whose budget?', 'Budget of Shop']);
		assert.deepEqual(
			rows.slice(0, 3).map(({ label, description }) => `${label}, ${description ?? ''}`),
			['All paid projects together, no budget', 'Shop, $5.00 a day', 'chat, no budget'],
		);
	});
});

describe('a budget that is raised for now', () => {
	const snapshot = snapshotOf([keyView('A', standings.usable)], {
		spending: spendingOf(1_000_000, 9_000_000, { day: 5_000_000, month: 10_000_000 }),
		clients: [{ client: 'gateway:cline', spending: spendingOf(3_000_000, 3_000_000, { day: 4_000_000 }) }],
	});

	it('is chosen among those that are set, the most used first', async () => {
		const { commands, parts, rows, acts } = person(snapshot, 'nothing like this', '1');
		await commands.raiseBudget(parts);
		assert.deepEqual(
			rows.map(({ label, description }) => `${label}, ${description ?? ''}`),
			[
				'All paid projects together, this month: $9.00 of $10.00',
				'gateway:cline, today: $3.00 of $4.00',
				'All paid projects together, today: $1.00 of $5.00',
			],
		);
		assert.deepEqual(acts, []);
	});

	it('gets the dollars that are typed, until its day or its month ends', async () => {
		const day = person(snapshot, 'gateway:cline', '2.5');
		await day.commands.raiseBudget(day.parts);
		assert.deepEqual(day.acts, [['raise', 'client/gateway:cline', 'day', 2_500_000]]);
		assert.match(day.prompts[0] ?? '', /until midnight Pacific time\. The budget is \$4\.00 now/);
		const month = person(snapshot, 'this month', '3');
		await month.commands.raiseBudget(month.parts);
		assert.deepEqual(month.acts, [['raise', 'pool', 'month', 3_000_000]]);
		assert.match(month.prompts[0] ?? '', /until the month ends, Pacific time\. The budget is \$10\.00 now/);
		const empty = person(snapshot, 'this month', '');
		await empty.commands.raiseBudget(empty.parts);
		assert.deepEqual(empty.acts, []);
	});

	it('is named where the dollars are typed: a mistaken row is seen', async () => {
		const day = person(snapshot, 'gateway:cline', '2.5');
		await day.commands.raiseBudget(day.parts);
		const pool = person(snapshot, 'this month', '3');
		await pool.commands.raiseBudget(pool.parts);
		assert.deepEqual(
			[day.titles[1], pool.titles[1]],
			['Raise for now: gateway:cline', 'Raise for now: All paid projects together'],
		);
	});

	it('is none where none is set, which is said', async () => {
		const { commands, parts, told } = person(snapshotOf([]), '', '1');
		await commands.raiseBudget(parts);
		assert.ok(told.includes('No budget is set.'));
	});
});

describe('a client that is stopped', () => {
	const held = { cause: 'tenfoldHour', since: 0 } as const;
	const spending = spendingOf(0, 0);
	const snapshot = snapshotOf([], {
		clients: [
			{ client: 'gateway:a', spending, held },
			{ client: 'gateway:b', spending, held },
			{ client: 'chat', spending },
		],
	});

	it('is let go on: the one that is named, else one that a person chooses of those that are stopped', async () => {
		const named = person(snapshot, 'nothing like this', '');
		await named.commands.releaseClient(named.parts, 'gateway:b');
		assert.deepEqual([named.acts, named.rows], [[['release', 'gateway:b']], []]);
		const chosen = person(snapshot, 'gateway:a', '');
		await chosen.commands.releaseClient(chosen.parts);
		assert.deepEqual(chosen.acts, [['release', 'gateway:a']]);
		assert.equal(chosen.rows.length, 2);
		const none = person(snapshotOf([]), '', '');
		await none.commands.releaseClient(none.parts, 'gateway:a');
		assert.ok(none.told.includes('No client is stopped.'));
		assert.deepEqual(none.acts, []);
	});
});

import assert from 'node:assert/strict';
import type { ProjectChange } from '../../../../src/keys/keyring/keyring';
import type { Project } from '../../../../src/pool/pool';
import type * as budgets from '../../../../src/views/commands/editBudget';
import type * as used from '../../../../src/views/commands/editProject';
import { withLimit } from '../../../../src/views/commands/withLimit';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';
import { keyView, snapshotOf, standings, words } from '../../../support/views/snapshots';

describe('the limits of a person', () => {
	it('are set by model and kind, and leave nothing behind when the last is taken away', () => {
		const one = withLimit(undefined, 'm', 'rpm', 5);
		assert.deepEqual(one, { m: { rpm: 5 } });
		const two = withLimit(one, 'm', 'rpd', 0);
		assert.deepEqual(two, { m: { rpm: 5, rpd: 0 } });
		assert.deepEqual(withLimit(two, 'other', 'tpm', 7), { m: { rpm: 5, rpd: 0 }, other: { tpm: 7 } });
		assert.deepEqual(withLimit(two, 'm', 'rpm', undefined), { m: { rpd: 0 } });
		assert.equal(withLimit(one, 'm', 'rpm', undefined), undefined);
		assert.equal(withLimit(undefined, 'm', 'rpm', undefined), undefined);
	});
});

describe('a box for a daily cap', () => {
	it('names what it is of, and says of a text that is no number what it takes, in a number that can be read', async () => {
		const editor = new EditorStandIn();
		let [refusal, titled]: (string | undefined)[] = [];
		Object.assign(editor.api.window, {
			showQuickPick: async (rows: Promise<readonly unknown[]>) => (await rows)[0],
			showInputBox: ({
				title,
				validateInput,
			}: {
				title: string;
				validateInput: (text: string) => string | undefined;
			}) => {
				[refusal, titled] = [validateInput('many'), title];
				return Promise.resolve(undefined);
			},
		});
		const { setDailyCap } = editor.read('../views/commands/editProject') as typeof used;
		const view = keyView('A', standings.usable);
		const acts = {} as unknown as used.EditProject['acts'];
		await setDailyCap({ project: view.project, snapshot: snapshotOf([view]), words, acts });
		assert.equal(titled, 'Requests a day of the project of A, over all models');
		assert.equal(refusal, 'A whole number from 0 to 1,000,000,000,000.');
	});
});

describe('the billing accounts that are known', () => {
	it('stand in the order of the alphabet: in the order of codes those with a letter of another language came last', async () => {
		const editor = new EditorStandIn();
		const { setAccount } = editor.read('../views/commands/editProject') as typeof used;
		const views = ['Zalo', 'Đội', 'eu', 'Ánh'].map((account) => {
			const view = keyView(account, standings.usable);
			return { ...view, project: { ...view.project, account } };
		});
		const { project } = keyView('A', standings.usable);
		await setAccount({ project, snapshot: snapshotOf(views), words, acts: {} as unknown as used.EditProject['acts'] });
		const names = textsIn(editor.given).filter((text) => views.some((view) => view.project.account === text));
		assert.deepEqual(names, ['Ánh', 'Đội', 'eu', 'Zalo']);
	});
});

describe('what a person allows a project', () => {
	const project = {
		...keyView('A', standings.usable).project,
		...{ limits: { m: { rpm: 5 } }, dailyCap: { requests: 7 }, budget: { day: 5, month: 9, isDefault: true as const } },
	};

	/** What becomes of the project, as it stands by then, where that row is chosen and that is typed; undefined: the box is closed. */
	async function edited(
		command: 'setDailyCap' | 'setLimits' | 'setBudget',
		row: number,
		typed: string | undefined,
		now: Project = project,
	) {
		const editor = new EditorStandIn();
		const patches: unknown[] = [];
		Object.assign(editor.api.window, {
			showQuickPick: async (rows: Promise<readonly unknown[]>) => (await rows)[row],
			showInputBox: () => Promise.resolve(typed),
		});
		const updateProject = (_: unknown, change: ProjectChange): Promise<void> =>
			Promise.resolve(void patches.push(typeof change === 'function' ? change(now) : change));
		const acts = { updateProject } as unknown as used.EditProject['acts'];
		const commands = {
			...(editor.read('../views/commands/editProject') as typeof used),
			...(editor.read('../views/commands/editBudget') as typeof budgets),
		};
		const snapshot = snapshotOf([keyView('A', standings.usable)]);
		await commands[command]({ project, snapshot, words, acts, model: 'm' });
		return patches;
	}

	it('keeps what stands beside what is changed, and holds no more where nothing is typed', async () => {
		assert.deepEqual(await edited('setDailyCap', 1, '3'), [{ dailyCap: { requests: 7, tokens: 3 } }]);
		assert.deepEqual(await edited('setDailyCap', 0, ''), [{ dailyCap: undefined }]);
		assert.deepEqual(await edited('setLimits', 2, '0'), [{ limits: { m: { rpm: 5, rpd: 0 } } }]);
		assert.deepEqual(await edited('setLimits', 0, ''), [{ limits: undefined }]);
		assert.deepEqual(await edited('setBudget', 0, '2.5'), [{ budget: { day: 2.5, month: 9 } }]);
		assert.deepEqual(await edited('setBudget', 1, ''), [{ budget: { day: 5 } }]);
	});

	it('keeps what another window has changed while a box was open', async () => {
		const now = {
			...project,
			limits: { m: { tpm: 9 }, n: { rpd: 1 } },
			dailyCap: { requests: 2 },
			budget: { month: 4 },
		};
		assert.deepEqual(await edited('setDailyCap', 1, '3', now), [{ dailyCap: { requests: 2, tokens: 3 } }]);
		assert.deepEqual(await edited('setLimits', 2, '0', now), [{ limits: { m: { tpm: 9, rpd: 0 }, n: { rpd: 1 } } }]);
		assert.deepEqual(await edited('setBudget', 0, '2.5', now), [{ budget: { day: 2.5, month: 4 } }]);
	});

	it('stays as it is where a list or a box is closed', async () => {
		for (const command of ['setDailyCap', 'setLimits', 'setBudget'] as const) {
			assert.deepEqual([await edited(command, 0, undefined), await edited(command, 9, '1')], [[], []]);
		}
	});
});

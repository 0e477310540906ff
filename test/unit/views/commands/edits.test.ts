import assert from 'node:assert/strict';
import type * as used from '../../../../src/views/commands/editProject';
import { withLimit } from '../../../../src/views/commands/withLimit';
import { EditorStandIn } from '../../../support/ui/editor';
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
	it('says of a text that is no number what it takes, in a number that can be read', async () => {
		const editor = new EditorStandIn();
		let refusal: string | undefined;
		Object.assign(editor.api.window, {
			showQuickPick: async (rows: Promise<readonly unknown[]>) => (await rows)[0],
			showInputBox: ({ validateInput }: { readonly validateInput: (text: string) => string | undefined }) => {
				refusal = validateInput('many');
				return Promise.resolve(undefined);
			},
		});
		const { setDailyCap } = editor.read('../views/commands/editProject') as typeof used;
		const view = keyView('A', standings.usable);
		const acts = {} as unknown as used.EditProject['acts'];
		await setDailyCap({ project: view.project, snapshot: snapshotOf([view]), words, acts });
		assert.equal(refusal, 'A whole number from 0 to 1,000,000,000,000.');
	});
});

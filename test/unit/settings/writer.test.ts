import assert from 'node:assert/strict';
import type * as used from '../../../src/keys/keyring/keyringErrors';
import { settingWriter, SettingNotWritten } from '../../../src/settings/writer';
import { EditorStandIn, textsIn } from '../../support/ui/editor';

type Workspace = Parameters<typeof settingWriter>[0];

const refusal =
	'Unable to write into user settings. Please open the user settings to correct errors in it and try again.';

function workspaceOf(workspaceValue: unknown, update: (...args: unknown[]) => Promise<void>): Workspace {
	return { getConfiguration: () => ({ inspect: () => ({ workspaceValue }), update }) } as unknown as Workspace;
}

describe('a setting that is written', () => {
	it('goes to the workspace where it is set there, else to the user', async () => {
		for (const [workspaceValue, forUser] of [
			[undefined, true],
			['gemini-x', false],
		] as const) {
			const written: unknown[][] = [];
			const set = settingWriter(workspaceOf(workspaceValue, (...args) => Promise.resolve(void written.push(args))));
			await set('model', 'gemini-y');
			assert.deepEqual(written, [['model', 'gemini-y', forUser]]);
		}
	});

	it('is said not to be, with the reason of VS Code: a file that has errors, or is not saved', async () => {
		const set = settingWriter(workspaceOf(undefined, () => Promise.reject(new Error(refusal))));
		const error: unknown = await set('model', 'gemini-y').catch((thrown: unknown) => thrown);
		assert.ok(error instanceof SettingNotWritten);
		const editor = new EditorStandIn();
		const { showFailure } = editor.read('../keys/keyring/keyringErrors') as typeof used;
		const reported: unknown[] = [];
		showFailure(error, (one) => reported.push(one));
		assert.deepEqual(reported, [error]);
		assert.ok(textsIn(editor.given).includes(`The setting keypool.model was not changed: ${refusal}`));
	});
});

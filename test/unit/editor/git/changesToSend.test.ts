import assert from 'node:assert/strict';
import type { Repository } from '../../../../src/editor/git/git';
import type * as used from '../../../../src/editor/git/changesToSend';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';
import { leaveEachProgress } from '../../../support/ui/leftProgress';

/** A change of each file, as Git writes it. */
const diffOf = (...files: readonly string[]): string =>
	files.map((file) => `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-a\n+b\n`).join('');

describe('the changes that are sent', () => {
	/** What a repository in a merge tells: `staged` names each file in conflict on a line of its own. */
	async function sent(staged: string, changed: string) {
		const editor = new EditorStandIn();
		const { changesToSend } = editor.read('../editor/git/changesToSend') as typeof used;
		const diff = (isStaged = false) => Promise.resolve(isStaged ? staged : changed);
		const changes = await changesToSend({ diff } as unknown as Repository);
		return { names: changes?.map(({ path }) => path), told: textsIn(editor.given).join('\n') };
	}
	const conflict = 'diff --cc f\nindex 189acaa,1ed2302..0000000\n--- a/f\n+++ b/f\n@@@ -1,1 -1,1 +1,1 @@@\n++B\n';

	it('are what has changed where nothing is staged but conflicts of a merge, which Git names there', async () => {
		assert.deepEqual(await sent('* Unmerged path f\n', conflict), { names: ['f'], told: '' });
		assert.deepEqual((await sent(`* Unmerged path f\n${diffOf('g')}`, conflict)).names, ['g']);
	});

	it('are none where Git names conflicts alone, which is no form of a program of the person’s own', async () => {
		const { names, told } = await sent('* Unmerged path f\n', '* Unmerged path f\n');
		assert.deepEqual(
			[names, told],
			[undefined, 'There are no changes to describe. New files count once they are staged.'],
		);
		const others = await sent('f changed\n', '');
		assert.match(others.told, /^Git shows changes in another form than its own/);
	});
});

describe('the question about changes that may contain secrets', () => {
	it('says how many files it does not name: all of them would be sent', async () => {
		const editor = new EditorStandIn();
		const { changesToSend } = editor.read('../editor/git/changesToSend') as typeof used;
		const files = Array.from({ length: 12 }, (_, n) => `service${n}/.env`);
		const repository: Pick<Repository, 'diff'> = { diff: () => Promise.resolve(diffOf(...files)) };
		await changesToSend(repository as Repository);
		const asked = editor.given.find((given) => typeof given === 'string' && given.includes('may contain secrets'));
		assert.match(String(asked), /service9\/\.env and 2 more\. Send them to Google\?$/);
	});
});

describe('changes that Git takes its time to tell', () => {
	const before = Object.getOwnPropertyDescriptor(AbortSignal, 'timeout') ?? {};
	afterEach(() => void Object.defineProperty(AbortSignal, 'timeout', before));

	it('are said to be waited for, and can be left: nothing was shown of a click, and another one did nothing', async () => {
		AbortSignal.timeout = (ms) => (ms <= 2_000 ? AbortSignal.abort() : assert.fail('nothing is shown for as long'));
		const editor = new EditorStandIn();
		const titles = leaveEachProgress(editor);
		const { changesToSend } = editor.read('../editor/git/changesToSend') as typeof used;
		const repository: Pick<Repository, 'diff'> = { diff: () => new Promise(() => undefined) };
		assert.equal(await changesToSend(repository as Repository), undefined);
		assert.deepEqual([titles, editor.given], [['Waiting for Git…'], []]);
	});
});

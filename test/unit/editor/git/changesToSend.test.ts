import assert from 'node:assert/strict';
import type { Repository } from '../../../../src/editor/git/git';
import type * as used from '../../../../src/editor/git/changesToSend';
import { EditorStandIn } from '../../../support/ui/editor';

/** A change of each file, as Git writes it. */
const diffOf = (...files: readonly string[]): string =>
	files.map((file) => `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-a\n+b\n`).join('');

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

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { diskFiles } from '../../../src/node/diskFiles';
import { FileRefused } from '../../../src/workspaceFiles/disk';
import type * as refusals from '../../../src/workspaceFiles/words';
import { EditorStandIn } from '../../support/ui/editor';

it('a file whose folder was deleted is not told as a link alone', async () => {
	const root = mkdtempSync(path.join(tmpdir(), 'keypool-gone-'));
	const { describeRefusal } = new EditorStandIn().read('../workspaceFiles/words') as typeof refusals;
	try {
		const reading = diskFiles(() => 'id').read(path.join(root, 'gone', 'batch.txt'), [root], 9);
		const refused: unknown = await reading.catch((error: unknown) => error);
		assert.ok(refused instanceof FileRefused);
		assert.match(describeRefusal(refused), /^batch\.txt is, or is behind, a link .*, or its folder is gone\./);
	} finally {
		rmSync(root, { recursive: true });
	}
});

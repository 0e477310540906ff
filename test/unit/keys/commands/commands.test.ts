import assert from 'node:assert/strict';
import type * as used from '../../../../src/keys/commands/commands';
import { add, open } from '../../../support/keys/opened';
import { MemoryStore } from '../../../support/keys/memoryStore';
import { EditorStandIn } from '../../../support/ui/editor';

describe('a command on a key', () => {
	for (const name of ['keypool.checkKey', 'keypool.replaceKey', 'keypool.removeKey'] as const) {
		it(`says so where the key is gone that it is called for: ${name}`, async () => {
			const editor = new EditorStandIn();
			const { keyring } = await open(new MemoryStore());
			const [gone, other] = await add(keyring, 'sim-a', 'sim-b');
			assert.ok(gone && other);
			await keyring.remove(gone.id);
			const { keyCommands } = editor.read('../keys/commands/commands') as typeof used;
			const options = { keyring, load: () => Promise.resolve(true), isSimulated: () => false, report: () => undefined };
			await keyCommands(options as unknown as Parameters<typeof keyCommands>[0])[name](gone.id);
			assert.deepEqual(editor.given.slice(0, 1), ['That key is no longer there.']);
			assert.deepEqual(
				keyring.list().keys.map(({ id }) => id),
				[other.id],
			);
		});
	}
});

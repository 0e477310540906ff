import assert from 'node:assert/strict';
import { MemoryStore } from '../../../support/keys/memoryStore';
import { open } from '../../../support/keys/opened';
import { jsonOf010, seenBy010 } from '../../../support/version010';

describe('keys that version 0.1.0 stored', () => {
	it('are all there, with secrets, labels, order, roles, weights, projects, limits and caps', async () => {
		const store = new MemoryStore();
		const entries = Object.entries(jsonOf010('secrets.json') as Record<string, string>);
		for (const [name, value] of entries) store.entries.set(name, value);
		const { keyring, reports } = await open(store);
		const { keys, projects } = keyring.list();
		const seen = seenBy010();
		assert.deepEqual([keys, projects], [seen.keyring.keys, seen.keyring.projects]);
		for (const { id } of keys) assert.equal(await keyring.secretOf(id), seen.secrets[id]);
		assert.equal(keys.length, Object.keys(seen.secrets).length);
		assert.deepEqual(reports, []);
		assert.deepEqual([...store.entries].sort(), entries, 'and nothing was put right');
		keyring.dispose();
	});
});

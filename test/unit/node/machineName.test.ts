import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { machineName } from '../../../src/node/machineName';

describe('the name of a machine in a team', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'keypool-machine-'));
	after(() => rmSync(folder, { recursive: true, force: true }));

	it('stays, and is that of all processes over a folder', async () => {
		const names = await Promise.all([1, 2].map(() => machineName(path.join(folder, 'data'))));
		const name = await machineName(path.join(folder, 'data'));
		assert.match(name, /^[\w-]{36}$/);
		assert.ok(names.includes(name));
	});

	it('is made anew at each start where it cannot be kept, as in a container whose disk can only be read', async () => {
		writeFileSync(path.join(folder, 'file'), '');
		const name = (): Promise<string> => machineName(path.join(folder, 'file', 'data'));
		assert.match(await name(), /^[\w-]{36}$/);
		assert.notEqual(await name(), await name());
	});
});

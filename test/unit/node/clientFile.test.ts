import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ClientFile } from '../../../src/node/clientFile';

describe('the file of a gateway’s clients', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'keypool-clients-'));
	after(() => rmSync(folder, { recursive: true, force: true }));

	it('tells of what another process has changed, although somebody has read it meanwhile', async () => {
		const file = path.join(folder, 'clients.json');
		const looks: (() => void)[] = [];
		const clock = { after: (_: number, look: () => void) => (looks.push(look), () => undefined) };
		const [server, command] = [new ClientFile(file, clock), new ClientFile(file, clock)];
		await command.update(() => 'one');
		assert.equal(await server.read(), 'one');
		server.follow();
		await command.update(() => 'two');
		assert.equal(await server.read(), 'two');
		const told = new EventTarget();
		server.onDidChange(() => told.dispatchEvent(new Event('change')));
		const change = once(told, 'change');
		looks.pop()?.();
		await change;
		server.dispose();
		command.dispose();
	});
});

import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scenarioOf } from '../../../src/simulator/scenario';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { until } from '../../support/window/until';
import { useWorkbench } from '../../support/window/workbench';

describe('what Keypool keeps on a machine of several people', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	let umask: number;
	// The server, and so its extension host, takes it from us.
	before(() => {
		umask = process.umask(0o022);
	});
	after(() => void process.umask(umask));
	const workbench = useWorkbench(() =>
		Promise.resolve({ env: simulator().envWithKeys, files: { 'prompts.txt': 'Who is there? [short]\n' } }),
	);
	const root = () => path.join(workbench().server.data, 'data/User/globalStorage/keypool.keypool-gemini');
	const all = () => ['.', ...readdirSync(root(), { recursive: true, encoding: 'utf8' })];
	/** What is there with more rights than its owner needs. */
	const open = (): readonly string[] =>
		all().filter((name) => {
			const stats = lstatSync(path.join(root(), name), { throwIfNoEntry: false });
			return stats && (stats.mode & 0o777) !== (stats.isDirectory() ? 0o700 : 0o600);
		});

	it('is for its owner alone: conversations, the record of quotas and that of batches, and what was there before', async () => {
		// As an earlier version left it.
		mkdirSync(path.join(root(), 'conversations/elsewhere/one'), { recursive: true });
		writeFileSync(path.join(root(), 'conversations/elsewhere/one/turn.json'), '{}');
		writeFileSync(path.join(root(), 'ledger-1.sqlite'), '');
		assert.equal(open().length, all().length);

		const window = await workbench().open();
		await until('what was there before', () => open().length === 0);
		const chat = new Chat(window);
		await window.openContainer();
		await chat.ask('Is this kept? [short]');
		await chat.finished('Is this kept? [short]');
		await window.openFile('prompts.txt');
		await window.palette('Keypool: Run Batch File…');
		await window.dialogButton('Ask 1').click();
		await window.notice('prompts.txt: 1 answered, 0 failed.');
		const kept = (pattern: RegExp) => all().some((name) => pattern.test(name));
		await until('the conversation', () => kept(/^conversations\/[\da-f]{32}\/[^/]+\/about\.json$/));
		await until('the record of the batch', () => kept(/^batch\/[\da-f]{32}\.json$/));
		assert.ok(kept(/^ledger-\d+\.sqlite-wal$/));
		assert.deepEqual(open(), []);
	});
});

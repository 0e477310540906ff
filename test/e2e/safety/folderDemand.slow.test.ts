import { writeFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Chat } from '../../support/window/chat';
import { sendsOf } from '../../../scripts/start/agreement';
import { scenarioOf } from '../../../src/simulator/scenario';
import { useSimulator } from '../../support/window/simulated';
import { appears, until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';
import assert from 'node:assert/strict';

const demand = JSON.stringify({ 'keypool.paidOnly': true });

describe('one folder of several that demands paid keys', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() =>
		Promise.resolve({
			env: simulator().envWithKeys,
			workspace: 'both.code-workspace',
			files: {
				'both.code-workspace': JSON.stringify({ folders: [{ path: 'open' }, { path: 'secret' }] }),
				'open/readme.md': 'Anybody may read this.',
				'secret/plan.md': 'Nobody may read this.',
			},
		}),
	);
	let window: Window;
	let chat: Chat;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
		await window.openContainer();
	});
	const status = (text: string) => window.statusBarItem('keypool.status').filter({ hasText: text }).waitFor();

	it('is heard at once by the whole window, and heard no more once it is taken back', async () => {
		await status('2/2');
		const settings = path.join(workbench().folder, 'secret/.vscode/settings.json');
		mkdirSync(path.dirname(settings));
		await until('the demand to be heard', async () => {
			// Again where VS Code does not watch the folder yet.
			writeFileSync(settings, demand);
			return appears(window.statusBarItem('keypool.status').filter({ hasText: '0/0' }));
		});
		await chat.ask('May I be read by people?');
		await chat.answerTo('May I be read by people?').getByText('Only keys of paid projects may be used here').waitFor();
		assert.deepEqual(sendsOf(simulator().service.log), []);
		writeFileSync(settings, '{}');
		await status('2/2');
		assert.deepEqual(window.errors, []);
	});
});

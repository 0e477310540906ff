import assert from 'node:assert/strict';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { scenarioOf } from '../../../src/simulator/scenario';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { eventually } from '../../support/window/until';
import { useWorkbench } from '../../support/window/workbench';

describe('a window that goes in the middle of an answer', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys }));
	const stored = (kind: string): readonly string[] => {
		const folder = path.join(workbench().server.data, 'data/User/globalStorage/keypool.keypool-gemini');
		const db = new DatabaseSync(path.join(folder, 'ledger-1.sqlite'), { readOnly: true });
		const found = db.prepare('SELECT body FROM doc WHERE kind = ? AND body IS NOT NULL').all(kind);
		db.close();
		return found.map(({ body }) => String(body));
	};

	it('tells the store what its request has come to: nobody holds it to what the answer could have cost', async () => {
		const window = await workbench().open();
		await window.openContainer();
		await window.statusBarItem('keypool.status').filter({ hasText: '2/2' }).waitFor();
		const question = 'How long is a river?';
		const chat = new Chat(window);
		const hold = simulator().service.hold();
		try {
			await chat.ask(question);
			await chat.answerTo(question).locator('> .markdown').filter({ hasText: /\w/ }).waitFor();
			const isUnderWay = (): boolean => stored('bucket').some((body) => !body.includes('"leases":[]'));
			assert.ok(isUnderWay());
			await window.reload();
			await eventually(() => {
				assert.ok(!isUnderWay(), 'its lease has ended');
				assert.match(stored('requestRecord').join('\n'), /"outcome":"cancelled"/);
			});
		} finally {
			hold.release();
		}
	});
});

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { scenarioOf } from '../../../src/simulator/scenario';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { eventually, until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

/** What the store knows of keys and their use. */
const kinds = ['bucket', 'key', 'model', 'usage', 'requestRecord', 'cooldown'];

describe('Remove Everything', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().env }));
	let first: Window;
	let second: Window;
	const folder = () => path.join(workbench().server.data, 'data/User/globalStorage/keypool.keypool-gemini');
	const rows = (): readonly string[] => {
		const db = new DatabaseSync(path.join(folder(), 'ledger-1.sqlite'), { readOnly: true });
		const found = db.prepare('SELECT kind, id FROM doc WHERE body IS NOT NULL').all();
		db.close();
		return found
			.map(({ kind, id }) => `${String(kind)} ${String(id)}`)
			.filter((row) => kinds.includes(row.split(' ')[0] ?? ''));
	};
	const files = (): readonly string[] =>
		readdirSync(folder(), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
	/** What VS Code keeps of ours in the browser: mementos, in plain text. */
	const kept = (window: Window): Promise<string> =>
		window.page.evaluate(`(async () => {
			const found = [];
			for (const { name } of await indexedDB.databases()) {
				const db = await new Promise((done, no) => Object.assign(indexedDB.open(name), { onsuccess: (e) => done(e.target.result), onerror: no }));
				for (const store of db.objectStoreNames) {
					const all = db.transaction(store).objectStore(store);
					const read = (request) => new Promise((done, no) => Object.assign(request, { onsuccess: () => done(request.result), onerror: no }));
					const [keys, values] = await Promise.all([read(all.getAllKeys()), read(all.getAll())]);
					keys.forEach((key, n) => String(key).includes('keypool.keypool-gemini') && found.push(key + '=' + JSON.stringify(values[n])));
				}
				db.close();
			}
			return found.join('\\n');
		})()`);
	const status = (window: Window, text: string) =>
		window.statusBarItem('keypool.status').filter({ hasText: text }).waitFor();

	const nothingIsLeft = async (): Promise<void> => {
		await until('the end of what was kept', async () => !/keypool\.chat\.open|alerts\.told/.test(await kept(first)));
		await eventually(() => assert.deepEqual([rows(), files()], [[], []]));
	};

	before(async () => {
		first = await workbench().open();
		await first.openContainer();
		await status(first, 'no keys');
		await first.paletteInput('Keypool: Add Keys…', 'sim-good-1');
		await status(first, '1/1');
		second = await workbench().open();
		await status(second, '1/1');
		await first.paletteOpens('Keypool: Set Up Alerts…', first.quickPick('Slack'));
		await first.quickPick('Slack').click();
		await first.answerInput('https://hooks.invalid/alerts');
		await first.notice('Stored.');
		await first.paletteOpens('Keypool: Set Up Alerts…', first.quickPick('Slack').filter({ hasText: /set$/ }));
		await first.press('Escape');
		await until('the test alert in the palette', () => first.offers('Keypool: Send a Test Alert'));
		await new Chat(first).ask('What does the first window know? [short]');
		await new Chat(first).finished('What does the first window know? [short]');
		await new Chat(second).ask('What does the second window know? [long]');
		await new Chat(second).answerTo('What does the second window know? [long]').locator('.markdown').first().waitFor();
	});

	it('leaves no key, secret of alerts, memory, record or conversation, though another window was being answered', async () => {
		await eventually(() => assert.ok(rows().length > 0 && files().length > 0));
		await until('what is kept in the browser', async () => {
			const text = await kept(first);
			return text.includes('keypool.chat.open') && text.includes('alerts.told');
		});
		await new Chat(first).input.fill('What nobody was asked');
		await first.palette('Keypool: Remove Everything…');
		await first.dialogButton('Remove Everything').click();
		await first.notice('Everything was removed.');
		await eventually(async () => assert.equal(await new Chat(first).input.inputValue(), ''));
		await status(first, 'no keys');
		for (const window of [first, second]) await new Chat(window).questions.first().waitFor({ state: 'detached' });
		await first.screenshot('removed-everything');
		await nothingIsLeft();
		// The palette offers it while an alert has a receiver.
		await until('a palette without the test alert', async () => !(await first.offers('Keypool: Send a Test Alert')));
	});

	it('stays so after a reload of both', async () => {
		for (const window of [first, second]) {
			await window.reload();
			await status(window, 'no keys');
			await window.openContainer();
			assert.equal(await new Chat(window).questions.count(), 0);
		}
		await nothingIsLeft();
		assert.deepEqual([...first.errors, ...second.errors], []);
	});
});

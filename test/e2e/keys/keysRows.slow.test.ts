import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import texts from '../../../l10n/bundle.l10n.vi.json';
import english from '../../../package.nls.json';
import vietnamese from '../../../package.nls.vi.json';
import { scenarioOf } from '../../../src/simulator/scenario';
import { nextPacificMidnight } from '../../../src/simulator/time/pacificDay';
import { Chat } from '../../support/window/chat';
import { widenSideBar } from '../../support/window/drag';
import { useSimulator } from '../../support/window/simulated';
import { opens } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const themes = [
	['light', 'Light Modern', 'vs'],
	['dark', 'Dark Modern', 'vs-dark'],
	['hc-dark', 'Dark High Contrast', 'hc-black'],
	['hc-light', 'Light High Contrast', 'hc-light'],
] as const;

for (const language of ['en', 'vi'] as const) {
	const say = (text: keyof typeof texts, ...values: readonly string[]): string =>
		values.reduce((said, value, n) => said.replace(`{${n}}`, value), language === 'vi' ? texts[text] : text);
	const title = (name: keyof typeof english): string => (language === 'vi' ? vietnamese : english)[name];

	describe(`a row of the keys, ${language}`, () => {
		const simulator = useSimulator(scenarioOf('five-keys'));
		const workbench = useWorkbench(() =>
			Promise.resolve({
				env: simulator().envWithKeys,
				settings: {
					'workbench.colorTheme': 'Default Light Modern',
					'keypool.strategy': 'primaryBackup',
					'keypool.limits': { 'sim-good-1': { 'gemini-3.8-flash': { rpd: 20 } } },
				},
				...(language === 'vi' && { language }),
			}),
		);
		let window: Window;
		const row = (label: string): Locator => window.treeRows(title('view.keys')).filter({ hasText: label }).first();
		const hoverText = async (over: Locator, holds: string): Promise<string> => {
			const hover = window.page.locator('.workbench-hover:visible', { hasText: holds }).first();
			await window.hover(over, hover);
			return hover.innerText();
		};
		before(async () => {
			window = await workbench().open();
			await window.openContainer();
			const chat = new Chat(window);
			await chat.ask('Who is there? [short]');
			await chat.finished('Who is there? [short]');
		});

		it('says what counts: how much of the day is used, and until when and why a key rests', async () => {
			await row('sim-good-1')
				.filter({ hasText: `${say('usable')} · ${say('{0} of {1} today', '1', '20')}` })
				.waitFor();
			await row('sim-minute')
				.filter({ hasText: say('minute quota') })
				.waitFor();
			const midnight = new Date(nextPacificMidnight(Date.now())).toTimeString().slice(0, 5);
			await row('sim-day')
				.filter({ hasText: `${midnight} · ${say('day quota')}` })
				.waitFor();
			for (const label of ['sim-good-1', 'sim-minute', 'sim-day'])
				assert.doesNotMatch(await row(label).innerText(), /…/, 'the mask is on the hover');
		});

		it('has its quota on top of the hover, each thing once, and its mask there', async () => {
			const text = await hoverText(row('sim-good-1'), '█');
			const parts = ['sim-good-1', '…', 'gemini-3.8-flash', '█', say('usable'), '100'];
			const at = parts.map((part) => text.indexOf(part));
			assert.ok(!at.includes(-1), text);
			assert.deepEqual(
				at,
				at.toSorted((a, b) => a - b),
				text,
			);
			for (const once of ['gemini-3.8-flash', '█', say('usable')]) assert.equal(text.split(once).length, 2, text);
			await window.screenshot(`row-hover-${language}`);
		});

		it('tells what was sent from what others have probably used', async () => {
			// The service refused at once, as if its whole day had been used: nobody here has done that.
			const others = say('Others have probably used {0} requests.', '\u0000').split('\u0000')[0] ?? '';
			const text = await hoverText(
				window.statusBarItem('keypool.status'),
				say('{0} in total.', say('1 request today')),
			);
			assert.ok(text.includes(others), text);
			await window.screenshot(`status-hover-${language}`);
			await hoverText(row('sim-day'), say('Keypool sent {0}, others have probably used {1}', '0', '20'));
		});

		it('is read in every theme, narrow and wide', async () => {
			const narrow = (await window.page.locator('.part.sidebar').boundingBox())?.width ?? 0;
			for (const [name, theme, shell] of themes) {
				await window.wear(theme, shell);
				await hoverText(row('sim-day'), '█');
				await window.screenshot(`rows-${language}-${name}`);
			}
			await window.noHover();
			await widenSideBar(window, 600 - narrow);
			await hoverText(row('sim-good-1'), '█');
			await window.screenshot(`rows-${language}-wide`);
			assert.deepEqual(window.errors, []);
		});
	});
}

describe('a daily cap', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().env }));

	it('counts what was used before it was set, and its notice leads to it', async () => {
		const window = await workbench().open();
		await window.openContainer();
		await window.paletteInput('Keypool: Add Keys…', 'sim-good-1');
		await window.statusBarItem('keypool.status').filter({ hasText: '1/1' }).waitFor();
		const chat = new Chat(window);
		for (const question of ['One? [short]', 'Two? [short]', 'Three? [short]']) {
			await chat.ask(question);
			await chat.finished(question);
		}
		const key = window.treeRows('Keys').first();
		await key.filter({ hasText: '3 today' }).waitFor();
		const requests = window.quickPick('Requests a day');
		await opens(requests, () => window.contextMenuOf(key, 'Project and Account', 'Set Daily Cap'));
		await requests.click();
		await window.answerInput('2');
		await key.filter({ hasText: 'your cap' }).waitFor();
		await window.notice('No key can answer right now. The daily cap of Key 1 is reached.');
		await window.screenshot('cap-notice');
		await window.pressOnNotification('The daily cap of Key 1 is reached.', 'Change the Daily Cap');
		await window.quickInputTitle('Daily cap of').waitFor();
		await window.quickPick('Requests a day').filter({ hasText: '2' }).click();
		await window.answerInput('9');
		await key.filter({ hasText: 'usable · 3 of 9 today' }).waitFor();
		assert.deepEqual(window.errors, []);
	});
});

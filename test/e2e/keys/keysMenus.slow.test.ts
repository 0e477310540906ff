import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { eventually, opens } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const rowOf = (window: Window, label: string) => window.treeRows('Keys').filter({ hasText: label }).first();
const labelsIn = async (window: Window): Promise<readonly string[]> =>
	(await window.treeRows('Keys').locator('.label-name').allInnerTexts()).map((text) => text.trim());

/** What the open menu offers, from top to bottom. */
async function menuOf(window: Window, label: string): Promise<readonly string[]> {
	await window.openMenu(() => rowOf(window, label).click({ button: 'right' }));
	const texts = await window.page.locator('.monaco-menu .action-label:not(.separator)').allInnerTexts();
	return texts.map((text) => text.trim()).filter((text) => text !== '');
}

/** The commands of ours that the palette offers. */
async function palette(window: Window): Promise<readonly string[]> {
	await window.openQuickInput('F1', '>Keypool: ');
	const rows = window.page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
	await window.quickPick('Keypool: ').first().waitFor();
	const seen = new Set<string>();
	// The list draws what is on screen.
	for (let before = -1; before !== seen.size;) {
		before = seen.size;
		for (const text of await rows.locator('.label-name').allInnerTexts()) seen.add(text.trim());
		await window.press('PageDown');
		await window.page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
		for (const text of await rows.locator('.label-name').allInnerTexts()) seen.add(text.trim());
	}
	await window.press('Escape');
	return [...seen].filter((text) => text.startsWith('Keypool: ')).map((text) => text.slice('Keypool: '.length));
}

describe('the palette and the menus of the keys', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	const workbench = useWorkbench(() =>
		Promise.resolve({
			env: simulator().envWithKeys,
			files: { 'questions.csv': 'prompt\nOne?\n', 'questions.csv.results.csv': 'prompt,answer\nOne?,1\n' },
		}),
	);
	let window: Window;
	before(async () => {
		window = await workbench().open();
		await window.openContainer();
		await eventually(async () => assert.equal((await labelsIn(window)).length, 5));
	});

	it('stand beside the chat, whose view is called after us', async () => {
		await window.view('Keypool Chat').waitFor();
	});

	it('offer about twenty commands, and none that has nothing to do', async () => {
		const offered = await palette(window);
		await window.screenshot('palette');
		// The editor's own acts on our views begin with this word.
		const ours = offered.filter((name) => !name.startsWith('Focus on '));
		assert.ok(ours.length >= 18 && ours.length <= 22, ours.join('\n'));
		for (const name of ['Rename Key…', 'Remove Key', 'Set Daily Cap…', 'Enable', 'Disable', 'Why?', 'Resume'])
			assert.ok(!offered.includes(name), name);
		assert.ok(!offered.includes('Clear the Rest') && !offered.includes('Explain Selection'));
		assert.ok(offered.includes('Ask…') && offered.includes('Run Batch File…'));
	});

	it('offer Clear the Rest once a key rests, for the keys that do', async () => {
		const chat = new Chat(window);
		await chat.ask('Who rests? [short]');
		await chat.finished('Who rests? [short]');
		await rowOf(window, 'sim-minute').filter({ hasText: 'minute quota' }).waitFor();
		await rowOf(window, 'sim-day').filter({ hasText: 'day quota' }).waitFor();
		await window.paletteOpens('Keypool: Clear the Rest', window.quickPick('sim-minute'));
		assert.equal(await window.quickPick('sim-good-2').count(), 0);
		await window.screenshot('clear-the-rest');
		await window.quickPick('sim-minute').click();
		await rowOf(window, 'sim-minute').filter({ hasText: 'usable' }).waitFor();
	});

	it('group what belongs to project and account, and say Enable or Disable, never both', async () => {
		const offered = await menuOf(window, 'sim-good-2');
		await window.screenshot('key-menu');
		assert.ok(offered.includes('Disable') && !offered.includes('Enable'), offered.join('\n'));
		assert.ok(offered.includes('Project and Account') && !offered.includes('Set Daily Cap…'), offered.join('\n'));
		await window.chooseInMenu('Disable');
		await rowOf(window, 'sim-good-2').filter({ hasText: 'disabled' }).waitFor();
		const then = await menuOf(window, 'sim-good-2');
		assert.ok(then.includes('Enable') && !then.includes('Disable'), then.join('\n'));
		await window.chooseInMenu('Enable');
		await rowOf(window, 'sim-good-2').filter({ hasText: 'usable' }).waitFor();
	});

	it('are not needed to rename and to remove the key that the keyboard is on: F2 and Delete do', async () => {
		// A click selects; End moves the focus alone.
		await opens(window.quickInputTitle('Rename sim-good-2'), async () => {
			await rowOf(window, 'sim-minute').click();
			await window.press('End', 'F2');
		});
		await window.answerInput('renamed');
		await rowOf(window, 'renamed').waitFor();
		await opens(window.quickInputTitle('Rename sim-good-1'), async () => {
			await rowOf(window, 'sim-good-1').click();
			await window.press('F2');
		});
		await window.press('Escape');
		await window.quickInput.waitFor({ state: 'hidden' });
		await rowOf(window, 'sim-minute').click();
		await window.press('End', 'Delete');
		await rowOf(window, 'renamed').waitFor({ state: 'detached' });
		await window.pressOnNotification('renamed was removed', 'Undo');
		await rowOf(window, 'renamed').waitFor();
		assert.ok((await labelsIn(window)).includes('sim-minute'));
	});

	it('leave the keyboard on the row beside a key that was removed', async () => {
		const focused = (label: string) =>
			window.treeRows('Keys').and(window.page.locator('.focused')).filter({ hasText: label }).waitFor();
		const before = await labelsIn(window);
		const [first = '', second = ''] = before;
		const last = before.at(-1) ?? '';
		for (const [key, at, beside] of [
			[first, 'Home', second],
			[last, 'End', before.at(-2) ?? ''],
		] as const) {
			await rowOf(window, second).click();
			await window.press(at, 'Delete');
			await rowOf(window, key).waitFor({ state: 'detached' });
			await focused(beside);
			await window.pressOnNotification(`${key} was removed`, 'Undo');
			await rowOf(window, key).waitFor();
		}
	});

	it('offer a batch file in our submenu of the Explorer, and no results', async () => {
		const file = (name: string) =>
			window.page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`);
		await opens(file('questions.csv').first(), () => window.press('Control+Shift+E'));
		await window.openMenu(() => file('questions.csv').first().click({ button: 'right' }));
		const entry = (name: string) => window.page.locator('.monaco-menu .action-item', { hasText: name });
		await opens(entry('Run Batch File…').last(), async () => {
			// A pointer that already stands there tells the menu nothing.
			await entry('Keypool')
				.first()
				.hover({ position: { x: 8, y: 8 } });
			await entry('Keypool').first().hover();
			await window.press('ArrowRight');
		});
		await window.screenshot('explorer-menu');
		await window.press('Escape', 'Escape');
		await window.openMenu(() => file('questions.csv.results.csv').first().click({ button: 'right' }));
		await window.page.locator('.monaco-menu .action-item', { hasText: 'Copy' }).first().waitFor();
		assert.equal(await window.page.locator('.monaco-menu .action-item', { hasText: 'Keypool' }).count(), 0);
		await window.press('Escape');
		assert.deepEqual(window.errors, []);
	});
});

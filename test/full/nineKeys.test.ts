import assert from 'node:assert/strict';
import { Chat } from '../window/chat';
import { nineKeys } from '../window/nineKeys';
import { useSimulator } from '../window/simulated';
import { until } from '../window/until';
import type { Window } from '../window/window';
import { useWorkbench } from '../window/workbench';

const looks = [
	{
		name: 'light',
		resting: 'resting 0:',
		states: [
			'disabled',
			'until midnight Pacific',
			'blocked by Google',
			'stopped by billing',
			'not in this tier',
			'not a valid key',
			'usable',
			'usable, not checked yet',
		],
	},
	{
		name: 'high-contrast',
		highContrast: true,
		resting: 'resting 0:',
		states: ['disabled', 'until midnight Pacific', 'not a valid key', 'usable'],
	},
	{ name: 'vietnamese', language: 'vi', resting: 'nghỉ 0:', states: ['đã tắt', 'nửa đêm', 'dùng được'] },
] as const;

for (const look of looks) {
	describe(`nine keys in every state, ${look.name}`, () => {
		const simulator = useSimulator(nineKeys);
		const workbench = useWorkbench(() =>
			Promise.resolve({
				env: simulator().envWithKeys,
				...('language' in look && { language: look.language }),
			}),
		);
		let window: Window;
		const row = (label: string) => window.treeRows(keysView).filter({ hasText: label }).first();
		const keysView = look.name === 'vietnamese' ? 'Khóa' : 'Keys';

		it('are told apart by icon and words, and by what a screen reader says', async () => {
			window = await workbench().open();
			await window.openContainer();
			if ('highContrast' in look) await window.inHighContrast();
			const chat = new Chat(window);
			await row('sim-off').click({ button: 'right' });
			await window.chooseInMenu(look.name === 'vietnamese' ? 'Bật hoặc tắt khóa' : 'Enable or Disable Key');
			await chat.ask('Who is there? [short]');
			// First of all: it passes within a minute.
			await row('sim-minute').filter({ hasText: look.resting }).waitFor();
			await chat.finished('Who is there? [short]');
			// Nine rows need the whole side bar: rows below its end are not drawn.
			await window.page
				.locator('.pane-header', { hasText: look.name === 'vietnamese' ? 'Trò chuyện' : 'Chat' })
				.click();
			for (const state of look.states) await window.treeRows(keysView).filter({ hasText: state }).first().waitFor();
			const rows = await window.treeRows(keysView).all();
			const spoken = await Promise.all(rows.map(async (one) => (await one.getAttribute('aria-label')) ?? ''));
			assert.equal(spoken.length, 9);
			// Times of day, and no countdown: that would be read aloud each second.
			for (const text of spoken) assert.doesNotMatch(text.replace(/\d\d:\d\d/g, ''), /\d:\d\d/);
			const hover = window.page.locator('.workbench-hover').getByText('sim-minute').first();
			await until('the hover', async () => {
				// Rows move under the pointer as states change, and VS Code then takes a hover back.
				await window.page.mouse.move(800, 600);
				await row('sim-minute').hover();
				await window.page.mouse.move(150, 130, { steps: 3 });
				await row('sim-minute').hover();
				return hover.waitFor({ timeout: 4_000 }).then(
					() => true,
					() => false,
				);
			});
			await window.screenshot(`nine-keys-${look.name}`);
		});

		it('are told apart in a side bar of 200 pixels', async () => {
			const sideBar = window.page.locator('.part.sidebar');
			const width = async (): Promise<number> => (await sideBar.boundingBox())?.width ?? 0;
			await window.widenSideBar(200 - (await width()));
			await until('the narrow side bar', async () => Math.abs((await width()) - 200) < 6);
			await row('sim-minute').waitFor();
			await window.screenshot(`nine-keys-narrow-${look.name}`);
			assert.deepEqual(window.errors, []);
		});
	});
}

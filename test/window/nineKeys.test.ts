import assert from 'node:assert/strict';
import { Chat } from './chat';
import { nineKeys } from './nineKeys';
import { useSimulator } from './simulated';
import type { Window } from './window';
import { useWorkbench } from './workbench';

const looks = [
	{
		name: 'light',
		states: [
			'disabled',
			'resting 0:',
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
		settings: { 'workbench.colorTheme': 'Default High Contrast' },
		states: ['disabled', 'resting 0:'],
	},
	{ name: 'vietnamese', language: 'vi', states: ['đã tắt', 'nghỉ 0:', 'nửa đêm', 'dùng được'] },
] as const;

for (const look of looks) {
	describe(`nine keys in every state, ${look.name}`, () => {
		const simulator = useSimulator(nineKeys);
		const workbench = useWorkbench(() =>
			Promise.resolve({
				env: simulator().envWithKeys,
				...('settings' in look && { settings: look.settings }),
				...('language' in look && { language: look.language }),
			}),
		);
		let window: Window;
		const row = (label: string) => window.treeRows(keysView).filter({ hasText: label }).first();
		const keysView = look.name === 'vietnamese' ? 'Khóa' : 'Keys';

		it('are told apart by icon and words, and by what a screen reader says', async () => {
			window = await workbench().open();
			await window.openContainer();
			const chat = new Chat(window);
			await row('sim-off').click({ button: 'right' });
			await window.chooseInMenu(look.name === 'vietnamese' ? 'Bật hoặc tắt khóa' : 'Enable or Disable Key');
			await chat.ask('Who is there? [short]');
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
			await row('sim-minute').hover();
			await window.page.locator('.workbench-hover').getByText('sim-minute').first().waitFor();
			await window.screenshot(`nine-keys-${look.name}`);
		});

		it('are told apart in a narrow window', async () => {
			await window.page.setViewportSize({ width: 480, height: 700 });
			await row('sim-minute').waitFor();
			await window.screenshot(`nine-keys-narrow-${look.name}`);
			assert.deepEqual(window.errors, []);
		});
	});
}

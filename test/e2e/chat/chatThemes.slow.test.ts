import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { scenarioOf } from '../../../src/simulator/scenario';
import { sampleFiles } from '../../../scripts/start/sample';
import { violations } from '../../support/window/axe';
import { Chat } from '../../support/window/chat';
import { widenSideBar } from '../../support/window/drag';
import { useSimulator } from '../../support/window/simulated';
import { eventually } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

/** The editor's own themes by their name in its list, the class of its workbench, and that of a webview in it. */
const themes = [
	{ name: 'Dark Modern', workbench: 'vs-dark', webview: 'vscode-dark' },
	{ name: 'Light Modern', workbench: 'vs', webview: 'vscode-light' },
	{
		name: 'Dark High Contrast',
		workbench: 'hc-black',
		webview: 'vscode-high-contrast',
	},
	{
		name: 'Light High Contrast',
		workbench: 'hc-light',
		webview: 'vscode-high-contrast-light',
	},
] as const;

describe('the chat in the themes of the window', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	const workbench = useWorkbench(() => Promise.resolve({ env: simulator().envWithKeys, files: sampleFiles }));
	let window: Window;
	let chat: Chat;
	before(async () => {
		window = await workbench().open();
		chat = new Chat(window);
		await window.page.setViewportSize({ width: 1_300, height: 1_000 });
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 4);
		await chat.ask('How do I greet somebody?');
		await chat.finished('How do I greet somebody?');
		const view = window.webview();
		await view.locator('[data-field="fallbacks"]').click();
		await view.getByRole('button', { name: 'Attach the code in the editor' }).click();
		await view.locator('[data-role="draft"] .chip').waitFor();
		await view.locator('[data-action="drawer"]').click();
		await chat.input.fill('A draft that is long enough to need more than one line in a narrow view');
		// The chat gets the height of the keys as well.
		await window.page.locator('.pane-header[aria-label^="Keys"]').click({ position: { x: 12, y: 10 } });
	});

	const inTheme = async ({ name, workbench: shell, webview }: (typeof themes)[number]): Promise<void> => {
		await window.wear(name, shell);
		await window.webview().locator(`body.${webview}`).waitFor();
	};
	const width = async (): Promise<number> =>
		(await window.page.locator('iframe.webview.ready[src*="purpose=webviewView"]').boundingBox())?.width ?? 0;
	/** The view as wide as that, within what an edge can be dragged. */
	const widen = async (to: number): Promise<void> => {
		await widenSideBar(window, to - (await width()));
		await eventually(async () => assert.ok(Math.abs((await width()) - to) < 12, `${await width()} px for ${to}`));
	};
	/** The document of the view. */
	const frame = async (): Promise<Frame> => {
		const handle = await window.webview().locator('body').elementHandle();
		return (await handle.ownerFrame()) ?? assert.fail('the frame of the view');
	};

	for (const theme of themes) {
		it(`is readable and fits 200, 400 and 900 px in ${theme.name}`, async () => {
			await inTheme(theme);
			// The arrows of its numbers would be white on a dark page.
			const scheme = await (
				await frame()
			).evaluate(`getComputedStyle(document.querySelector('[type="number"]')).colorScheme`);
			assert.equal(scheme, /light/.test(theme.webview) ? 'light' : 'dark');
			for (const px of [200, 400, 900]) {
				await widen(px);
				const overflows = await (await frame()).evaluate('document.documentElement.scrollWidth > innerWidth');
				assert.equal(overflows, false, `${px} px`);
				await window.screenshot(`window-chat-${theme.webview}-${px}`);
			}
			assert.deepEqual(await violations(await frame()), []);
		});
	}
});

import assert from 'node:assert/strict';
import { scenarioOf } from '../../src/simulator/scenario';
import { Chat } from '../window/chat';
import { useSimulator } from '../window/simulated';
import { until } from '../window/until';
import type { Window } from '../window/window';
import { useWorkbench } from '../window/workbench';

/** VS Code's own themes, and the class that it gives a webview's body in each. */
const themes = {
	dark: ['Dark Modern', 'vscode-dark'],
	light: ['Light Modern', 'vscode-light'],
	contrast: ['Default High Contrast', 'vscode-high-contrast'],
	contrastLight: ['Default High Contrast Light', 'vscode-high-contrast-light'],
} as const;

/** Drags the edge of the side bar until the chat has about this width. */
async function widen(window: Window, width: number): Promise<void> {
	const shown = async () => (await window.view('Chat').boundingBox()) ?? assert.fail('there is no chat');
	const { x, width: before } = await shown();
	const sashes = await window.page.locator('.monaco-sash.vertical:not(.disabled)').all();
	const edges = (await Promise.all(sashes.map((sash) => sash.boundingBox()))).map(
		(box) => box && box.x + box.width / 2,
	);
	const edge = edges.find((at) => at !== null && Math.abs(at - x - before) < 20) ?? assert.fail('no edge to drag');
	await window.page.mouse.move(edge, 300);
	await window.page.mouse.down();
	await window.page.mouse.move(edge + width - before, 300, { steps: 5 });
	await window.page.mouse.up();
	// The edge is highlighted under the pointer.
	await window.page.mouse.move(640, 780);
	await until(`a width of ${width}`, async () => Math.abs((await shown()).width - width) < 12);
}

for (const [name, [theme, marked]] of Object.entries(themes)) {
	describe(`the chat in a window, ${name}`, () => {
		const simulator = useSimulator(scenarioOf('five-keys'));
		const workbench = useWorkbench(() =>
			Promise.resolve({ env: simulator().envWithKeys, settings: { 'workbench.colorTheme': theme } }),
		);

		it('keeps every part in sight at 200, 400 and 900 px', async () => {
			const window = await workbench().open();
			const chat = new Chat(window);
			await chat.ask('What shall I look at?');
			await chat.finished('What shall I look at?');
			const body = window.webview().locator('body');
			await until('the theme', async () => (await body.getAttribute('class'))?.split(' ').includes(marked) === true);
			for (const width of [200, 400, 900]) {
				await widen(window, width);
				await window.screenshot(`chat-window-${name}-${width}`);
				const tooWide = await body.evaluate('document.documentElement.scrollWidth > innerWidth');
				assert.equal(tooWide, false, `it scrolls sideways at ${width} px`);
				assert.ok(await chat.input.isVisible());
			}
			assert.deepEqual(window.errors, []);
		});
	});
}

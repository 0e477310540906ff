import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Chat } from '../../test/support/window/chat';
import type { Window } from '../../test/support/window/window';
import { Workbench } from '../../test/support/window/workbench';
import { startBackend } from '../start/backend';
import { root } from '../vscode/host';
import { film } from './movingPicture';
import { sampleFiles } from '../start/sample';

const folder = 'docs/images';

/** Takes docs/images/window.png and fallback.gif: five keys, of which three cannot answer. */
export async function takePictures(): Promise<void> {
	mkdirSync(path.join(root, folder), { recursive: true });
	await inFreshWindow({ width: 1280, height: 960 }, 170, async (window) => {
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 8);
		await window.contextMenu('Keypool', 'Explain Selection');
		await new Chat(window).finished('Explain fibonacci.ts, lines 2–8.');
		await window.statusBarItem('keypool.status').filter({ hasText: '2/5' }).waitFor();
		await window.page.screenshot({ path: path.join(root, folder, 'window.png') });
		console.log(`${folder}/window.png`);
	});
	await inFreshWindow({ width: 820, height: 620 }, 120, async (window) => {
		const chat = new Chat(window);
		const gif = await film(window.page, async () => {
			await chat.ask('Which key answers this?');
			await chat.finished('Which key answers this?');
			await window.statusBarItem('keypool.status').filter({ hasText: '2/5' }).waitFor();
		});
		writeFileSync(path.join(root, folder, 'fallback.gif'), gif);
		console.log(`${folder}/fallback.gif`);
	});
}

async function inFreshWindow(
	size: { readonly width: number; readonly height: number },
	widerBy: number,
	act: (window: Window) => Promise<void>,
): Promise<void> {
	const backend = await startBackend();
	const workbench = await Workbench.start({ env: backend.env, files: sampleFiles });
	try {
		const window = await workbench.open();
		await window.page.setViewportSize(size);
		await window.openContainer();
		await window.widenSideBar(widerBy);
		await act(window);
	} finally {
		await workbench.close();
		await backend.close();
	}
}

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Chat } from '../window/chat';
import type { Window } from '../window/window';
import { Workbench } from '../window/workbench';
import { startBackend } from './backend';
import { root } from './host';
import { sampleFiles } from './sample';

const folder = 'docs/images';

/** Takes docs/images/window.png: a selection is explained although three of five keys cannot. */
export async function takePictures(): Promise<void> {
	mkdirSync(path.join(root, folder), { recursive: true });
	const backend = await startBackend();
	const workbench = await Workbench.start({ env: backend.env, files: sampleFiles });
	try {
		const window = await workbench.open();
		await window.page.setViewportSize({ width: 1280, height: 960 });
		await window.openContainer();
		await widen(window, 170);
		const chat = new Chat(window);
		await window.openFile('fibonacci.ts');
		await window.selectLines(2, 8);
		await window.contextMenu('Explain Selection');
		await chat.finished('Explain the selected code.');
		await window.statusBarItem('keypool.status').filter({ hasText: '2/5' }).waitFor();
		await window.page.screenshot({ path: path.join(root, folder, 'window.png') });
		console.log(`${folder}/window.png`);
	} finally {
		await workbench.close();
		await backend.close();
	}
}

/** Drags the edge of the side bar, so that no description is cut. */
async function widen(window: Window, by: number): Promise<void> {
	const edge = await window.page.locator('.part.sidebar').boundingBox();
	if (edge === null) {
		throw new Error('The side bar is not shown.');
	}
	const { mouse } = window.page;
	const x = edge.x + edge.width + 2;
	await mouse.move(x, 400);
	await mouse.down();
	await mouse.move(x + by, 400, { steps: 5 });
	await mouse.up();
}

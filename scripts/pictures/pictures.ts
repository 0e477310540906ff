import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scenarioOf } from '../../src/simulator/scenario';
import { HeadlessProgram } from '../../test/support/gateway/headlessProgram';
import { freePort } from '../../test/support/monitoring/freePort';
import { addKeys } from '../../test/support/web/addKeys';
import { toPages } from '../../test/support/web/toPages';
import { WebExtension } from '../../test/support/web/webExtension';
import { Chat } from '../../test/support/window/chat';
import { widenSideBar } from '../../test/support/window/drag';
import { EditorChat, ModelPicker } from '../../test/support/window/editorChat';
import { until } from '../../test/support/window/until';
import type { Window } from '../../test/support/window/window';
import { Workbench, type WorkbenchOptions } from '../../test/support/window/workbench';
import { startBackend, type Backend } from '../start/backend';
import { sampleFiles } from '../start/sample';
import { root } from '../vscode/host';
import { film } from './movingPicture';
import { smallPng } from './smallPng';

const folder = 'docs/images';

interface Size {
	readonly width: number;
	readonly height: number;
	/** Pixels that the side bar is dragged wider by. */
	readonly widerBy: number;
}

/** Each picture by its file's name; all are of five keys, of which three cannot answer, but for the team's. */
const pictures: Readonly<Record<string, () => Promise<void>>> = {
	'window.png': () =>
		withFiveKeys({}, { width: 1280, height: 900, widerBy: 170 }, async (window) => {
			await window.openFile('fibonacci.ts');
			await window.selectLines(2, 8);
			await window.contextMenu('Keypool', 'Explain Selection');
			await new Chat(window).finished('Explain fibonacci.ts, lines 2–8.');
			await twoOfFive(window);
			await keep(window, 'window.png');
		}),
	'fallback.gif': () =>
		withFiveKeys({}, { width: 820, height: 620, widerBy: 120 }, async (window) => {
			const chat = new Chat(window);
			const gif = await film(window.page, async () => {
				await chat.ask('Which key answers this?');
				await chat.finished('Which key answers this?');
				await twoOfFive(window);
			});
			write('fallback.gif', gif);
		}),
	'editor-chat.png': () =>
		withFiveKeys({ isComplete: true }, { width: 1200, height: 800, widerBy: 30 }, async (window) => {
			await window.openFile('fibonacci.ts');
			const chat = new EditorChat(window);
			await chat.open();
			await new ModelPicker(window).chosen.filter({ hasText: 'Auto (Keypool)' }).waitFor();
			await chat.send('@keypool How do I reverse a list in TypeScript?');
			await chat.answer.getByText(/3 earlier attempts failed/).waitFor();
			await twoOfFive(window);
			await keep(window, 'editor-chat.png');
		}),
	'gateway.png': async () => {
		const settings = { 'keypool.gateway.enabled': true, 'keypool.gateway.port': await freePort() };
		await withFiveKeys({ settings }, { width: 1400, height: 600, widerBy: 100 }, async (window) => {
			for (const tool of ['Cline', 'Continue', 'curl']) {
				await window.palette('Keypool: Connect a Tool…');
				await window.quickPick(tool).click();
				await window.dialogButton('Try It').click();
				const row = window.treeRows('Gateway').filter({ hasText: tool.toLowerCase() });
				await row.filter({ hasText: '1 request today' }).waitFor();
				// The dialog has a token in it: no picture shows it.
				await window.page.locator('.monaco-dialog-box', { hasText: 'It works. The answer:' }).waitFor();
				await window.press('Escape');
			}
			await withoutNotifications(window);
			await window.palette('Keypool: Connect a Tool…');
			await window.quickPick('gemini-cli').waitFor();
			await keep(window, 'gateway.png');
		});
	},
	'team-gateway.png': async () => {
		const team = await HeadlessProgram.create();
		try {
			const rules = ['--requests-per-day', '200', '--dollars-per-day', '2', '--keys', 'any'];
			const token = await team.say('token', 'add', 'ann', '--owner', 'Ann', ...rules);
			const { url } = await team.start();
			await inWindow({}, { width: 860, height: 560, widerBy: 230 }, async (window) => {
				await window.palette('Keypool: Use a Team Gateway…');
				await window.answerInput(url);
				await window.answerInput(token);
				await window.statusBarItem('keypool.status').filter({ hasText: 'gateway' }).waitFor();
				const question = 'What do I need for this? [short]';
				await new Chat(window).ask(question);
				await new Chat(window).finished(question);
				await window.treeRows('Keys').filter({ hasText: 'Requests today' }).filter({ hasText: '1 of 200' }).waitFor();
				await withoutNotifications(window);
				await keep(window, 'team-gateway.png');
			});
		} finally {
			await team.dispose();
		}
	},
	'browser.png': async () => {
		const extension = new WebExtension();
		const backend = await startBackend((service) => toPages(service, { asked: [] }));
		const settings = { 'keypool.baseUrl': backend.env['KEYPOOL_BASE_URL'], 'keypool.strategy': 'primaryBackup' };
		try {
			const options = { extensions: [extension.folder], settings };
			await inWindow(options, { width: 1120, height: 680, widerBy: 110 }, async (window) => {
				await addKeys(window, scenarioOf('five-keys').secrets);
				await window.notice('5 keys added: 4 work, 1 was refused.');
				const question = 'How do I reverse a list in TypeScript? [short]';
				await new Chat(window).ask(question);
				await new Chat(window).finished(question);
				await twoOfFive(window);
				await withoutNotifications(window);
				await keep(window, 'browser.png');
			});
		} finally {
			await backend.close();
			extension.dispose();
		}
	},
};

/** Takes the pictures of docs/images whose names hold one of `wanted`; without any, all. */
export async function takePictures(wanted: readonly string[]): Promise<void> {
	mkdirSync(path.join(root, folder), { recursive: true });
	for (const [name, take] of Object.entries(pictures)) {
		if (wanted.length === 0 || wanted.some((part) => name.includes(part))) await take();
	}
}

async function withFiveKeys(
	options: WorkbenchOptions,
	size: Size,
	act: (window: Window) => Promise<void>,
): Promise<void> {
	const backend: Backend = await startBackend();
	try {
		await inWindow({ ...options, env: backend.env }, size, act);
	} finally {
		await backend.close();
	}
}

async function inWindow(
	options: WorkbenchOptions,
	{ width, height, widerBy }: Size,
	act: (window: Window) => Promise<void>,
): Promise<void> {
	const workbench = await Workbench.start({ files: sampleFiles, ...options });
	try {
		const window = await workbench.open();
		await window.page.setViewportSize({ width, height });
		await window.openContainer();
		await widenSideBar(window, widerBy);
		await act(window);
	} catch (error) {
		console.error(await workbench.evidence('pictures'));
		throw error;
	} finally {
		await workbench.close();
	}
}

const twoOfFive = (window: Window): Promise<void> =>
	window.statusBarItem('keypool.status').filter({ hasText: '2/5' }).waitFor();

async function withoutNotifications(window: Window): Promise<void> {
	// One that shows progress stays until that has ended.
	await until('no notification', async () => {
		await window.palette('Notifications: Clear All Notifications');
		return (await window.notification('').count()) === 0;
	});
}

async function keep(window: Window, name: string): Promise<void> {
	// No hover and no caret of the moment.
	await window.page.mouse.move(0, 0);
	write(name, smallPng(await window.page.screenshot({ caret: 'hide' })));
}

function write(name: string, bytes: Uint8Array): void {
	writeFileSync(path.join(root, folder, name), bytes);
	console.log(`${folder}/${name}: ${String(Math.ceil(bytes.length / 1_000))} KB`);
}

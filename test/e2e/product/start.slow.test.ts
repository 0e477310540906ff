import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { Program } from '../../support/program';
import { launchBrowser, newProfile } from '../../../scripts/vscode/browser';
import { root } from '../../../scripts/vscode/host';
import { Chat } from '../../support/window/chat';
import { Window } from '../../support/window/window';

describe('npm start where no desktop VS Code is on PATH', function () {
	this.timeout(180_000);
	const temporary = mkdtempSync(path.join(tmpdir(), 'keypool-start-'));
	let profile: BrowserContext;
	before(async () => {
		profile = await newProfile(await launchBrowser());
	});
	after(async () => {
		const browser = profile.browser();
		await profile.close();
		await browser?.close();
		rmSync(temporary, { recursive: true, force: true });
	});

	function start(...args: readonly string[]): Program {
		const { DISPLAY: _x, WAYLAND_DISPLAY: _w, GEMINI_API_KEYS: _own, ...env } = process.env;
		return new Program(['scripts/start/start.mjs', ...args], {
			...env,
			TMPDIR: temporary,
		});
	}

	it('shows a window with five keys in the browser, and a second one beside it, and leaves nothing behind', async () => {
		const programs = [start(), start()];
		try {
			const addresses = await Promise.all(
				programs.map(async (program) => (await program.until(/Open this address in a browser: (http:\S+)/))[1] ?? ''),
			);
			assert.equal(new Set(addresses).size, 2);
			for (const [n, address] of addresses.entries()) {
				const window = new Window(await profile.newPage(), address);
				await window.load();
				await window.statusBarItem('keypool.status').filter({ hasText: '5/5' }).waitFor();
				const chat = new Chat(window);
				const question = `Window ${String(n)}? [short]`;
				await chat.ask(question);
				const { attempts } = await chat.finished(question);
				assert.deepEqual(
					attempts.map(({ outcome }) => outcome),
					['rpm', 'rpd', 'badKey', 'answered'],
				);
				await window.page.close();
			}
		} finally {
			assert.deepEqual(await Promise.all(programs.map((program) => program.interrupt())), [0, 0]);
		}
		assert.deepEqual(leftovers(), []);
	});

	it('asks without a screen, and says what the window and the simulator agree about', async () => {
		const question = 'Why is the sky blue? — ký tự "đặc biệt"';
		const program = start('--headless', '--ask', question);
		assert.equal(await program.ended, 0, program.text);
		assert.ok(program.text.includes(question));
		assert.match(program.text, /sim-answer-/);
		assert.match(program.text, /^key: sim-good-1$/m);
		assert.match(program.text, /^fallbacks: 3$/m);
		assert.match(program.text, /agree with the simulator's log/);
		const [, picture = ''] = /^screenshot: (\S+)$/m.exec(program.text) ?? [];
		assert.ok(existsSync(path.join(root, picture)), program.text);
		assert.deepEqual(leftovers(), []);
	});

	it('fails in one sentence where the command line cannot be followed', async () => {
		const wrong = [start('--ask', 'alone'), start('--headless', '--ask', ' '), start('--nonsense')];
		assert.deepEqual(await Promise.all(wrong.map(({ ended }) => ended)), [1, 1, 1]);
	});

	function leftovers(): readonly string[] {
		return readdirSync(temporary).filter((name) => name.startsWith('keypool-'));
	}
});

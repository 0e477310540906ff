import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../../../..');

describe('a machine that lacks what the tests need', () => {
	const nothing = mkdtempSync(path.join(tmpdir(), 'keypool-path-'));
	after(() => rmSync(nothing, { recursive: true, force: true }));

	/** Runs Node with nothing on PATH: no browser, no compiler, nothing to install them with. */
	function bare(...args: readonly string[]): { readonly status: number | null; readonly lines: readonly string[] } {
		const { status, stdout, stderr } = spawnSync(process.execPath, args, {
			cwd: root,
			env: { PATH: nothing, HOME: nothing },
			encoding: 'utf8',
		});
		return { status, lines: `${stderr}${stdout}`.trim().split('\n') };
	}

	it('is told each missing part in one sentence', () => {
		const script = `import('./scripts/vscode/machine.mjs')
			.then(({ prepareMachine }) => prepareMachine({ browser: true, compiler: true }, console.log))
			.catch(({ message }) => { console.log(message); process.exitCode = 3; });`;
		const { status, lines } = bare('--eval', script);
		assert.equal(status, 3);
		assert.equal(lines.length, 1);
		for (const part of ['Chromium', 'g++', 'make', 'Python 3', 'please install what is missing and run this again']) {
			assert.ok(lines[0]?.includes(part), `${part}: ${String(lines[0])}`);
		}
	});

	it('fails npm test, which still closes with its line', () => {
		const { status, lines } = bare('scripts/test/run.mjs');
		assert.equal(status, 1);
		assert.match(lines.at(-2) ?? '', /^This machine lacks Chromium/);
		assert.equal(lines.at(-1), '0 passed, 1 failed');
	});

	it('is told on another system that it runs on Linux alone, before anything is installed there', () => {
		const elsewhere = `Object.defineProperty(process, 'platform', { value: 'darwin' }); process.argv.push('--headless');`;
		for (const script of ['start/start.mjs', 'test/run.mjs']) {
			const { status, lines } = bare('--eval', `${elsewhere} import('./scripts/${script}');`);
			assert.equal(status, 1);
			assert.match(lines[0] ?? '', /runs on Linux x64 only, and this is darwin .*`npm start` uses the desktop VS Code/);
		}
	});
});

describe('npm, called by a script', () => {
	const bin = mkdtempSync(path.join(tmpdir(), 'keypool-npm-'));
	after(() => rmSync(bin, { recursive: true, force: true }));

	/** How often it was called, and how the script ended, where it fails with these words the first time. */
	function called(words: string): { readonly times: number; readonly status: number | null } {
		const calls = path.join(bin, 'calls');
		rmSync(calls, { force: true });
		const npm = `#!/bin/sh\nif [ -e "${calls}" ]; then echo again >>"${calls}"; exit 0; fi\necho first >"${calls}"\necho "${words}"\nexit 1\n`;
		writeFileSync(path.join(bin, 'npm'), npm, { mode: 0o755 });
		const script = `import('./scripts/vscode/command.mjs').then(({ npm }) => npm('ci', {}, 1))
			.catch(() => { process.exitCode = 3; });`;
		const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` };
		const { status } = spawnSync(process.execPath, ['--eval', script], { cwd: root, env, encoding: 'utf8' });
		return { times: readFileSync(calls, 'utf8').trim().split('\n').length, status };
	}

	it('is called once more where the network was away for a moment, and for nothing else', () => {
		assert.deepEqual(called('npm error code EAI_AGAIN'), { times: 2, status: 0 });
		assert.deepEqual(called('npm error code EUSAGE'), { times: 1, status: 3 });
	});
});

describe('the desktop VS Code of a machine', () => {
	const bin = mkdtempSync(path.join(tmpdir(), 'keypool-code-'));
	after(() => rmSync(bin, { recursive: true, force: true }));
	writeFileSync(path.join(bin, 'code'), '#!/bin/sh\n', { mode: 0o755 });

	const found = (env: Readonly<Record<string, string>>): string =>
		spawnSync(
			process.execPath,
			['--eval', `import('./scripts/vscode/machine.mjs').then(({ desktopCode }) => console.log(desktopCode()))`],
			{ cwd: root, env: { PATH: bin, DISPLAY: ':0', ...env }, encoding: 'utf8' },
		).stdout.trim();

	it('is on macOS also the one in Applications, which is on no PATH at first', () => {
		const app = path.join(bin, 'Visual Studio Code.app/Contents/Resources/app/bin');
		mkdirSync(app, { recursive: true });
		writeFileSync(path.join(app, 'code'), '#!/bin/sh\n', { mode: 0o755 });
		const on = (platform: string): string => {
			const call = `console.log(desktopCode('${platform}', ['/nowhere', '${bin}']))`;
			const script = `import('./scripts/vscode/machine.mjs').then(({ desktopCode }) => ${call})`;
			const env = { PATH: '/nowhere', DISPLAY: ':0' };
			return spawnSync(process.execPath, ['--eval', script], { cwd: root, env, encoding: 'utf8' }).stdout.trim();
		};
		assert.deepEqual(['darwin', 'linux', 'win32'].map(on), [path.join(app, 'code'), 'undefined', 'undefined']);
	});

	it('is the one on PATH, and none where that hands on to the person’s own: in a remote window, and in WSL', () => {
		assert.equal(found({}), path.join(bin, 'code'));
		for (const env of [{ VSCODE_IPC_HOOK_CLI: '/run/ipc.sock' }, { WSL_DISTRO_NAME: 'Debian' }]) {
			assert.equal(found(env), 'undefined', JSON.stringify(env));
		}
	});
});

describe('the lock of a set-up', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'keypool-lock-'));
	after(() => rmSync(folder, { recursive: true, force: true }));

	/** What a set-up writes that finds a lock with this number in it. */
	function waited(holder: string, hoursAgo = 0): string {
		const lock = path.join(folder, 'setup.lock');
		const script = `import { utimesSync, writeFileSync } from 'node:fs';
			const { locked } = await import('./scripts/vscode/lock.mjs');
			writeFileSync(${JSON.stringify(lock)}, String(${holder}));
			const then = Date.now() / 1000 - ${hoursAgo} * 3600;
			utimesSync(${JSON.stringify(lock)}, then, then);
			setTimeout(() => process.exit(4), 1_000).unref();
			await locked(${JSON.stringify(lock)}, () => console.log('worked'));`;
		const args = ['--input-type=module', '--eval', script];
		return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' }).stdout.trim();
	}

	it('is waited for as long as its holder lives', () => {
		assert.match(waited('process.ppid'), /^Another set-up is running/);
	});

	it('counts as left over where its holder’s number is this process’s own, as in a container that begins anew, or is old', () => {
		assert.equal(waited('process.pid'), 'worked');
		assert.equal(waited('process.ppid', 2), 'worked');
	});
});

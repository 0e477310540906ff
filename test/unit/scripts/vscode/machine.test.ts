import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
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
});

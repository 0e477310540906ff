import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../../../..');

describe('the run of everything', () => {
	const bin = mkdtempSync(path.join(tmpdir(), 'keypool-ci-'));
	after(() => rmSync(bin, { recursive: true, force: true }));

	/** The last lines where `npm run test` prints and ends as told, and `npm run test:full` passes. */
	function closing(test: string): { readonly status: number | null; readonly lines: readonly string[] } {
		const passes = 'echo "4 passed, 0 failed"';
		const script = `#!/bin/sh\nif [ "$3" = test ]; then\n${test}\nelse\n${passes}\nfi\n`;
		writeFileSync(path.join(bin, 'npm'), script, { mode: 0o755 });
		const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` };
		const { status, stdout } = spawnSync('bash', [path.join(root, '.ci/run')], { env, encoding: 'utf8' });
		const at = stdout.lastIndexOf('4 passed, 0 failed\n');
		return { status, lines: stdout.slice(at).trim().split('\n').slice(1) };
	}

	it('closes with the sum of both', () => {
		assert.deepEqual(closing('echo "3 passed, 0 failed"'), { status: 0, lines: ['7 passed, 0 failed'] });
	});

	it('says at its end what failed, also where that came before any test', () => {
		const failed = closing('echo "── what failed"; echo "unit:"; echo "2 passed, 1 failed"; exit 1');
		assert.deepEqual([failed.status, failed.lines.at(-1)], [1, '6 passed, 1 failed']);
		assert.ok(failed.lines.join('\n').includes('npm run test: ── what failed\nunit:'), failed.lines.join('\n'));
		const early = closing('echo "This machine lacks make." >&2; echo "0 passed, 1 failed"; exit 1');
		assert.deepEqual([early.status, early.lines.at(-1)], [1, '4 passed, 1 failed']);
		assert.ok(early.lines.join('\n').includes('npm run test: This machine lacks make.'), early.lines.join('\n'));
		const killed = closing('echo "Killed"; exit 137');
		assert.deepEqual([killed.status, killed.lines.at(-1)], [1, '4 passed, 1 failed']);
		assert.ok(killed.lines.join('\n').includes('npm run test: Killed'), killed.lines.join('\n'));
	});

	it('fails where more files were flaky than one run may have', () => {
		const flaky = closing('echo "flaky: a"; echo "flaky: b"; echo "flaky: c"; echo "3 passed, 0 failed"');
		assert.deepEqual([flaky.status, flaky.lines.at(-1)], [1, '7 passed, 1 failed']);
	});
});

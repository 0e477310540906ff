import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { geminiCliSettings } from '../../../src/node/geminiCliSettings';

describe('the settings file of gemini-cli', () => {
	let home = '';
	beforeEach(() => {
		home = mkdtempSync(path.join(tmpdir(), 'keypool-home-'));
	});
	afterEach(() => rmSync(home, { recursive: true, force: true }));
	const settings = () => geminiCliSettings({ GEMINI_CLI_HOME: home });

	it('is made where there is none, for its owner alone', async () => {
		assert.equal(await settings().read(), undefined);
		await settings().write('{}\n');
		assert.equal(await settings().read(), '{}\n');
		assert.equal(statSync(settings().file).mode & 0o777, 0o600);
	});

	it('stays a link to where its owner keeps it, with the same permissions', async () => {
		const kept = path.join(home, 'dotfiles.json');
		writeFileSync(kept, '{"a":1}', { mode: 0o640 });
		mkdirSync(path.join(home, '.gemini'));
		symlinkSync(kept, settings().file);
		await settings().write('{"a":2}');
		assert.equal(readFileSync(kept, 'utf8'), '{"a":2}');
		assert.ok(lstatSync(settings().file).isSymbolicLink());
		assert.equal(statSync(kept).mode & 0o777, 0o640);
	});

	it('is not read where it cannot be such a file', async () => {
		mkdirSync(path.join(home, '.gemini'));
		writeFileSync(settings().file, ' '.repeat(1_000_001));
		assert.equal(await settings().read(), 'too long');
	});

	it('is in the home folder where the variable is empty, which gemini-cli takes for none', () => {
		const file = path.join(homedir(), '.gemini', 'settings.json');
		assert.equal(geminiCliSettings({ GEMINI_CLI_HOME: '' }).file, file);
	});
});

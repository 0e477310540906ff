import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { Program } from '../../../support/program';
import { until } from '../../../support/window/until';

const root = path.resolve(__dirname, '../../../..');

const Seen = v.object({
	args: v.array(v.string()),
	env: v.record(v.string(), v.string()),
	sample: v.array(v.string()),
	statuses: v.array(v.number()),
});

/** Stands on PATH for the `code` of a desktop: notes down how it was called, asks the service with each key, and ends. */
const desktop = `#!${process.execPath}
const { readdirSync, writeFileSync } = require('node:fs');
const { GEMINI_API_KEYS: keys = '', KEYPOOL_BASE_URL: url } = process.env;
const models = (key) => fetch(url + '/v1beta/models', { headers: { 'x-goog-api-key': key } });
Promise.all(url ? keys.split(',').map(models) : []).then((answers) => {
	const args = process.argv.slice(2);
	const statuses = answers.map(({ status }) => status);
	const seen = { args, env: process.env, sample: readdirSync(args.at(-1)), statuses };
	writeFileSync(__dirname + '/seen.json', JSON.stringify(seen));
});
`;

/** The same as VS Code is: its window is a process of its own, named in its folder, and outlives the command that waits for it. */
const lasting = `#!${process.execPath}
const { rmSync, writeFileSync } = require('node:fs');
const { spawn } = require('node:child_process');
const noted = __dirname + '/window';
const { argv } = process;
if (argv[2] === 'window') {
	process.once('SIGTERM', () => {
		rmSync(noted);
		process.exit();
	});
	for (const file of [argv[3] + '/code.lock', noted]) writeFileSync(file, String(process.pid));
	setInterval(() => {}, 1000);
} else {
	const folder = argv[argv.indexOf('--user-data-dir') + 1];
	const window = spawn(__filename, ['window', folder], { detached: true, stdio: 'ignore' });
	window.once('exit', () => process.exit());
}
`;

describe('npm start where a desktop VS Code is on PATH', () => {
	const home = mkdtempSync(path.join(tmpdir(), 'keypool-desktop-'));
	const bin = path.join(home, 'bin');
	const temporary = path.join(home, 'tmp');
	before(() => {
		mkdirSync(bin);
		mkdirSync(temporary);
		writeFileSync(path.join(bin, 'code'), desktop, { mode: 0o755 });
	});
	after(() => rmSync(home, { recursive: true, force: true }));

	async function start(
		env: Readonly<Record<string, string>>,
	): Promise<{ output: string; seen: v.InferOutput<typeof Seen> }> {
		const program = new Program(['scripts/start/start.mjs'], {
			PATH: bin,
			HOME: home,
			TMPDIR: temporary,
			DISPLAY: ':0',
			...env,
		});
		assert.equal(await program.ended, 0, program.text);
		const output = program.text;
		const seen = path.join(bin, 'seen.json');
		assert.ok(existsSync(seen), output);
		return { output, seen: v.parse(Seen, JSON.parse(readFileSync(seen, 'utf8'))) };
	}

	it('opens the extension there with five simulated keys, in folders of its own that are gone afterwards', async () => {
		const { output, seen } = await start({ KEYPOOL_BASE_URL: 'https://elsewhere.invalid', VSCODE_PID: '1' });
		const folderOf = (option: string): string => seen.args[seen.args.indexOf(option) + 1] ?? '';
		for (const option of ['--user-data-dir', '--extensions-dir']) {
			assert.equal(path.dirname(folderOf(option)), temporary);
		}
		assert.ok(seen.args.includes(`--extensionDevelopmentPath=${root}`));
		assert.deepEqual(seen.sample, ['fibonacci.ts']);
		const keys = (seen.env['GEMINI_API_KEYS'] ?? '').split(',');
		assert.equal(keys.length, 5);
		assert.ok(keys.every((key) => key.startsWith('sim-')));
		assert.match(seen.env['KEYPOOL_BASE_URL'] ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
		assert.equal(seen.env['VSCODE_PID'], undefined);
		// The service behind it runs, and knows all keys but the invalid one.
		assert.deepEqual(seen.statuses, [200, 200, 400, 200, 200]);
		assert.match(output, /one key exhausted for the minute, one for the day, one invalid, two good/);
		assert.match(output, /What to try:/);
		assert.deepEqual(
			readdirSync(temporary).filter((name) => name.startsWith('keypool-')),
			[],
		);
	});

	it('takes the window along where Ctrl+C ends it: it stayed, without the service and the folders that it had', async () => {
		writeFileSync(path.join(bin, 'code'), lasting, { mode: 0o755 });
		const env = { PATH: bin, HOME: home, TMPDIR: temporary, DISPLAY: ':0' };
		const program = new Program(['scripts/start/start.mjs'], env);
		const noted = path.join(bin, 'window');
		await program.until(/Opening VS Code/);
		await until('the window', () => existsSync(noted) && readFileSync(noted, 'utf8') !== '');
		try {
			assert.equal(await program.interrupt(), 0);
			// Its number can outlive it: in a container where nobody waits for a process whose parent has ended.
			await until('its end', () => !existsSync(noted));
		} finally {
			if (existsSync(noted)) process.kill(Number(readFileSync(noted, 'utf8')));
			writeFileSync(path.join(bin, 'code'), desktop, { mode: 0o755 });
		}
	});

	it('uses the real service with keys of the user', async () => {
		const { output, seen } = await start({ GEMINI_API_KEYS: 'sim-own-1,sim-own-2' });
		assert.equal(seen.env['GEMINI_API_KEYS'], 'sim-own-1,sim-own-2');
		assert.equal(seen.env['KEYPOOL_BASE_URL'], undefined);
		assert.match(output, /the real Gemini service/);
	});
});

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closing } from '../../../../scripts/test/closing.mjs';
import { playAll, type Stage } from '../../../../scripts/test/play.mjs';
import { replayFailures } from '../../../../scripts/test/replay.mjs';

/** Fails while its mark is absent, and leaves the mark. */
const failsOnce = (name: string) => `
	it('${name}', () => {
		const mark = require('node:path').join(__dirname, '${name}.mark');
		const { existsSync, writeFileSync } = require('node:fs');
		if (!existsSync(mark)) {
			writeFileSync(mark, '');
			throw new Error('${name} is new here.\\nCall log:\\n\\u001b[2m  - waiting for a row\\u001b[22m');
		}
	});`;
const passes = (name: string) => `it('${name}', () => {});`;
const fails = (name: string) => `it('${name}', () => { throw new Error('${name} never passes'); });`;

describe('a window test that fails', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'keypool-replay-'));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	/** Plays a stage of Mocha on these files as the runner does, and answers what it would print at the end. */
	async function run(files: Readonly<Record<string, readonly string[]>>) {
		const paths = Object.entries(files).map(([name, tests]) => {
			const file = path.join(folder, `${name}.test.cjs`);
			writeFileSync(file, `describe('${name}', () => {${tests.join('\n')}\n});`);
			return file;
		});
		const command = ['node_modules/mocha/bin/mocha.js', '--no-config', '--reporter', 'test/support/reporter.cjs'];
		const played: string[] = [];
		const stage: Stage = {
			name: path.basename(folder),
			counts: true,
			commands: [[...command, ...paths]],
			replay: (file) => {
				played.push(path.basename(file, '.test.cjs'));
				return [[...command, file]];
			},
		};
		const first = await playAll([stage], { width: 1, show: () => undefined });
		const outputs = path.join(folder, 'flaky');
		const { results, flaky } = await replayFailures(first, { folder: outputs, show: () => undefined });
		const { text, failed } = closing(results, flaky, 1);
		return { text, failed, played, outputs, lastLines: text.split('\n').slice(-1 - flaky.length) };
	}

	it('is flaky where it passes alone: the run is green, names it, and keeps both outputs', async () => {
		const { text, failed, played, outputs, lastLines } = await run({
			steady: [passes('one')],
			shaky: [passes('two'), failsOnce('three')],
		});
		assert.deepEqual(played, ['shaky'], text);
		assert.equal(failed, 0);
		assert.match(
			lastLines[0] ?? '',
			/^flaky: shaky three: three is new here\. - waiting for a row \(1 of .*shaky\.test\.cjs; see /,
		);
		assert.equal(lastLines[1], '3 passed, 0 failed');
		const kept = readdirSync(outputs).sort();
		assert.deepEqual(
			kept.map((name) => name.split('.').at(-2)),
			['again', 'first'],
		);
		const [again, before] = kept.map((name) => readFileSync(path.join(outputs, name), 'utf8'));
		assert.match(before ?? '', /three is new here/);
		assert.match(again ?? '', /2 passing/);
	});

	it('fails the run where it fails alone as well', async () => {
		const { text, failed, played, lastLines } = await run({
			good: [passes('one')],
			bad: [fails('two'), passes('three')],
		});
		assert.deepEqual(played, ['bad']);
		assert.equal(failed, 1);
		assert.doesNotMatch(text, /^flaky/m);
		assert.match(text, /two never passes/);
		assert.deepEqual(lastLines, ['2 passed, 1 failed']);
	});

	it('stays failed where the rest of its file does not pass alone', async () => {
		const { failed, lastLines } = await run({ mixed: [failsOnce('one'), fails('two')] });
		assert.equal(failed, 2);
		assert.deepEqual(lastLines, ['0 passed, 2 failed']);
	});

	it('counts once where one window test made others of its file fail', async () => {
		const { failed, text, lastLines } = await run({ chain: ['one', 'two', 'three', 'four', 'five'].map(failsOnce) });
		assert.equal(failed, 0, text);
		assert.match(lastLines[0] ?? '', /^flaky: chain one: one is new here\. - waiting for a row \(5 of /);
		assert.equal(lastLines[1], '5 passed, 0 failed');
	});

	it('fails the run as the third flaky file', async () => {
		const shaky = (count: number) =>
			Object.fromEntries(Array.from({ length: count }, (_, n) => [`shaky${n}`, [failsOnce(`of ${n}`)]]));
		const three = await run(shaky(3));
		assert.equal(three.failed, 1);
		assert.equal(three.text.match(/^flaky: /gm)?.length, 3);
		assert.match(three.text, /^✖ 3 files were flaky, and a run may have 2$/m);
		assert.equal(three.lastLines.at(-1), '3 passed, 1 failed');
		rmSync(folder, { recursive: true });
		folder = mkdtempSync(path.join(tmpdir(), 'keypool-replay-'));
		assert.equal((await run(shaky(2))).failed, 0);
	});

	it('is not played again where so many failed that something broke', async () => {
		const broken = Array.from({ length: 9 }, (_, n) => [`broken${n}`, [failsOnce(`of ${n}`)]] as const);
		const { failed, played } = await run(Object.fromEntries(broken));
		assert.deepEqual(played, []);
		assert.equal(failed, 9);
	});

	it('is played again where a hook failed, and not where its file cannot be read', async () => {
		const hook = `let ran = require('node:fs').existsSync(__dirname + '/ran');
			before(() => { if (!ran) { require('node:fs').writeFileSync(__dirname + '/ran', ''); throw new Error('too early'); } });`;
		const late = await run({ late: [hook, passes('one')] });
		assert.equal(late.failed, 0);
		assert.match(late.text, /^flaky: late "before all" hook/m);
		const unreadable = await run({ unreadable: ['if ('] });
		assert.deepEqual(unreadable.played, []);
		assert.equal(unreadable.failed, 1);
	});
});

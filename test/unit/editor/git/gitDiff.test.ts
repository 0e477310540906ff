import assert from 'node:assert/strict';
import { besides, changesIn, chooseDiff, secretChanges } from '../../../../src/editor/git/gitDiff';

const change = (path: string, ...lines: string[]) =>
	[`diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`, '@@ -1 +1 @@', ...lines, ''].join('\n');

const removed = [
	'diff --git a/old.ts b/old.ts',
	'deleted file mode 100644',
	'--- a/old.ts',
	'+++ /dev/null',
	'-x',
	'',
].join('\n');
const binary = ['diff --git a/logo.png b/logo.png', 'Binary files a/logo.png and b/logo.png differ', ''].join('\n');
const renamed = [
	'diff --git a/a b.ts b/c d.ts',
	'similarity index 100%',
	'rename from a b.ts',
	'rename to c d.ts',
	'',
].join('\n');

describe('a diff for a commit message', () => {
	it('is told apart by files, whatever became of them', () => {
		const diff = change('src/a.ts', '+diff --git is a word here') + removed + binary + renamed;
		const changes = changesIn(diff);
		assert.deepEqual(
			changes.map(({ path }) => path),
			['src/a.ts', 'old.ts', 'logo.png', 'c d.ts'],
		);
		assert.equal(changes.map(({ text }) => text).join(''), diff);
	});

	// Found by fuzzing: these end a line for `^`, and for no diff.
	const ends = { 'a carriage return': '\r', 'a line separator': '\u2028', 'a paragraph separator': '\u2029' };
	for (const [name, end] of Object.entries(ends)) {
		it(`keeps a file whole that holds ${name} and what reads like a header`, () => {
			const sneaky = ['diff --git a/x b/x', '+++ b/x', '--- a/x', 'rename to x'].map((line) => `a${end}${line}${end}`);
			const added = change('.env', ...sneaky.map((line) => `+${line}`));
			const gone = removed.replaceAll('old.ts', '.netrc') + sneaky.map((line) => `-${line}\n`).join('');
			const changes = changesIn(added + gone);
			assert.deepEqual(
				changes.map(({ path }) => path),
				['.env', '.netrc'],
			);
			assert.deepEqual(secretChanges(changes), changes);
		});
	}

	for (const [setting, before, after] of [
		['mnemonicPrefix', 'c/', 'i/'],
		['mnemonicPrefix', 'i/', 'w/'],
		['noprefix', '', ''],
	] as const) {
		it(`names files also where git has ${setting} (${before}${after}), so that secret ones are known`, () => {
			const inGit = (text: string) =>
				text
					.replaceAll(/(?<=^diff --git "?|^--- "?|^Binary files )a\//gm, before)
					.replaceAll(/(?<=^diff --git .* "?|^\+\+\+ "?| and )b\//gm, after);
			const quoted = change('x', '+y').replaceAll(/(?<= )([ab]\/)x/g, '"$1d e/.env"');
			const all = [change('app/.env', '+A=1'), removed.replaceAll('old.ts', '.netrc'), binary, renamed, quoted];
			const changes = changesIn(inGit(all.join('')));
			assert.deepEqual(
				changes.map(({ path }) => path),
				['app/.env', '.netrc', 'logo.png', 'c d.ts', 'd e/.env'],
			);
			assert.equal(secretChanges(changes).length, 3);
		});
	}

	it('names files with letters beyond ASCII as a person knows them, so that secret ones are known', () => {
		// As git quotes them; the second was called a copy of .netrc in Vietnamese.
		const added = change('x', '+y').replaceAll(/(?<= )([ab]\/)x/g, String.raw`"$1D\341\273\261 \"\303\241n\" 5%/.env"`);
		const moved = [
			'diff --git "a/x" "b/x"',
			String.raw`rename from ".netrc - Sao ch\303\251p"`,
			'rename to x',
			'',
		].join('\n');
		const changes = changesIn(added + moved);
		assert.deepEqual(
			changes.map(({ path }) => path),
			['Dự "án" 5%/.env', 'x'],
		);
		assert.deepEqual(secretChanges(changes), changes);
	});

	it('of files in conflict names each', () => {
		const conflict = (path: string) =>
			[
				`diff --cc ${path}`,
				`--- a/${path}`,
				`+++ b/${path}`,
				'@@@ -1,1 -1,1 +1,5 @@@',
				'++<<<<<<< HEAD',
				' +c',
				'',
			].join('\n');
		const changes = changesIn(change('a.ts', '+x') + conflict('.env') + 'diff --cc gone.ts\nindex 1,2..3\n');
		assert.deepEqual(
			changes.map(({ path }) => path),
			['a.ts', '.env', 'gone.ts'],
		);
	});

	it('of a submodule names it, also where git lists its commits', () => {
		const listed = 'Submodule libs x 2009888..8d654fc:\n  > two\n';
		const changes = changesIn(listed + change('.env', '+A=1') + 'Submodule y contains modified content\n');
		assert.deepEqual(
			changes.map(({ path }) => path),
			['libs x', '.env', 'y'],
		);
		assert.equal(changes[0]?.text, listed);
	});

	it('is read without the colours that git can be set to write', () => {
		const coloured = change('.env', '+A=1').replaceAll(/^.+$/gm, '\x1b[1m$&\x1b[m');
		const changes = changesIn(coloured);
		assert.deepEqual(changes, changesIn(change('.env', '+A=1')));
		assert.equal(secretChanges(changes).length, 1);
	});

	it('says how many files changed beside those that it names', () => {
		const unshown = Array.from({ length: 250 }, (_, n) => `${n}.ts`);
		assert.match(besides({ text: '', unshown }), / 98\.ts, 99\.ts and 150 more$/);
		assert.match(besides({ text: '', unshown: unshown.slice(0, 100) }), / 99\.ts$/);
	});

	it('of nothing is nothing', () => assert.deepEqual(changesIn(''), []));

	it('names the files that can hold secrets, and those whose changes look like one', () => {
		const key = `AIza${'x'.repeat(35)}`;
		const changes = changesIn(change('app/.env', '+PORT=1') + change('a.ts', `+key = "${key}"`) + change('b.ts', '+x'));
		assert.deepEqual(
			secretChanges(changes).map(({ path }) => path),
			['app/.env', 'a.ts'],
		);
	});

	// Each of them is looked for at the beginning of its line.
	for (const line of [
		'DB_PASSWORD=correct-horse',
		'export API_TOKEN=abcd1234efgh',
		'db.example.com:5432:app:bob:s3cretpw',
		'  SECRET=aaaaaaaa',
	]) {
		it(`knows a line that came, went or names a place as the secret that it is in its file: ${line}`, () => {
			for (const mark of ['+', '-', ' ', '++', ' +', '- ', '@@ -9,3 +9,4 @@ ', '@@@ -9,3 -9,3 +9,4 @@@ ']) {
				const changes = changesIn(change('deploy.sh', '+echo', mark + line, '+true') + change('b.ts', '+x'));
				assert.deepEqual(secretChanges(changes), changes.slice(0, 1), mark);
			}
		});
	}

	it('knows a file that was renamed by what it was called, as a .env that becomes a template', () => {
		const lines = ['similarity index 60%', 'rename from app/.env', 'rename to app/.env.example'];
		const template = change('app/.env.example', '-PIN=4711', '+PIN=').replace(
			'\n---',
			['', ...lines, '---'].join('\n'),
		);
		const changes = changesIn(renamed + template);
		assert.deepEqual(
			secretChanges(changes).map(({ path }) => path),
			['app/.env.example'],
		);
	});

	it('knows a copy by what it is one of, where git is set to look for copies', () => {
		const copy = renamed
			.replaceAll('rename ', 'copy ')
			.replaceAll('a b.ts', 'app/.env')
			.replaceAll('c d.ts', 'notes.txt');
		assert.deepEqual(
			secretChanges(changesIn(renamed + copy)).map(({ path }) => path),
			['notes.txt'],
		);
	});

	it('keeps whole files, the small ones first, and names what it leaves out', () => {
		const changes = changesIn(change('lock.json', '+'.repeat(5_000)) + change('a.ts', '+x') + change('b.ts', '+y'));
		const chosen = chooseDiff(changes, 1_000);
		assert.equal(chosen.text, change('a.ts', '+x') + change('b.ts', '+y'));
		assert.deepEqual(chosen.unshown, ['lock.json']);
		assert.match(besides(chosen), /lock\.json/);
		assert.deepEqual(chooseDiff(changes, 100_000).unshown, []);
	});
});

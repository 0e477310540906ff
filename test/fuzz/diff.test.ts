import assert from 'node:assert/strict';
import fc from 'fast-check';
import { codeOf } from '../../src/editor/apply/codeBlock';
import { reindent } from '../../src/editor/apply/reindent';
import { besides, changesIn, chooseDiff, secretChanges } from '../../src/editor/git/gitDiff';
import { moved } from '../../src/editor/apply/trackedSpan';
import { attackLine, attackText } from '../support/fuzz/attacks';
import { property } from '../support/fuzz/property';
import { target } from '../support/fuzz/target';

const text = attackText(
	...[
		'diff --git a/x b/x\n',
		'--- a/x\n',
		'+++ b/x\n',
		'--- /dev/null\n',
		'+++ /dev/null\n',
		'rename from a\n',
		'rename to .env\n',
	],
	...['@@ -1 +1 @@\n', '+', '-', ' ', '\n', '\\ No newline at end of file\n', 'Binary files a/x and b/x differ\n'],
	...['deleted file mode 100644\n', '"a/\\303\\240"', 'index 0..1\n'],
);
/** Lines of a file as git shows them: whatever they hold, each has its mark before it, and ends at a line feed alone. */
const hunk = fc
	.array(
		fc.tuple(fc.constantFrom('+', '-', ' '), fc.oneof(attackLine, fc.constantFrom('++ b/x', '-- a/x', 'rename to x'))),
		{
			minLength: 1,
			maxLength: 8,
		},
	)
	.map((lines) => lines.map(([mark, line]) => `${mark}${line.replaceAll('\n', ' ')}\n`).join(''));
const sneaky = fc
	.constantFrom('\r', '\u2028', '\u2029', '\v')
	.chain((end) =>
		fc.constantFrom('diff --git a/x b/x', '+++ b/x', '--- a/x', 'rename to x').map((line) => `+a${end}${line}${end}\n`),
	);
const secretNames = ['.env', 'app/.env.local', 'id_rsa', 'a b/server.pem', 'h\u2028/.netrc'];
/** The changes of a file, whose name says that it holds secrets. */
const secretChange = fc
	.tuple(
		fc.constantFrom(...secretNames),
		fc.array(fc.oneof(hunk, sneaky), { maxLength: 4 }),
		fc.constantFrom('new', 'changed', 'gone', 'renamed'),
	)
	.map(([name, hunks, what]) => {
		const header = `diff --git a/${name} b/${name}\n`;
		const body = `@@ -1 +1 @@\n${hunks.join('')}`;
		if (what === 'renamed')
			return { name, diff: `diff --git a/old b/${name}\nsimilarity index 100%\nrename from old\nrename to ${name}\n` };
		if (what === 'gone')
			return {
				name,
				diff: `${header}deleted file mode 100644\n--- a/${name}\n+++ /dev/null\n${body.replaceAll('\n+', '\n-')}`,
			};
		if (what === 'new') return { name, diff: `${header}new file mode 100644\n--- /dev/null\n+++ b/${name}\n${body}` };
		return { name, diff: `${header}--- a/${name}\n+++ b/${name}\n${body}` };
	});

const markdown = attackText('```', '```js\n', '~~~', '~~~~', '\n```\n', '\n', '    ', '\r\n', 'code', '`', '~', '\t');

target('diff', {
	'of any text takes no more than there is, and nothing twice': property(
		fc.tuple(text, fc.nat({ max: 5_000 })),
		([diff, most]) => {
			const changes = changesIn(diff);
			// eslint-disable-next-line no-control-regex -- Git's colours go.
			const plain = diff.replaceAll(/\x1b\[[\d;]*[mK]/g, '');
			assert.ok(plain.endsWith(changes.map((one) => one.text).join('')));
			const chosen = chooseDiff(changes, most);
			assert.ok(new TextEncoder().encode(chosen.text).length <= most);
			for (const { path } of secretChanges(changes)) assert.equal(typeof path, 'string');
			assert.equal(typeof besides(chosen), 'string');
		},
	),
	'knows a file that can hold secrets by its name, whatever its lines say': property(
		fc.array(secretChange, { minLength: 1, maxLength: 4 }),
		(files) => {
			const changes = changesIn(files.map(({ diff }) => diff).join(''));
			assert.deepEqual(
				changes.map(({ path }) => path),
				files.map(({ name }) => name),
			);
			assert.equal(secretChanges(changes).length, files.length);
		},
	),
	'finds the code of any answer, and fits it': property(
		fc.tuple(markdown, fc.constantFrom('', '\t', '    '), fc.boolean(), attackLine),
		([answer, indent, atLineStart, replaced]) => {
			const found = codeOf(answer);
			if (found.type === 'none') return;
			const lines = new Set(answer.split(/\r?\n/));
			const isTaken =
				found.code.trim() === answer.trim() || found.code.split('\n').every((line) => line === '' || lines.has(line));
			assert.ok(isTaken, 'a line that was not in the answer');
			const fitted = reindent(found.code, { indent, atLineStart, replaced });
			assert.ok(!fitted.includes('\r'));
			assert.equal(fitted.endsWith('\n'), /[\r\n]$/.test(replaced));
		},
	),
	'follows what is to be replaced, or lets it go': property(
		fc.tuple(
			fc.string({ minLength: 1, maxLength: 40 }),
			fc.nat({ max: 40 }),
			fc.nat({ max: 40 }),
			fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 10 }), attackLine), { maxLength: 6 }),
		),
		([before, a, b, edits]) => {
			const start = Math.min(a, b) % before.length;
			let span: ReturnType<typeof moved> = { start, end: Math.min(before.length, start + Math.abs(a - b)) };
			const held = before.slice(span.start, span.end);
			let now = before;
			for (const [at, length, put] of edits) {
				const rangeOffset = Math.min(at, now.length);
				const rangeLength = Math.min(length, now.length - rangeOffset);
				span = span && moved(span, [{ rangeOffset, rangeLength, text: put }]);
				now = now.slice(0, rangeOffset) + put + now.slice(rangeOffset + rangeLength);
			}
			if (span !== undefined) assert.equal(now.slice(span.start, span.end), held);
		},
	),
});

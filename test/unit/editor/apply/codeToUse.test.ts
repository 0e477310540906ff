import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type * as used from '../../../../src/editor/apply/codeToUse';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';

const editor = new EditorStandIn();
const { codeToUse } = editor.read('../editor/apply/codeToUse') as typeof used;
const hidden = "if (level !== 'user\u202e') {}";

describe('code of an answer that goes into the editor', () => {
	beforeEach(() => {
		editor.given.splice(0);
		editor.presses = undefined;
	});

	it('goes there unasked where everything in it is seen', async () => {
		assert.equal(await codeToUse('let a = "ế ✔\ufe0f";\n'), 'let a = "ế ✔\ufe0f";\n');
		assert.deepEqual(editor.given, []);
	});

	it('is asked about where characters in it are not seen: with them, without them, or not at all', async () => {
		assert.equal(await codeToUse(hidden), undefined);
		assert.match(textsIn(editor.given).join('\n'), /This code contains .*: U\+202E\./);
		editor.presses = 'Leave Them Out';
		assert.equal(await codeToUse(hidden), "if (level !== 'user') {}");
		editor.presses = 'Keep Them';
		assert.equal(await codeToUse(hidden), hidden);
	});

	it('is so for a commit message, in words of its own', async () => {
		editor.presses = 'Leave Them Out';
		assert.equal(await codeToUse('Fix\u200b it', 'message'), 'Fix it');
		assert.match(textsIn(editor.given).join('\n'), /The message contains /);
	});

	it('is asked about on every way there: by each command that takes code or a message out of an answer, and for the chat', () => {
		const room = path.resolve(__dirname, '../../../../src/editor');
		const files = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
		const sources = files.map((file) => ({ file, source: readFileSync(path.join(room, file), 'utf8') }));
		const calls = (name: string): readonly string[] =>
			sources
				.filter(({ source }) => new RegExp(`(?<!function |async )\\b${name}\\(`).test(source))
				.map(({ file }) => file.replaceAll(path.sep, '/'))
				.sort();
		assert.deepEqual(calls('codeToUse'), [
			'apply/answerCode.ts',
			'commands/commitMessage.ts',
			'commands/rewrite.ts',
			'commands/writeTests.ts',
		]);
		for (const file of [...calls('codeOf'), ...calls('propose')])
			assert.ok(calls('codeToUse').includes(file), `${file} puts code in without asking`);
	});
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { measured, withPath } from '../../../scripts/promptPath';

const document = readFileSync(path.resolve(__dirname, '../../../docs/ARCHITECTURE.md'), 'utf8');

describe('the path of a prompt', function () {
	this.timeout(60_000);

	it('runs at most 60 files from a command to the HTTP request and back, as docs/ARCHITECTURE.md lists them', () => {
		const { command, chat } = measured();
		assert.ok(command.files.length <= 60, `${command.files.length} files:\n${command.files.join('\n')}`);
		assert.ok(command.files.includes('src/gemini/client.ts'), 'the real SDK sends');
		for (const { iterators } of [command, chat]) {
			assert.ok(iterators.length > 0 && iterators.length <= 4, `async iterators:\n${iterators.join('\n')}`);
		}
		assert.equal(withPath(document, { command, chat }), document, 'npm run prompt-path writes the list anew');
	});

	it('is not written where the document has no markers', () => {
		const nothing = { files: [], iterators: [] };
		assert.throws(() => withPath('no markers', { command: nothing, chat: nothing }), /no markers/);
	});
});

import assert from 'node:assert/strict';
import { homedir, tmpdir } from 'node:os';
import { givenAway, lacking, surplus } from '../../../../scripts/package/contents';

const root = '/somewhere/keypool';
const chunk = 'extension/dist/chunks/pool-ABC.js';

function holding(text: string): ReadonlyMap<string, Buffer> {
	return new Map([[chunk, Buffer.from(text)]]);
}

describe('what is looked for in a package', () => {
	it('is found in a file of it', () => {
		const planted = [
			`key = "AIza${'x'.repeat(35)}"`,
			`key = "AQ.${'Ab8'.repeat(16)}"`,
			'["sim-good-1"]',
			'["taken-by-the-run"]',
			`at ${root}/src/pool`,
			`at ${homedir()}/some/file`,
			`at ${tmpdir()}/some/file`,
			'process.env.KEYPOOL_BASE_URL',
			'//# sourceMappingURL=pool.js.map',
		];
		for (const text of planted) assert.equal(givenAway(holding(text), root, ['taken-by-the-run']).length, 1, text);
	});

	it('is not what the product itself says', () => {
		const own =
			'startsWith("AIza"), startsWith("sim-"), `sim-trial-${n}`, `sim-answer-${nonce}`, AQ.js, AQ.A…x7Qz, /rooted';
		assert.deepEqual(givenAway(holding(own), root, []), []);
	});

	it('is also what is too much, and what lacks or is empty', () => {
		const contents = new Map([
			['extension/package.json', Buffer.from('{ "icon": "media/icon.png", "picture": "media/walkthrough/ask.svg" }')],
			['extension/dist/extension.js', Buffer.from('')],
			['extension/dist/simulator.js', Buffer.from('run()')],
			[chunk, Buffer.from('run()')],
		]);
		assert.deepEqual(surplus(contents), ['extension/dist/simulator.js']);
		for (const name of [
			'dist/extension.js',
			'dist/chat.css',
			'readme.md',
			'media/icon.png',
			'media/walkthrough/ask.svg',
		])
			assert.ok(lacking(contents).includes(`extension/${name}`), name);
		assert.ok(!lacking(contents).includes('extension/package.json'));
	});
});

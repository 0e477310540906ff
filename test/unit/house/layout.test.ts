import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../../..');

/** What `npm test` can play in its time; what is more is named `*.slow.test.ts`, and `npm run test:full` plays it. */
const maxFastWindowFiles = 12;
const maxFilesInFolder = 20;

function filesUnder(folder: string): readonly string[] {
	return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
		.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

describe('the layout of tests and scripts', () => {
	it('lets npm test play twelve window files at most', () => {
		const fast = filesUnder('test/e2e').filter((file) => /(?<!\.slow)\.test\.ts$/.test(file));
		assert.ok(fast.length > 0 && fast.length <= maxFastWindowFiles, fast.join('\n'));
	});

	it('keeps helpers away from tests: they stand in test/support', () => {
		const folders = ['test/unit', 'test/integration', 'test/e2e', 'test/soak', 'test/fuzz'];
		const others = folders
			.flatMap(filesUnder)
			.filter((file) => !file.endsWith('.test.ts') && !/(README\.md|\.mocharc\.json)$/.test(file));
		assert.deepEqual(others, []);
		const amongHelpers = filesUnder('test/support').filter((file) => file.includes('.test.'));
		assert.deepEqual(amongHelpers, []);
	});

	it('has no folder in which a file is hard to find', () => {
		const files = ['src', 'test', 'scripts'].flatMap(filesUnder).filter((file) => !file.startsWith('test/fixtures/'));
		const counts = new Map<string, number>();
		for (const file of files) counts.set(path.dirname(file), (counts.get(path.dirname(file)) ?? 0) + 1);
		assert.deepEqual(
			[...counts].filter(([, count]) => count > maxFilesInFolder),
			[],
		);
	});
});

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** The rows of the table, without its head. */
const rows = (): readonly (readonly string[])[] =>
	read('docs/THREATS.md')
		.split('\n')
		.filter((line) => line.startsWith('| '))
		.slice(2)
		.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

/** The tests that a cell names: `` `file`: “name”, “name” ``. */
function testsIn(cell: string): readonly { readonly file: string; readonly name: string }[] {
	return [...cell.matchAll(/`(test\/[\w./-]+\.test\.ts)`: ((?:“[^”]+”(?:, )?)+)/g)].flatMap(
		([, file = '', names = '']) => [...names.matchAll(/“([^”]+)”/g)].map(([, name = '']) => ({ file, name })),
	);
}

/** Whether a test of this name stands in the file: of Mocha, or a property of a fuzzed target. */
function stands({ file, name }: { readonly file: string; readonly name: string }): boolean {
	const quoted = `'${name}'`;
	return read(file).includes(`it(${quoted}, `) || read(file).includes(`${quoted}: property(`);
}

describe('the threat model', () => {
	it('names for each input a trust, a guard and a test', () => {
		assert.ok(rows().length > 20);
		for (const row of rows()) {
			assert.equal(row.length, 4, row[0]);
			assert.ok(
				row.every((cell) => cell.trim() !== ''),
				row[0],
			);
			assert.notDeepEqual(testsIn(row[3] ?? ''), [], row[0]);
		}
	});

	it('names tests that exist', () => {
		const named = rows().flatMap((row) => testsIn(row[3] ?? ''));
		// Whatever stands in quotation marks there was read as a test's name.
		assert.equal(
			named.length,
			rows().reduce((sum, row) => sum + (row[3]?.match(/“/g)?.length ?? 0), 0),
		);
		assert.deepEqual(
			named.filter((test) => !stands(test)),
			[],
		);
		assert.ok(!stands({ file: 'test/unit/house/threats.test.ts', name: 'names tests that were never written' }));
	});

	it('and the pages beside it name files and folders that exist', () => {
		const pages = ['docs/THREATS.md', 'docs/PROOFS.md', 'docs/MUTATION.md', 'docs/ARCHITECTURE.md', 'SECURITY.md'];
		const named = pages.flatMap((page) =>
			[...read(page).matchAll(/`((?:src|test)\/[\w./-]+)`/g)].map(([, place = '']) => ({ page, place })),
		);
		assert.ok(named.length > 50);
		assert.deepEqual(
			named.filter(({ place }) => !existsSync(path.join(root, place))),
			[],
		);
	});

	it('names every target that is fuzzed', () => {
		const files = readdirSync(path.join(root, 'test/fuzz')).filter((name) => name.endsWith('.test.ts'));
		assert.ok(files.length >= 9);
		assert.deepEqual(
			files.filter((name) => !read('docs/THREATS.md').includes(`test/fuzz/${name}`)),
			[],
		);
	});
});

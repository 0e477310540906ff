import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../../..');
const most = 400;

/** What git leaves alone, by name. Not asked of git itself: a copy of the sources may have none. */
const ignored = readFileSync(path.join(root, '.gitignore'), 'utf8')
	.split('\n')
	.flatMap((line) => /^(.+)\/$/.exec(line)?.[1] ?? []);

/** The files under a folder that somebody writes and reads; data, lock files and documents may be as long as they are. */
function sources(folder: string): readonly string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const file = path.join(folder, entry.name);
		if (entry.isDirectory()) return entry.name === '.git' || ignored.includes(entry.name) ? [] : sources(file);
		return /\.([cm]?[jt]s|css|html|sh)$/.test(entry.name) ? [file] : [];
	});
}

const linesOf = (file: string): number => readFileSync(file, 'utf8').trimEnd().split('\n').length;

describe('a source file', () => {
	it('can be read in one sitting, whatever its language', () => {
		const files = sources(root);
		for (const kind of ['.ts', '.mjs', '.cjs', '.js', '.css', '.cts'])
			assert.ok(
				files.some((file) => file.endsWith(kind)),
				`${kind}: none was found`,
			);
		assert.deepEqual(
			files.filter((file) => linesOf(file) > most).map((file) => path.relative(root, file)),
			[],
			`more than ${most} lines`,
		);
	});
});

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8').replaceAll('’', "'").toLowerCase();

describe('the page for people in trouble', () => {
	it('names each reason by the words in which the views do', () => {
		const page = read('docs/TROUBLESHOOTING.md');
		const briefs = readdirSync(path.join(root, 'src/localization')).flatMap((file) =>
			[...read(`src/localization/${file}`).matchAll(/brief:[^{}]*?\bt\('([^']+)'/g)].map(([, brief = '']) => brief),
		);
		assert.ok(briefs.length > 40, String(briefs.length));
		// What somebody has stopped is no trouble.
		assert.deepEqual(
			briefs.filter((brief) => brief !== 'stopped' && !page.includes(brief)),
			[],
		);
	});
});

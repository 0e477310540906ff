import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { reference } from '../../../scripts/reference';

describe('docs/REFERENCE.md', () => {
	it('names every setting, command and metric as they are', async () => {
		const file = path.resolve(__dirname, '../../../docs/REFERENCE.md');
		assert.equal(readFileSync(file, 'utf8'), await reference(), 'run `npm run reference`');
	});
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { googlePrices } from '../../../src/prices/googlePrices';
import { pricesModule } from '../../../scripts/package/prices.cjs';

const root = path.resolve(__dirname, '../../..');

describe('the module of Google’s prices', () => {
	it('is what the installed package holds', async () => {
		const text = readFileSync(path.join(root, 'src/prices/googlePrices.ts'), 'utf8');
		assert.equal(text, await pricesModule(googlePrices.date));
	});

	it('holds Google’s own models alone, and is small', () => {
		const ids = googlePrices.models.map(({ id }) => id);
		assert.ok(ids.includes('gemini-3.8-flash') && ids.includes('gemini-3.5-flash-lite'));
		assert.deepEqual(
			ids.filter((id) => !/^gem(ini|ma)/.test(id)),
			[],
		);
		assert.ok(JSON.stringify(googlePrices).length < 8_000);
	});
});

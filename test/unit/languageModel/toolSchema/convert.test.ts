import assert from 'node:assert/strict';
import { convertNode } from '../../../../src/languageModel/toolSchema/convert';

describe('a list in the schema of a tool', () => {
	it('has items of any kind where the tool says nothing of them: the service misses the word', () => {
		assert.deepEqual(convertNode({ type: 'array', maxItems: 3 }), { type: 'array', items: {}, maxItems: 3 });
		assert.deepEqual(convertNode({ type: ['array', 'null'] }), { type: ['array', 'null'], items: {} });
		assert.deepEqual(convertNode({ const: [1] }), { type: 'array', items: {}, description: 'One of [[1]].' });
		assert.deepEqual(convertNode({ type: 'array', prefixItems: [{ type: 'string' }] }), {
			type: 'array',
			prefixItems: [{ type: 'string' }],
		});
	});
});

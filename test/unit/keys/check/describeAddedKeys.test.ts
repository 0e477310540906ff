import assert from 'node:assert/strict';
import type * as used from '../../../../src/keys/check/words';
import { EditorStandIn } from '../../../support/ui/editor';

describe('what became of several keys, in a sentence', () => {
	const { describeAddedKeys } = new EditorStandIn().read('../keys/check/words') as typeof used;
	const none = { works: 0, refused: 0, undecided: 0, cancelled: 0 };

	it('names each kind that there is, one in the singular, and no other', () => {
		const one = describeAddedKeys({ works: 1, refused: 1, undecided: 1, cancelled: 0 }, 4, 1);
		assert.equal(one, '4 keys added: 1 works, 1 was refused, 1 was not checked, 1 was stored already.');
		const two = describeAddedKeys({ works: 2, refused: 2, undecided: 0, cancelled: 2 }, 8, 2);
		assert.equal(two, '8 keys added: 2 work, 2 were refused, 2 were not checked, 2 were stored already.');
		assert.equal(describeAddedKeys({ ...none, undecided: 1 }, 1, 0), '1 key added: 1 was not checked.');
		assert.equal(describeAddedKeys({ ...none, works: 2 }, 2, 0), '2 keys added: 2 work.');
	});
});

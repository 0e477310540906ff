import assert from 'node:assert/strict';
import type * as used from '../../../../src/keys/check/describeOutcomes';
import { EditorStandIn } from '../../../support/ui/editor';

describe('what became of several keys, in a sentence', () => {
	const { describeOutcomes } = new EditorStandIn().read('../keys/check/describeOutcomes') as typeof used;
	const none = { added: 0, works: 0, refused: 0, unchecked: 0, duplicates: 0 };

	it('names each kind that there is, one in the singular, and no other', () => {
		const one = describeOutcomes({ added: 4, works: 1, refused: 1, unchecked: 1, duplicates: 1 });
		assert.equal(one, '4 keys added: 1 works, 1 was refused, 1 was not checked, 1 was stored already.');
		const two = describeOutcomes({ added: 8, works: 2, refused: 2, unchecked: 2, duplicates: 2 });
		assert.equal(two, '8 keys added: 2 work, 2 were refused, 2 were not checked, 2 were stored already.');
		assert.equal(describeOutcomes({ ...none, added: 1, unchecked: 1 }), '1 key added: 1 was not checked.');
		assert.equal(describeOutcomes({ ...none, added: 2, works: 2 }), '2 keys added: 2 work.');
	});
});

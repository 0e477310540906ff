import assert from 'node:assert/strict';
import { changeOf, rowOf } from '../../../src/storedDocuments/rows';
import { DocMaps, DocsTransaction } from '../../../src/pool/pool';
import { writeOneOfEach } from '../../support/pool/storeContract';

const now = Date.UTC(2026, 10, 26, 12);

describe('a row of the state store', () => {
	it('is read as the change that it was written from, for every kind of document', () => {
		const tx = new DocsTransaction(new DocMaps(), now);
		writeOneOfEach(tx, now);
		for (const change of tx.changes) assert.deepEqual(changeOf(rowOf(change)), change);
	});

	// Found by fuzzing: the name of a bucket is made of it.
	it('with an alias that is not a name is refused', () => {
		const doc = {
			v: 2,
			overloadedUntil: 0,
			backoffLevel: 0,
			tokensPerByte: 0.25,
			samples: 0,
			resolvesTo: { model: [{}], from: 'quota' },
		};
		assert.throws(() => changeOf({ kind: 'model', id: 'm', body: JSON.stringify(doc) }), SyntaxError);
	});

	// Found by fuzzing: no calendar has the moment, and every view that says when would have thrown.
	for (const until of [1e308, 8.64e15 + 1, -1e308]) {
		it(`with the time ${until} is refused`, () => {
			const body = JSON.stringify({ v: 2, spans: [{ reason: 'rpm', from: now, until }] });
			assert.throws(() => changeOf({ kind: 'cooldown', id: 'p/m', body }), SyntaxError);
		});
	}
});

import assert from 'node:assert/strict';
import { Failure, PoolError, StoreError } from '../../../../src/pool/pool';
import { network } from '../../../support/pool/rig';

/** The build shortens the names of classes. */
describe('an error of the pool in a log', () => {
	it('says what it is and why', () => {
		const texts = [new PoolError('cancelled', []), new StoreError('full'), new Failure(network, true, 'reset')].map(
			String,
		);
		assert.deepEqual(texts, ['PoolError: cancelled', 'StoreError: full', 'Failure: reset']);
	});
});

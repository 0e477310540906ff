import assert from 'node:assert/strict';
import { forClients } from '../../../src/headless/words';
import { PoolError } from '../../../src/pool/pool';
import { words } from '../../support/views/snapshots';

describe('what a gateway without VS Code tells its clients', () => {
	it('is that it cannot reach the service itself: “this computer” would be the one of whoever asked', () => {
		const { text, remedy, action } = forClients(words).describeError(new PoolError('unreachable', []));
		assert.equal(`${text} ${remedy}`, 'This gateway cannot reach the service. Ask whoever runs this gateway.');
		assert.equal(action, undefined);
	});
});

import assert from 'node:assert/strict';
import {
	defaultRules,
	isPartlyRead,
	maxClients,
	readClients,
	writeClients,
} from '../../../../src/gateway/clients/clientRecord';

describe('the stored clients of a gateway', () => {
	it('are said not to be read whole where there are more than are taken: the next change would lose the rest', () => {
		const clients = Array.from({ length: maxClients + 1 }, (_, n) => ({
			...{ id: `c${n}`, name: `tool ${n}`, hash: 'a'.repeat(64), createdAt: 0, rules: defaultRules },
		}));
		const stored = writeClients(clients);
		assert.deepEqual([readClients(stored).length, isPartlyRead(stored)], [maxClients, true]);
		assert.equal(isPartlyRead(writeClients(clients.slice(1))), false);
		assert.deepEqual([isPartlyRead(undefined), isPartlyRead('{')], [false, true]);
	});
});

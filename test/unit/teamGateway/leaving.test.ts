import assert from 'node:assert/strict';
import { TeamGateway } from '../../../src/teamGateway/teamGateway';
import { MemoryStore } from '../../support/keys/memoryStore';
import { address } from '../../support/teamGateway/colleague';
import { VirtualClock } from '../../support/virtualClock';

describe('a team’s gateway that a window leaves', () => {
	it('is sent nothing more, also where the secret storage is locked a moment after', async () => {
		const secrets = new MemoryStore();
		const gateway = new TeamGateway({
			...{ secrets, fetch: () => assert.fail('it asks'), clock: new VirtualClock(), learn: () => undefined },
			...{ ask: () => Promise.resolve({ trouble: 'unreachable' }), report: () => undefined },
		});
		const token = `kp_${'x'.repeat(43)}`;
		await gateway.use({ address, token });
		assert.equal(gateway.transportOverride(token)?.baseUrl, address);
		secrets.refuses = (act) => act === 'get';
		await gateway.stop();
		assert.deepEqual([gateway.isOn, secrets.entries.size], [false, 0]);
		assert.equal(gateway.transportOverride(token)?.baseUrl, 'https://gateway.invalid');
		gateway.dispose();
	});
});

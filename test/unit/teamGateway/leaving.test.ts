import assert from 'node:assert/strict';
import { writeRecord } from '../../../src/teamGateway/gatewayRecord';
import { recordName } from '../../../src/teamGateway/names';
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

	it('is sent nothing more, also where its address had been read late', async () => {
		const secrets = new MemoryStore();
		const clock = new VirtualClock();
		const token = `kp_${'x'.repeat(43)}`;
		const stored = writeRecord({ address, token });
		secrets.entries.set(recordName, stored);
		let read: (text: string) => void = () => undefined;
		const late = new Promise<string>((resolve) => (read = resolve));
		let reads = 0;
		const gateway = new TeamGateway({
			secrets: {
				get: (name) => (++reads === 1 ? late : secrets.get(name)),
				keys: () => secrets.keys(),
				store: (name, text) => secrets.store(name, text),
				delete: (name) => secrets.delete(name),
				onDidChange: (listener) => secrets.onDidChange(listener),
			},
			...{ fetch: () => assert.fail('it asks'), clock, learn: () => undefined },
			...{ ask: () => Promise.resolve({ trouble: 'unreachable' }), report: (error) => assert.fail(String(error)) },
		});
		const loaded = gateway.load();
		// As another window does.
		await secrets.delete(recordName);
		await clock.settle();
		read(stored);
		await loaded;
		assert.equal(gateway.isOn, false);
		gateway.dispose();
	});
});

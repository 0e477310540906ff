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

	/** A gateway that is stored, and whose first reading is answered late; what is read after that may be refused. */
	function readLate(refuses: () => boolean) {
		const secrets = new MemoryStore();
		const clock = new VirtualClock();
		const stored = writeRecord({ address, token: `kp_${'x'.repeat(43)}` });
		secrets.entries.set(recordName, stored);
		let read: () => void = () => undefined;
		const late = new Promise<string>((resolve) => (read = () => resolve(stored)));
		let reads = 0;
		const gateway = new TeamGateway({
			secrets: {
				get: (name) =>
					++reads === 1 ? late : refuses() ? Promise.reject(new Error('The system refuses.')) : secrets.get(name),
				keys: () => secrets.keys(),
				store: (name, text) => secrets.store(name, text),
				delete: (name) => secrets.delete(name),
				onDidChange: (listener) => secrets.onDidChange(listener),
			},
			...{ fetch: () => assert.fail('it asks'), clock, learn: () => undefined },
			...{ ask: () => Promise.resolve({ trouble: 'unreachable' }), report: () => assert.ok(refuses()) },
		});
		return { secrets, clock, gateway, read, stored };
	}

	it('is sent nothing more, also where its address had been read late', async () => {
		const { secrets, clock, gateway, read } = readLate(() => false);
		const loaded = gateway.load();
		// As another window does.
		await secrets.delete(recordName);
		await clock.settle();
		read();
		await loaded;
		assert.equal(gateway.isOn, false);
		gateway.dispose();
	});

	it('is used all the same where what is read after it is refused', async () => {
		const { secrets, clock, gateway, read, stored } = readLate(() => true);
		const loaded = gateway.load();
		await secrets.store(recordName, stored);
		await clock.settle();
		read();
		await loaded;
		assert.equal(gateway.isOn, true);
		await gateway.stop();
		await clock.settle();
		assert.equal(gateway.isOn, false);
		gateway.dispose();
	});
});

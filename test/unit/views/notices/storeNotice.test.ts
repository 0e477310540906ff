import assert from 'node:assert/strict';
import { setImmediate as said } from 'node:timers/promises';
import { createStoreNotice } from '../../../../src/views/notices/storeNotice';

describe('what is said of the record of quotas', () => {
	function stand(memory = new Map<string, unknown>()) {
		const serviceMessage: string[] = [];
		const logged: string[] = [];
		const causes: unknown[] = [];
		const notice = createStoreNotice({
			say: (trouble) => Promise.resolve(`said ${trouble}`),
			warn: (text) => serviceMessage.push(text),
			log: { warn: (line) => void logged.push(line.split(' ').at(-1) ?? '') },
			report: (cause) => void causes.push(cause),
			memory: {
				get: (name) => memory.get(name),
				update: (name, value) => {
					memory.set(name, value);
					return Promise.resolve();
				},
			},
		});
		return { serviceMessage, logged, notice, memory };
	}

	it('each trouble is said once in a window, and logged each time', async () => {
		const { serviceMessage, logged, notice } = stand();
		for (const trouble of ['locked', 'locked', 'full', 'locked'] as const) notice(trouble, undefined);
		await said();
		assert.deepEqual(serviceMessage, ['said locked', 'said full']);
		assert.deepEqual(logged, ['locked', 'locked', 'full', 'locked']);
	});

	it('an editor without SQLite is told so once for good, not at each start', async () => {
		const { notice, memory } = stand();
		notice('missing', undefined);
		const next = stand(memory);
		next.notice('missing', undefined);
		next.notice('damaged', undefined);
		await said();
		assert.deepEqual(next.serviceMessage, ['said damaged']);
	});
});

import assert from 'node:assert/strict';
import type { StoreTrouble } from '../../../../src/pool/pool';
import { createStoreNotice } from '../../../../src/views/notices/storeNotice';

describe('what is said of the record of quotas', () => {
	function stand(memory = new Map<string, unknown>()) {
		const said: string[] = [];
		const logged: StoreTrouble[] = [];
		const notice = createStoreNotice({
			say: (trouble) => `said ${trouble}`,
			warn: (text) => said.push(text),
			log: (trouble) => logged.push(trouble),
			memory: {
				get: (name) => memory.get(name),
				update: (name, value) => {
					memory.set(name, value);
					return Promise.resolve();
				},
			},
		});
		return { said, logged, notice, memory };
	}

	it('each trouble is said once in a window, and logged each time', () => {
		const { said, logged, notice } = stand();
		for (const trouble of ['locked', 'locked', 'full', 'locked'] as const) notice(trouble, undefined);
		assert.deepEqual(said, ['said locked', 'said full']);
		assert.deepEqual(logged, ['locked', 'locked', 'full', 'locked']);
	});

	it('an editor without SQLite is told so once for good, not at each start', () => {
		const { notice, memory } = stand();
		notice('missing', undefined);
		const next = stand(memory);
		next.notice('missing', undefined);
		next.notice('damaged', undefined);
		assert.deepEqual(next.said, ['said damaged']);
	});
});

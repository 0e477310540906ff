import assert from 'node:assert/strict';
import { CallMemory } from '../../../../src/languageModel/conversation/callMemory';

describe('What is remembered of calls', () => {
	it('is bounded by the length of their signatures as well: those of long thoughts have many thousand characters', () => {
		const memory = new CallMemory();
		const signature = 's'.repeat(1_000_000);
		for (let n = 0; n < 40; n++) memory.keepCall(`call_${n}`, { model: 'flash', signature });
		const kept = Array.from({ length: 40 }, (_, n) => n).filter((n) => memory.call(`call_${n}`));
		assert.deepEqual(
			kept,
			Array.from({ length: 16 }, (_, n) => n + 24),
		);
		memory.keepCall('call_24', { model: 'flash' });
		memory.keepCall('call_40', { model: 'flash', signature });
		assert.ok(memory.call('call_24') && memory.call('call_25'), 'one that is written anew counts once');
	});
});

import assert from 'node:assert/strict';
import { Rig, type Send } from '../../../support/pool/rig';

describe('a key that is removed while it answers', () => {
	it('finishes its answer, and takes no further one', async () => {
		let goOn = (): void => undefined;
		const held = new Promise<void>((resolve) => (goOn = resolve));
		async function* slow(send: Send) {
			yield { output: `first from ${send.key}, ` };
			if (send.key === 'a') await held;
			yield { output: 'second' };
			yield { finishReason: 'STOP' };
		}
		const rig = new Rig({ a: {}, b: {} }, slow, { strategy: 'primaryBackup' });
		const asked = rig.ask();
		await rig.clock.settle();
		assert.equal(asked.text, 'first from a, ');
		rig.setKeys({ b: {} });
		goOn();
		await rig.clock.until(asked.ended);
		assert.equal(asked.text, 'first from a, second');
		assert.equal(asked.done?.attempts.at(-1)?.label, 'a');
		assert.equal((await rig.answer()).text, 'first from b, second');
	});
});

import assert from 'node:assert/strict';
import { Signals } from '../../../src/headless/signals';

describe('signals to the gateway without VS Code', () => {
	it('are heard as well where one has come just before what it does is another thing: the gateway served on, and was killed later', async () => {
		const heard: (string | number)[] = [];
		// One that is ignored where nobody listens.
		const signals = new Signals({ SIGWINCH: 156 }, (code) => heard.push(code));
		await new Promise<void>((resolve) => {
			process.kill(process.pid, 'SIGWINCH');
			signals.become(() => {
				heard.push('departs');
				resolve();
			});
		});
		process.removeAllListeners('SIGWINCH');
		assert.deepEqual(heard, ['departs']);
	});
});

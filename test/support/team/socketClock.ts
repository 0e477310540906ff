import assert from 'node:assert/strict';
import { VirtualClock } from '../virtualClock';

/** Virtual time that stands still until the sockets have carried what was sent. */
export class SocketClock extends VirtualClock {
	isQuiet = (): boolean => true;

	override async settle(): Promise<void> {
		await super.settle();
		const end = performance.now() + 20_000;
		while (!this.isQuiet()) {
			assert.ok(performance.now() < end, 'the server does not answer');
			await new Promise((resolve) => setImmediate(resolve));
		}
		await super.settle();
	}
}

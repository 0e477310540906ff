import assert from 'node:assert/strict';
import { Departure } from '../../../src/headless/departure';
import { VirtualClock } from '../../support/virtualClock';

/** What a departure does, in order. */
function departure(drainDelayMs: number, underWay = 1) {
	const clock = new VirtualClock();
	const did: string[] = [];
	let finish: () => void = () => undefined;
	const leaving = new Departure({
		clock,
		drainDelayMs,
		leave: () => did.push('red'),
		stop: () => {
			did.push('stop');
			return Promise.resolve();
		},
		drain: () =>
			new Promise((resolve) => {
				finish = resolve;
			}),
		underWay: () => underWay,
		end: () => did.push('end'),
		say: () => undefined,
	});
	return { leaving, clock, did, finish: () => finish() };
}

describe('the departure of the gateway', () => {
	it('is not ready, takes requests until balancers have seen it, and ends when the answers have', async () => {
		const { leaving, clock, did, finish } = departure(6_000);
		leaving.signal();
		await clock.advance(5_999);
		assert.deepEqual(did, ['red']);
		await clock.advance(1);
		assert.deepEqual(did, ['red', 'stop']);
		await clock.advance(599_999);
		assert.deepEqual(did, ['red', 'stop']);
		finish();
		await clock.advance(1);
		assert.deepEqual(did, ['red', 'stop', 'end']);
	});

	it('waits for nobody where no balancer looks, and for no answer longer than ten minutes', async () => {
		const { leaving, clock, did } = departure(0);
		leaving.signal();
		assert.deepEqual(did, ['red', 'stop']);
		await clock.advance(600_000);
		assert.deepEqual(did, ['red', 'stop', 'end']);
		await clock.advance(600_000);
		leaving.signal();
		assert.equal(did.length, 3);
	});

	it('takes the next step at each further signal', () => {
		const { leaving, did } = departure(6_000);
		for (const step of ['red', 'stop', 'end']) {
			leaving.signal();
			assert.equal(did.at(-1), step);
		}
	});
});

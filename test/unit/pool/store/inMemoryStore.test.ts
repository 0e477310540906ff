import { PoolError, type StateStore, type Dispose } from '../../../../src/pool/pool';
import { VirtualClock } from '../../../support/virtualClock';
import { storeContract } from '../../../support/pool/storeContract';
import { windowsAgree } from '../../../support/pool/windowsAgree';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

/** Windows that all have the one store of their process. */
function inMemory() {
	const clock = new VirtualClock();
	const store = new InMemoryStore(clock);
	return {
		clock,
		open: () => windowOn(store),
		spread: () => clock.settle(),
		until: <T>(promise: Promise<T>) => clock.until(promise),
		wall: () => clock.wall(),
		pass: (ms: number) => clock.advance(ms),
		close: () => store.close(),
	};
}

/** The store, as a window has it that may be closed. */
function windowOn(store: StateStore): StateStore {
	const registrations: Dispose[] = [];
	let isClosed = false;
	return {
		replica: () => store.replica(),
		now: () => store.now(),
		transact: (step) => (isClosed ? Promise.reject(new PoolError('storeUnavailable', [])) : store.transact(step)),
		onDidChange: (listener) => {
			const off = store.onDidChange(listener);
			registrations.push(off);
			return off;
		},
		close: () => {
			isClosed = true;
			for (const off of registrations.splice(0)) off();
			return Promise.resolve();
		},
	};
}

storeContract('in memory', inMemory);
windowsAgree('in memory', inMemory);

/** What a page runs for the row `web`: two tabs' stores on one IndexedDB, in real time. The row calls `measure`. */
import type { KeyId, Transaction } from '../../../../src/pool/pool';
import { BrowserStore } from '../../../../src/web/browserStore';
import { Database } from '../../../../src/web/database';
import { systemClock } from '../../../../src/web/systemClock';

const id = 'key' as KeyId;
const write = (score: number) => (tx: Transaction) => tx.put({ kind: 'key', id, doc: { ...tx.key(id), score } });

async function tab(name: string): Promise<BrowserStore> {
	const store = new BrowserStore({
		name,
		open: () => Database.open(name, systemClock),
		locks: navigator.locks,
		clock: systemClock,
		newId: () => crypto.randomUUID(),
		onStoreError: (reason) => {
			throw new Error(reason);
		},
		onError: (error) => {
			throw error;
		},
	});
	await store.transact(() => undefined);
	return store;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
	const began = performance.now();
	await act();
	return performance.now() - began;
}

/**
 * ms of each step while one tab works, of each while both do in turn, and from the end of a step in one until the copy of the
 * other has it.
 *
 * @param steps how often each is measured
 */
async function measure(steps: number): Promise<Readonly<Record<'alone' | 'inTurn' | 'heard', readonly number[]>>> {
	const [one, other] = [await tab('bench'), await tab('bench')];
	const alone: number[] = [];
	const inTurn: number[] = [];
	const heard: number[] = [];
	for (let n = 0; n < steps; n++) alone.push(await timed(() => one.transact(write(n % 100))));
	for (let n = 0; n < steps; n++) inTurn.push(await timed(() => (n % 2 ? one : other).transact(write(n % 100))));
	for (let n = 0; n < steps; n++) {
		const score = 100 + n;
		const told = new Promise<void>((resolve) => {
			const stop = other.onDidChange(() => {
				if (other.replica().key.get(id)?.score !== score) return;
				stop();
				resolve();
			});
		});
		await one.transact(write(score));
		heard.push(await timed(() => told));
	}
	return { alone, inTurn, heard };
}

Object.assign(globalThis, { measure });

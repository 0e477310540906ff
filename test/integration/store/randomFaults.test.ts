import assert from 'node:assert/strict';
import type { KeyId, StoreError } from '../../../src/pool/pool';
import { seeded } from '../../support/simulator/stand';
import { FaultyPlace } from '../../support/store/faults';
import { Files } from '../../support/store/files';

const a = 'a' as KeyId;
const reasons: readonly StoreError['reason'][] = ['busy', 'busy', 'full', 'readOnly', 'unreachable', 'locked'];
const runs = process.env['KEYPOOL_FULL'] === '1' ? 60 : 6;

describe('disks that come and go', () => {
	for (let seed = 1; seed <= runs; seed++) {
		it(`lose no count and double none (seed ${seed})`, async function () {
			this.timeout(60_000);
			const files = new Files();
			const chance = seeded(seed);
			const pick = <T>(from: readonly T[]): T => from[Math.floor(chance() * from.length)] as T;
			try {
				const windows = [1, 2, 3].map(() => {
					const place = new FaultyPlace(files.place());
					return { place, store: files.open(place) };
				});
				let counted = 0;
				const counting: Promise<void>[] = [];
				for (let act = 0; act < 150; act++) {
					const { place, store } = pick(windows);
					const what = chance();
					if (what < 0.1) place.committing = pick(reasons);
					else if (what < 0.15) place.opening = pick(reasons);
					else if (what < 0.3) {
						place.committing = undefined;
						place.opening = undefined;
					} else if (what < 0.8) {
						counted++;
						counting.push(
							store.transact((tx) => {
								const record = tx.key(a);
								tx.put({ kind: 'key', id: a, doc: { ...record, success: record.success + 1 } });
							}),
						);
					} else {
						await files.disk(() => false, 20);
						await files.clock.advance(Math.floor(chance() * 4_000));
					}
				}
				await files.until(Promise.all(counting));
				for (const { place } of windows) {
					place.committing = undefined;
					place.opening = undefined;
				}
				await files
					.eventually(() => windows.every(({ store }) => store.replica().key.get(a)?.success === counted))
					.catch((error: unknown) => {
						const seen = windows.map(({ store }) => store.replica().key.get(a)?.success);
						throw new Error(`${counted} were counted, the windows know ${seen.join(', ')}`, { cause: error });
					});
			} finally {
				await files.close();
			}
			assert.deepEqual(files.errors, []);
		});
	}
});

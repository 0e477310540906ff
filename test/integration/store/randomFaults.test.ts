import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { LeaseId, StoreError } from '../../../src/pool/pool';
import { seeded } from '../../support/simulator/stand';
import { FaultyPlace } from '../../support/store/faults';
import { Files } from '../../support/store/files';
import { admitted, counted, minuteMs, owed, spentIn, told, type News, type Sent } from '../../support/pool/calls';
import { bucket } from '../../support/team/sends';

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
				const sends: Sent[] = [];
				const ended = new Set<Sent>();
				const acting: Promise<void>[] = [];
				for (let act = 0; act < 150; act++) {
					const { place, store } = pick(windows);
					const what = chance();
					if (what < 0.1) place.committing = pick(reasons);
					else if (what < 0.15) place.opening = pick(reasons);
					else if (what < 0.3) {
						place.committing = undefined;
						place.opening = undefined;
					} else if (what < 0.6) {
						const lease = `r${act}.1` as LeaseId;
						acting.push(
							admitted(store, lease, 1_000).then((one) => {
								sends.push({
									on: windows.findIndex((window) => window.store === store),
									lease,
									...(one ?? assert.fail()),
								});
							}),
						);
					} else if (what < 0.8) {
						const sent = sends.find((one) => windows[one.on]?.store === store && !ended.has(one));
						if (!sent) continue;
						const news = pick<News>(['answered', 'refused', 'goesOn']);
						if (news !== 'goesOn') ended.add(sent);
						acting.push(
							told(store, sent.lease, news).then((isInTime) => {
								if (isInTime && news !== 'goesOn') sent.end = news;
							}),
						);
					} else {
						await files.disk(() => false, 20);
						await files.clock.advance(Math.floor(chance() * 12_000));
					}
				}
				await files.until(Promise.all(acting));
				for (const { place } of windows) {
					place.committing = undefined;
					place.opening = undefined;
				}
				const known = (): readonly unknown[] =>
					windows.map(({ store }) => [store.replica().bucket.get(bucket)?.day.requests, spentIn(store)]);
				const expected = windows.map(() => [counted(sends), owed(sends)]);
				await files.clock.advance(minuteMs);
				await files.eventually(() => isDeepStrictEqual(known(), expected)).catch(() => undefined);
				assert.deepEqual(known(), expected);
			} finally {
				await files.close();
			}
			assert.deepEqual(files.errors, []);
		});
	}
});

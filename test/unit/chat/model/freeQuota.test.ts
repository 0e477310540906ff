import assert from 'node:assert/strict';
import { freeQuota } from '../../../../src/chat/model/freeQuota';
import type { Availability, Project } from '../../../../src/pool/pool';
import { keyView, model, modelView, noon, snapshotOf, standings } from '../../../support/views/snapshots';

const of = (id: string, tier: Project['tier']): Project => ({
	id: id as Project['id'],
	tier,
});
const day = (used: number, limit: number) =>
	modelView(standings.usable, {
		limitUsage: { rpd: { used, limit, source: 'stated' } },
	});

describe('The free quota that is left', () => {
	it('is what free projects have left of the model, each counted once however many keys it has', () => {
		const shared = of('shared', 'free');
		const snapshot = snapshotOf([
			keyView('a', standings.usable, { project: shared, models: [day(5, 20)] }),
			keyView('b', standings.usable, { project: shared, models: [day(5, 20)] }),
			keyView('c', standings.day, {
				project: of('spent', 'free'),
				models: [day(21, 20)],
			}),
			keyView('d', standings.usable, {
				project: of('paid', 'paid'),
				models: [day(0, 1_000)],
			}),
			keyView('e', standings.disabled, {
				project: of('off', 'free'),
				models: [day(0, 20)],
			}),
			keyView('f', standings.leaked, {
				project: of('leaked', 'free'),
				models: [day(0, 20)],
			}),
		]);
		assert.deepEqual(freeQuota(snapshot, model), {
			requests: 15,
			isWhole: true,
		});
	});

	it('says where there may be more than is known, and nothing where nothing is', () => {
		const known = keyView('a', standings.usable, { models: [day(5, 20)] });
		const unknown = keyView('b', standings.usable);
		assert.deepEqual(freeQuota(snapshotOf([known, unknown]), model), {
			requests: 15,
			isWhole: false,
		});
		const spent = keyView('c', standings.day, { project: of('spent', 'free'), models: [day(20, 20)] });
		assert.equal(freeQuota(snapshotOf([spent, unknown]), model), undefined);
		assert.equal(freeQuota(snapshotOf([spent]), model)?.requests, 0);
		assert.equal(freeQuota(snapshotOf([unknown]), model), undefined);
		assert.equal(freeQuota(snapshotOf([known]), 'another model'), undefined);
		assert.equal(freeQuota(snapshotOf([]), model), undefined);
	});

	it('is that of the model that an alias stands for', () => {
		const snapshot = snapshotOf([keyView('a', standings.usable, { models: [day(5, 20)] })], {
			aliases: new Map([['latest', model]]),
		});
		assert.equal(freeQuota(snapshot, 'latest')?.requests, 15);
		assert.equal(freeQuota(snapshot, model)?.requests, 15);
	});

	it('is no more than a daily cap leaves', () => {
		const capped = (used: number, state: Availability) =>
			keyView('a', standings.usable, {
				models: [day(5, 20)],
				cap: {
					availability: state,
					limitUsage: { rpd: { used, limit: 7, source: 'user' } },
					dayEndsAt: noon,
				},
			});
		const other = keyView('b', standings.usable, { project: of('b', 'free'), models: [day(5, 20)] });
		assert.equal(freeQuota(snapshotOf([capped(5, standings.usable), other]), model)?.requests, 17);
		// Its tokens may be used up, and not its requests.
		assert.equal(freeQuota(snapshotOf([capped(5, standings.day), other]), model)?.requests, 15);
		assert.equal(freeQuota(snapshotOf([capped(1, standings.usable)]), model)?.requests, 6);
	});

	it('is nothing where only paid keys may be used', () => {
		const known = keyView('a', standings.usable, { models: [day(5, 20)] });
		assert.equal(freeQuota(snapshotOf([known], { paidOnly: true }), model), undefined);
	});
});

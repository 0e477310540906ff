import assert from 'node:assert/strict';
import { Failure, type KeyId, type LeaseId, type Project, type ProjectId } from '../../../../src/pool/pool';
import { dailyCapOf, rejectedByDailyCap } from '../../../../src/pool/budget/dailyCap';
import { initialSpending, reserved } from '../../../../src/pool/budget/spending';
import { pause } from '../../../../src/pool/types/waits';
import { answers, badKey, fails, Rig, rpd, rpm } from '../../../support/pool/rig';
import { words } from '../../../support/views/snapshots';

const noon = Date.UTC(2026, 10, 24, 20);

describe('a daily cap', () => {
	const project = (dailyCap?: Project['dailyCap']): Project => ({
		...{ id: 'p' as ProjectId, tier: 'paid', ...(dailyCap ? { dailyCap } : {}) },
	});

	it('is what a person wrote as a number, and nothing else', () => {
		assert.equal(dailyCapOf(project()), undefined);
		assert.equal(dailyCapOf(project({})), undefined);
		assert.equal(dailyCapOf(project({ requests: NaN })), undefined);
		assert.deepEqual(dailyCapOf(project({ requests: 5 })), { requests: 5 });
		assert.deepEqual(dailyCapOf(project({ requests: NaN, tokens: 0 })), { tokens: 0 });
	});

	it('is used up until midnight', () => {
		const fresh = initialSpending(noon);
		const used = { ...fresh, day: { ...fresh.day, requests: 1, tokens: 100 } };
		assert.equal(rejectedByDailyCap(project({ requests: 1 }), fresh, 9), undefined);
		assert.deepEqual(rejectedByDailyCap(project({ requests: 1 }), used, 0), {
			reason: 'cap',
			retryAt: fresh.day.endsAt,
		});
		assert.equal(rejectedByDailyCap(project({ tokens: 109 }), used, 9), undefined);
		assert.equal(rejectedByDailyCap(project({ tokens: 108 }), used, 9)?.reason, 'cap');
		assert.equal(rejectedByDailyCap(project({ tokens: 0 }), fresh, 0)?.reason, 'cap');
	});

	it('may take a request again soon only where calls of this day hold enough of it, a batch all of its requests', () => {
		const mayRetryEarlier = (cap: Project['dailyCap'], held: object): boolean | undefined => {
			const batch = { lease: 'l' as LeaseId, cost: 0, tokens: 60, requests: 30, expiresAt: noon + 1 };
			const record = reserved(initialSpending(noon), batch);
			const reservations = record.reservations.map((one) => ({ ...one, ...held }));
			return rejectedByDailyCap(project(cap), { ...record, reservations }, 50)?.mayRetryEarlier;
		};
		for (const cap of [{ requests: 1 }, { tokens: 100 }]) {
			assert.equal(mayRetryEarlier(cap, {}), true);
			assert.equal(mayRetryEarlier(cap, { dayEndsAt: noon - 1 }), undefined);
		}
	});

	it('is no matter of the day for a request that is larger than all of it', async () => {
		const rig = new Rig({ a: { dailyCap: { tokens: 300 } }, b: { dailyCap: { tokens: 400 } } }, answers);
		const { error } = await rig.answer({ size: { bytes: 0, tokens: 350 }, needs: { project: 'p-a' as ProjectId } });
		assert.deepEqual([error?.reason, error?.facts.retryAt, error?.facts.limit], ['cap', undefined, 300]);
		assert.equal((await rig.answer({ size: { bytes: 0, tokens: 350 } })).text, 'from b');
		assert.equal((await rig.answer()).text, 'from a');
		const beside = new Rig({ a: {}, b: { dailyCap: { tokens: 300 } } }, answers);
		await beside.pool.recordCheck('a' as KeyId, new Failure(badKey, true, ''));
		const told = (await beside.answer({ size: { bytes: 0, tokens: 350 } })).error;
		assert.deepEqual([told?.reason, told?.facts.limit], ['cap', 300], 'no other key would help');
	});

	it('counts what was used before it was set, on a free project as well', async () => {
		for (const tier of ['free', 'paid'] as const) {
			const rig = new Rig({ a: { tier } }, answers);
			for (let n = 0; n < 3; n++) await rig.answer();
			rig.setKeys({ a: { tier, dailyCap: { requests: 4 } } });
			assert.equal((await rig.answer()).text, 'from a');
			assert.equal((await rig.answer()).error?.reason, 'cap');
			rig.setKeys({ a: { tier, dailyCap: { tokens: 440 } } });
			assert.equal((await rig.answer()).error?.reason, 'cap');
			rig.setKeys({ a: { tier, dailyCap: { tokens: 1_000 } } });
			assert.equal((await rig.answer()).text, 'from a');
		}
	});

	it('counts each text of a batch of embeddings as a request, as the service and the quotas do', async () => {
		const rig = new Rig({ a: { dailyCap: { requests: 50 } } }, (send) =>
			send.nth === 2 ? fails(rpm()) : answers(send),
		);
		const embeds = async (requests: number) =>
			(await rig.answer({ size: { bytes: 0, tokens: 10, requests }, maxWaitMs: 0 })).error;
		const used = () => {
			const [view] = rig.pool.snapshot().keys;
			return [view?.cap?.limitUsage.rpd?.used, view?.models[0]?.sentToday];
		};
		assert.equal(await embeds(30), undefined);
		assert.deepEqual(used(), [30, 30]);
		assert.equal((await embeds(10))?.attempts[0]?.outcome, 'rpm');
		assert.deepEqual(used(), [30, 30], 'the service does not count what it refuses');
		await rig.clock.advance(61_000);
		assert.equal((await embeds(21))?.reason, 'cap');
		assert.equal(await embeds(20), undefined);
		assert.deepEqual(used(), [50, 50]);
		await rig.clock.advance(24 * 3_600_000);
		const tooMany = await embeds(51);
		assert.deepEqual([tooMany?.reason, tooMany?.facts.retryAt], ['cap', undefined], 'no day has room for it');
		const { text, remedy } = words.describeReason('cap', tooMany?.facts);
		assert.deepEqual(
			[text, remedy],
			['This call counts as 51 requests, more than you allow this project a day.', undefined],
		);
	});

	it('waits for calls under way that alone fill it, and says no time where one may give its place back in a moment', async () => {
		const rig = new Rig({ a: { dailyCap: { requests: 1 } }, b: {} }, async function* (send, clock) {
			if (send.key === 'a' && send.nth === 1) await pause(clock, 5_000);
			yield* send.key === 'a' && send.nth === 1 ? fails(rpm(1_000)) : answers(send);
		});
		const first = rig.ask();
		await rig.clock.advance(10);
		const ofCap = { needs: { project: 'p-a' as ProjectId } };
		const { error } = await rig.answer({ ...ofCap, maxWaitMs: 1_000 });
		assert.deepEqual([error?.reason, error?.facts.retryAt, error?.facts.isHeld], ['cap', undefined, true]);
		const second = await rig.answer(ofCap);
		await first.ended;
		assert.deepEqual([first.text, second.text], ['from b', 'from a']);
		const [waiting] = second.parts;
		assert.ok(waiting?.type === 'waiting' && waiting.reason === 'cap' && waiting.inMs <= 10_000);
		const spent = (await rig.answer({ ...ofCap, maxWaitMs: 1_000 })).error;
		assert.deepEqual([spent?.reason, spent?.facts.isHeld], ['cap', undefined]);
		assert.ok((spent?.facts.retryAt ?? 0) > rig.clock.wall() + 3_600_000, 'until midnight');
	});

	it('is not waited for where the key rests for the day anyway', async () => {
		const rig = new Rig({ a: { dailyCap: { requests: 1 } } }, async function* (send, clock) {
			if (send.model === 'slow') await pause(clock, 5_000);
			yield* send.model === 'slow' ? answers(send) : fails(rpd);
		});
		await rig.answer({ maxWaitMs: 1_000 });
		const slow = rig.ask({ models: ['slow'] });
		await rig.clock.advance(10);
		const { error, types } = await rig.answer({ maxWaitMs: 60_000 });
		assert.deepEqual([error?.facts.isHeld, types, rig.elapsed], [undefined, '', 10]);
		await rig.clock.until(slow.ended);
	});

	it('counts what was used while there was none', async () => {
		const rig = new Rig({ a: { dailyCap: { requests: 9 } } }, answers);
		await rig.answer();
		rig.setKeys({ a: {} });
		for (let n = 0; n < 3; n++) await rig.answer();
		rig.setKeys({ a: { dailyCap: { requests: 4 } } });
		assert.equal((await rig.answer()).error?.reason, 'cap');
	});
});

import assert from 'node:assert/strict';
import type { SpendingScope } from '../../../../src/pool/types/spending';
import { partsOf, type KeyId, type ProjectId } from '../../../../src/pool/types/key';
import type { Write } from '../../../../src/pool/types/stateStore';
import { initialSpending } from '../../../../src/pool/budget/spending';
import { startMaintenance } from '../../../../src/pool/maintenance/startMaintenance';
import { plainPricing } from '../../../support/pool/pricing';
import { answers, fails, hangs, leaked, Rig, rpm, type Script } from '../../../support/pool/rig';

/** `b` answered alone; then `a` was asked first, was refused and cools down, and `b` answered twice more. */
async function busy(script: Script): Promise<Rig> {
	const rig = new Rig({ b: {} }, script, { strategy: 'primaryBackup' });
	await rig.answer();
	rig.setKeys({ a: {}, b: {} });
	await rig.answer();
	await rig.answer();
	const off = startMaintenance(rig.maintenance, rig.clock, assert.ifError);
	await rig.clock.advance(1_000);
	off();
	return rig;
}

const aCoolsDown: Script = (send) => (send.key === 'a' ? fails(rpm(600_000)) : answers(send));

type Kind = 'buckets' | 'keys' | 'cooldowns' | 'usage' | 'requestRecords';

/** What the store holds, by kind: the projects of buckets and cooldowns, the keys of all else. */
function known({ store }: Rig): Readonly<Record<Kind, readonly string[]>> {
	const { bucket, key, cooldown, usage, requestRecord: attempts } = store.replica();
	const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();
	return {
		buckets: sorted([...bucket.keys()].map((id) => partsOf(id)[0])),
		keys: sorted(key.keys()),
		cooldowns: sorted([...cooldown.keys()].map((id) => partsOf(id)[0])),
		usage: sorted([...usage.values()].map((doc) => doc.key)),
		requestRecords: [...attempts.values()]
			.map(({ attempts }) => attempts.map((attempt) => attempt.key).join(' '))
			.sort(),
	};
}

const ofA = { keys: new Set(['a']), projects: new Set(['p-a']) };

describe('forgetting what is known of keys', () => {
	it('of some: nothing of theirs stays, nor a request record that names one of them, and all of the others’ does', async () => {
		const rig = await busy(aCoolsDown);
		assert.deepEqual(known(rig), {
			buckets: ['p-a', 'p-b'],
			keys: ['a', 'b'],
			cooldowns: ['p-a'],
			usage: ['a', 'b'],
			requestRecords: ['a b', 'b', 'b'],
		});
		await rig.maintenance.erase(ofA);
		assert.deepEqual(known(rig), {
			buckets: ['p-b'],
			keys: ['b'],
			cooldowns: [],
			usage: ['b'],
			requestRecords: ['b', 'b'],
		});
	});

	it('of some takes what they are answering as well: ended later, it would stand in costs and budgets', async () => {
		const rig = new Rig({ a: { tier: 'paid' } }, hangs, { pricing: plainPricing });
		const asked = rig.ask();
		await rig.clock.advance(10_000);
		await rig.clock.until(rig.maintenance.erase(ofA));
		await rig.clock.until(asked.ended);
		assert.deepEqual(rig.pool.usage().dailyCosts(), []);
		assert.equal(rig.store.replica().spending.get('pool')?.day.cost, 0);
		assert.deepEqual(rig.store.replica().spending.get('pool')?.reservations, []);
	});

	it('of some keeps the cooldowns of others', async () => {
		const rig = await busy(aCoolsDown);
		await rig.maintenance.erase({ keys: new Set(['b']), projects: new Set(['p-b']) });
		assert.deepEqual(known(rig), {
			buckets: ['p-a'],
			keys: ['a'],
			cooldowns: ['p-a'],
			usage: ['a'],
			requestRecords: [],
		});
	});

	it('of some ends a pause by one of them, and no other pause', async () => {
		const pausedBy = async (): Promise<Rig> => {
			const rig = new Rig({ a: {}, b: {} }, () => fails(leaked), { strategy: 'primaryBackup' });
			await rig.answer();
			assert.equal(rig.store.replica().pool.paused?.by, 'a');
			return rig;
		};
		const one = await pausedBy();
		await one.maintenance.erase(ofA);
		assert.deepEqual(one.store.replica().pool, { v: 2 });
		const other = await pausedBy();
		await other.maintenance.erase({ keys: new Set(['b']), projects: new Set(['p-b']) });
		assert.equal(other.store.replica().pool.paused?.by, 'a');
	});

	it('of some does not unsay that all was forgotten before: a window may not have heard of it yet', async () => {
		const rig = await busy(aCoolsDown);
		await rig.maintenance.erase();
		const forgotten = { v: 2, forgottenAt: rig.clock.wall() };
		await rig.clock.advance(5_000);
		await rig.maintenance.erase(ofA);
		assert.deepEqual(rig.store.replica().pool, forgotten);
	});

	it('of all is heard by the other windows, once, and not by the one that does it', async () => {
		const one = await busy(aCoolsDown);
		const two = new Rig({ a: {}, b: {} }, aCoolsDown, { window: 'two', beside: one });
		const heard: string[] = [];
		const follow = (rig: Rig, name: string) =>
			rig.maintenance.followOthers(() => Promise.resolve(void heard.push(name)), assert.ifError);
		const offs = [follow(one, 'one'), follow(two, 'two')];
		await one.clock.advance(1_000);
		await one.maintenance.erase();
		await one.clock.advance(1_000);
		assert.deepEqual(heard, ['two']);
		await two.maintenance.erase(ofA);
		await two.answer();
		await one.clock.advance(1_000);
		assert.deepEqual(heard, ['two']);
		await two.maintenance.erase();
		await one.clock.advance(1_000);
		assert.deepEqual(heard, ['two', 'one']);
		for (const off of offs) off();
		await one.clock.advance(1_000);
		await two.maintenance.erase();
		await one.clock.advance(1_000);
		assert.deepEqual(heard, ['two', 'one']);
	});

	it('of all takes what another window writes while it lets go, too, and keeps the word that all was forgotten', async () => {
		const one = await busy(aCoolsDown);
		const two = new Rig({ a: {}, b: {} }, aCoolsDown, { window: 'two', beside: one });
		const late = async (): Promise<void> => {
			await two.answer();
			assert.notDeepEqual(known(two).keys, []);
		};
		two.maintenance.followOthers(late, assert.ifError);
		await one.clock.advance(1_000);
		await one.maintenance.erase();
		const { pool } = one.store.replica();
		await one.clock.advance(1_000);
		assert.deepEqual(known(one), { buckets: [], keys: [], cooldowns: [], usage: [], requestRecords: [] });
		assert.deepEqual(one.store.replica().pool, pool);
	});

	it('of all ends what is being answered in each window: it would be recorded after everything was erased', async () => {
		const one = new Rig({ a: {} }, hangs);
		const two = new Rig({ a: {} }, hangs, { window: 'two', beside: one });
		const [ofOne, ofTwo] = [one.ask(), two.ask()];
		const asked = [ofOne, ofTwo];
		let ended: unknown;
		two.maintenance.followOthers(
			() => Promise.resolve(),
			assert.ifError,
			() => void (ended = ofTwo.error?.reason),
		);
		await one.clock.advance(1_000);
		assert.equal(known(one).buckets.length, 1);
		await one.clock.until(one.maintenance.erase());
		await one.clock.advance(5_000);
		assert.deepEqual(
			asked.map(({ error }) => error?.reason),
			['cancelled', 'cancelled'],
		);
		assert.equal(ended, 'cancelled', 'what counts elsewhere is told after the last one');
		assert.deepEqual(known(one), { buckets: [], keys: [], cooldowns: [], usage: [], requestRecords: [] });
		one.setScript(answers);
		assert.equal((await one.answer()).text, 'from a');
	});

	it('before a window began concerns it no more, whatever else of the pool changes', async () => {
		const one = await busy(aCoolsDown);
		await one.maintenance.erase();
		await one.clock.advance(1_000);
		const two = new Rig({ a: {} }, () => fails(leaked), { window: 'two', beside: one });
		let heard = 0;
		two.maintenance.followOthers(() => Promise.resolve(void heard++), assert.ifError);
		await two.answer();
		assert.equal(one.store.replica().pool.paused?.by, 'a');
		await one.clock.advance(1_000);
		assert.equal(heard, 0);
	});

	it('is not taken for a new one after the clock was set back, neither then nor when its time comes again', async () => {
		const one = await busy(aCoolsDown);
		await one.maintenance.erase();
		one.clock.jump(-3_600_000);
		const two = new Rig({ a: {} }, () => fails(leaked), { window: 'two', beside: one });
		let heard = 0;
		two.maintenance.followOthers(() => Promise.resolve(void heard++), assert.ifError);
		for (const ms of [1_000, 2 * 3_600_000]) {
			await two.answer();
			assert.equal(one.store.replica().pool.paused?.by, 'a');
			await one.clock.advance(ms);
			await two.pool.execute({ type: 'resume' });
			await two.pool.execute({ type: 'liftQuarantine', key: 'a' as KeyId });
		}
		assert.equal(heard, 0);
	});

	it('of all is heard by a window that began before the clock was set back', async () => {
		const one = await busy(aCoolsDown);
		const two = new Rig({ a: {}, b: {} }, aCoolsDown, { window: 'two', beside: one });
		let heard = 0;
		two.maintenance.followOthers(() => Promise.resolve(void heard++), assert.ifError);
		await one.clock.advance(60_000);
		one.clock.jump(-3_600_000);
		await one.clock.advance(1_000);
		await one.maintenance.erase();
		await one.clock.advance(1_000);
		assert.equal(heard, 1);
		await two.answer();
		await one.clock.advance(2 * 3_600_000);
		assert.equal(heard, 1);
	});

	it('of all reports it where a window cannot let go', async () => {
		const one = await busy(aCoolsDown);
		const two = new Rig({ a: {} }, answers, { window: 'two', beside: one });
		const reported: unknown[] = [];
		const trouble = new Error('The disk is full.');
		two.maintenance.followOthers(
			() => Promise.reject(trouble),
			(error) => reported.push(error),
		);
		await one.clock.advance(1_000);
		await one.maintenance.erase();
		await one.clock.advance(1_000);
		assert.deepEqual(reported, [trouble]);
	});

	it('that is older than the window is none of its own when word of it comes late, nor one of a time that is not yet', async () => {
		const one = new Rig({ a: {} }, answers);
		const began = one.clock.wall();
		let heard = 0;
		one.maintenance.followOthers(() => Promise.resolve(void heard++), assert.ifError);
		const told = async (forgottenAt: number): Promise<number> => {
			await one.store.transact((tx) => tx.put({ kind: 'pool', doc: { v: 2, forgottenAt } }));
			await one.clock.settle();
			return heard;
		};
		assert.equal(await told(began - 60_000), 0);
		await one.clock.advance(1_000);
		assert.equal(await told(one.clock.wall() + 5_001), 0);
		assert.equal(await told(one.clock.wall() + 5_000), 1, 'clocks of two machines differ');
		await one.store.transact((tx) => tx.put({ kind: 'pool', doc: { v: 2 } }));
		await one.clock.settle();
		assert.equal(heard, 1, 'a store that began anew says nothing of it');
	});
});

describe('forgetting what keys have cost', () => {
	/** The keys `a` and `b` have cost 30 and 12, for the chat; a refused request and a client of the gateway are known, too. */
	async function charged(): Promise<Rig> {
		const rig = new Rig({ a: {}, b: {} }, answers);
		const now = rig.clock.wall();
		const none = initialSpending(now);
		const { day, month } = none;
		const spent = (id: SpendingScope, cost: number): Write => ({
			...{ kind: 'spending', id, doc: { ...none, day: { ...day, cost }, month: { ...month, cost } } },
		});
		await rig.store.transact((tx) => {
			for (const [key, cost] of [
				['a', 30],
				['b', 12],
			] as const) {
				tx.put(spent(`project/p-${key}`, cost));
				const of = { v: 2, dayEndsAt: day.endsAt, monthEndsAt: month.endsAt, client: 'chat', model: 'm' } as const;
				const sums = { tier: 'paid', sends: 1, input: 1, cached: 0, output: 1, thoughts: 0, listCost: cost } as const;
				const doc = { ...of, ...sums, key: key as KeyId, project: `p-${key}` as ProjectId, cost };
				tx.put({ kind: 'dailyCost', id: key, doc });
			}
			tx.put(spent('pool', 42));
			tx.put(spent('client/chat', 42));
			const counts = { endsAt: day.endsAt, requests: 1, input: 1, output: 1 };
			tx.put({ kind: 'client', id: 'gateway:cline', doc: { v: 2, lastUsedAt: now, day: counts } });
			const record = { request: 'r', origin: 'chat', endedAt: now, outcome: 'promptTooLong', attempts: [] } as const;
			tx.put({ kind: 'requestRecord', id: 'r', doc: record });
		});
		return rig;
	}

	function costs({ store }: Rig): object {
		const { spending, dailyCost, client, requestRecord } = store.replica();
		return {
			spent: Object.fromEntries([...spending].map(([id, { day, month }]) => [id, [day.cost, month.cost]])),
			days: [...dailyCost.keys()],
			clients: [...client.keys()],
			requests: [...requestRecord.keys()],
		};
	}

	it('of some: it is taken off the pool and the client, and what others have cost stays', async () => {
		const rig = await charged();
		await rig.maintenance.erase(ofA);
		const spent: Partial<Record<SpendingScope, readonly number[]>> = {
			...{ 'project/p-b': [12, 12], pool: [12, 12], 'client/chat': [12, 12] },
		};
		assert.deepEqual(costs(rig), { spent, days: ['b'], clients: ['gateway:cline'], requests: ['r'] });
	});

	it('of all: nothing stays, nor does a client or a request that never was sent', async () => {
		const rig = await charged();
		await rig.maintenance.erase();
		assert.deepEqual(costs(rig), { spent: {}, days: [], clients: [], requests: [] });
	});
});

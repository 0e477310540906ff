import assert from 'node:assert/strict';
import {
	mergeCooldowns,
	recordCooldowns,
	startCooldownLog,
	withCooldown,
} from '../../../../src/pool/usage/cooldownLog';
import type { BucketId, CooldownRecord, CooldownSpan, Availability, StateStore } from '../../../../src/pool/pool';
import { startMaintenance } from '../../../../src/pool/maintenance/startMaintenance';
import { answers, fails, overloaded, Rig, rpm } from '../../../support/pool/rig';

const now = Date.UTC(2026, 10, 24, 12);
const coolingDown = (reason: CooldownSpan['reason'], until: number): Availability => ({
	state: 'coolingDown',
	reason,
	until,
});
const usable: Availability = { state: 'usable' };

/** What is known after looks at the given times (s from `now`). */
function after(...looks: readonly (readonly [at: number, availability: Availability])[]): readonly string[] {
	const record = looks.reduce<CooldownRecord | undefined>(
		(known, [at, availability]) => withCooldown(known, availability, now + at * 1000),
		undefined,
	);
	return shown(record);
}

function shown(record: CooldownRecord | undefined): readonly string[] {
	return (record?.spans ?? []).map(
		({ reason, from, until }) => `${reason} ${(from - now) / 1000} to ${(until - now) / 1000}`,
	);
}

describe('the log of cooldowns', () => {
	it('keeps from when to when a bucket cooled down, and why', () => {
		assert.deepEqual(
			after([0, coolingDown('rpm', now + 60_000)], [61, usable], [100, coolingDown('rpd', now + 900_000)]),
			['rpm 0 to 60', 'rpd 100 to 900'],
		);
	});

	it('ends a cooldown that a person cleared', () => {
		assert.deepEqual(after([0, coolingDown('rpd', now + 900_000)], [30, usable]), ['rpd 0 to 30']);
	});

	it('counts a cooldown that was extended, was interrupted for a moment, or was probed as one', () => {
		const cooldown = coolingDown('rpm', now + 10_000);
		assert.deepEqual(after([0, cooldown], [5, coolingDown('rpm', now + 20_000)]), ['rpm 0 to 20']);
		assert.deepEqual(after([0, cooldown], [10.5, usable], [11, coolingDown('rpm', now + 30_000)]), ['rpm 0 to 30']);
		const probing: Availability = { state: 'halfOpen', reason: 'rpm' };
		assert.deepEqual(after([0, cooldown], [10.5, probing], [11, coolingDown('rpm', now + 30_000)]), ['rpm 0 to 30']);
	});

	it('keeps a model that the tier lacks like a cooldown, and ends it where the key itself answers nothing', () => {
		const lacks: Availability = { state: 'unsupported', reason: 'tierLacksModel', until: now + 90_000 };
		assert.deepEqual(after([0, lacks]), ['tierLacksModel 0 to 90']);
		const quarantined: Availability = { state: 'quarantined', reason: 'badKey', since: now };
		for (const other of [quarantined, { state: 'disabled' } as const])
			assert.deepEqual(after([0, lacks], [30, other]), ['tierLacksModel 0 to 30'], other.state);
	});

	it('tells two reasons apart, one after the other', () => {
		assert.deepEqual(after([0, coolingDown('rpm', now + 60_000)], [20, coolingDown('rpd', now + 90_000)]), [
			'rpm 0 to 20',
			'rpd 20 to 90',
		]);
	});

	it('is the same object where nothing is new, so that nothing is written', () => {
		const once = withCooldown(undefined, coolingDown('rpm', now + 60_000), now);
		assert.equal(withCooldown(once, coolingDown('rpm', now + 60_000), now + 5_000), once);
		assert.equal(withCooldown(once, usable, now + 60_000), once);
		assert.equal(withCooldown(undefined, usable, now), undefined);
	});

	it('keeps 24 hours and 200 spans of a bucket', () => {
		const looks = Array.from(
			{ length: 500 },
			(_, n) => [n * 60, coolingDown('rpm', now + n * 60_000 + 10_000)] as const,
		);
		const spans = after(...looks);
		assert.deepEqual([spans.length, spans.at(-1)], [200, 'rpm 29940 to 29950']);
		assert.deepEqual(after([0, coolingDown('rpm', now + 10_000)], [86_500, coolingDown('rpd', now + 90_000_000)]), [
			'rpd 86500 to 90000',
		]);
	});

	const of = (...spans: readonly (readonly [CooldownSpan['reason'], number, number])[]): CooldownRecord => ({
		v: 2,
		spans: spans.map(([reason, from, until]) => ({ reason, from: now + from * 1000, until: now + until * 1000 })),
	});

	it('brings together what two windows wrote by themselves', () => {
		const ours = of(['rpm', 0, 60], ['rpm', 200, 260]);
		const theirs = of(['rpm', 30, 90], ['rpd', 240, 500], ['rpm', 600, 660]);
		for (const merged of [mergeCooldowns(ours, theirs), mergeCooldowns(theirs, ours)])
			assert.deepEqual(shown(merged), ['rpm 0 to 90', 'rpm 200 to 260', 'rpd 260 to 500', 'rpm 600 to 660']);
	});

	it('brings together cooldowns that almost meet, drops one within another, and keeps 200', () => {
		const merged = (ours: CooldownRecord, theirs: CooldownRecord) => shown(mergeCooldowns(ours, theirs));
		assert.deepEqual(merged(of(['rpm', 0, 60]), of(['rpm', 61, 90])), ['rpm 0 to 90']);
		assert.deepEqual(merged(of(['rpm', 0, 60]), of(['rpm', 63, 90])), ['rpm 0 to 60', 'rpm 63 to 90']);
		assert.deepEqual(merged(of(['rpm', 0, 100]), of(['rpd', 20, 50])), ['rpm 0 to 100']);
		const many = (from: number) =>
			of(...Array.from({ length: 150 }, (_, n) => ['rpm', from + n * 60, from + n * 60 + 5] as const));
		const spans = merged(many(0), many(30));
		assert.deepEqual([spans.length, spans[0], spans.at(-1)], [200, 'rpm 3000 to 3005', 'rpm 8970 to 8975']);
	});

	it('costs a step of the store only where something is new', async () => {
		const rig = new Rig({ a: {} }, () => fails(rpm(30_000)));
		await rig.answer({ maxWaitMs: 0 });
		let steps = 0;
		const counted: Pick<StateStore, 'replica' | 'now' | 'transact'> = {
			replica: () => rig.store.replica(),
			now: () => rig.store.now(),
			transact: (step) => {
				steps++;
				return rig.store.transact(step);
			},
		};
		for (let n = 0; n < 2; n++) await recordCooldowns(counted, rig.pool.snapshot());
		assert.equal(steps, 1);
	});

	it('has nothing of a model that is overloaded or missing: no bucket rests', async () => {
		for (const action of [overloaded, { type: 'fail', reason: 'noSuchModel' } as const]) {
			const rig = new Rig({ a: {}, b: {} }, () => fails(action));
			const asked = rig.ask();
			await rig.clock.settle();
			const { keys } = rig.pool.snapshot();
			assert.notEqual(keys[0]?.models[0]?.availability.state, 'usable');
			await recordCooldowns(rig.store, rig.pool.snapshot());
			assert.equal(rig.store.replica().cooldown.size, 0);
			rig.pool.dispose();
			await asked.ended;
		}
	});

	it('is looked after a second after a change, once for many, and no more once it has ended', async () => {
		const rig = new Rig({ a: {} }, answers);
		let looks = 0;
		const pool = {
			onEvent: rig.pool.onEvent.bind(rig.pool),
			recordCooldowns: () => Promise.resolve(void looks++),
		};
		const afterChanges = async (count: number): Promise<number> => {
			for (let n = 0; n < count; n++) rig.setKeys({ a: {} });
			await rig.clock.advance(1_000);
			return looks;
		};
		for (const pending of [0, 1]) {
			looks = 0;
			const off = startCooldownLog(pool, rig.clock, (error) => assert.fail(String(error)));
			assert.deepEqual([await afterChanges(0), await afterChanges(3), await afterChanges(0)], [1, 2, 2]);
			for (let n = 0; n < pending; n++) rig.setKeys({ a: {} });
			off();
			assert.equal(await afterChanges(1), 2);
		}
	});

	it('is written by the window that does the maintenance, survives in the store, and is forgotten on demand', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) =>
			send.key === 'a' && send.nth === 1 ? fails(rpm(30_000)) : answers(send),
		);
		const off = startMaintenance(rig.maintenance, rig.clock, (error) => assert.fail(String(error)));
		const began = rig.clock.wall();
		await rig.answer();
		await rig.clock.advance(2_000);
		const spans = (project: string): readonly CooldownSpan[] =>
			rig.pool
				.usage()
				.cooldowns()
				.get(`${project}/m` as BucketId)?.spans ?? [];
		const [cooldown] = spans('p-a');
		assert.equal(cooldown?.reason, 'rpm');
		assert.ok(cooldown.from >= began && cooldown.from <= began + 1_500 && cooldown.until >= began + 30_000);
		assert.deepEqual(spans('p-b'), []);
		let heard = 0;
		rig.pool.usage().onDidChange(() => heard++);
		await rig.pool.execute({ type: 'clearCooldown', project: 'p-a' as never });
		await rig.clock.advance(2_000);
		assert.ok((spans('p-a')[0]?.until ?? Infinity) <= rig.clock.wall(), 'the cooldown has ended');
		assert.ok(heard > 0);
		off();
		await rig.maintenance.erase();
		assert.equal(rig.pool.usage().cooldowns().size, 0);
	});
});
